/* Small helps of the workspace; everything works without them. */
(function () {
  "use strict";
  // htmx sends the CSRF token of the page's own form.
  document.addEventListener("htmx:configRequest", function (event) {
    var field = document.querySelector("input[name=csrfmiddlewaretoken]");
    if (field) event.detail.headers["X-CSRFToken"] = field.value;
  });
  // Unsaved text is kept on the device for one account: it goes when that account signs out, when another one signs in, and
  // after a week. Text that the server has saved is not there any more.
  var leaving = document.querySelector("form[data-account]");
  var own = leaving ? leaving.dataset.account : "";
  function sweep(all) {
    try {
      Object.keys(localStorage).forEach(function (name) {
        if (name.indexOf("acuerda-draft/") !== 0) return;
        var kept = JSON.parse(localStorage.getItem(name)) || {};
        var old = !(Date.now() - kept.at < 7 * 24 * 3600 * 1000);
        if (all || old || name.split("/")[1] !== own) localStorage.removeItem(name);
      });
    } catch (error) { /* forbidden */ }
  }
  if (!leaving) return;
  sweep(false);
  leaving.addEventListener("submit", function (event) {
    var form = document.querySelector("form[data-keep], form[data-desk]");
    if (!form || !form.acuerdaSave) return sweep(true);
    event.preventDefault();
    form.acuerdaSave().finally(function () { sweep(true); leaving.submit(); });
  });
})();
