/* Small helps of the workspace; everything works without them. */
(function () {
  "use strict";
  // htmx sends the CSRF token of the page's own form.
  document.addEventListener("htmx:configRequest", function (event) {
    var field = document.querySelector("input[name=csrfmiddlewaretoken]");
    if (field) event.detail.headers["X-CSRFToken"] = field.value;
  });
})();
