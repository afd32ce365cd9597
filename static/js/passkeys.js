/* Says so when a passkey could not be used: allauth's scripts only tell the console. */
(function () {
  "use strict";
  document.addEventListener("allauth.error", function (event) {
    var place = document.getElementById("passkey-trouble");
    if (!place) return;
    event.preventDefault();
    place.hidden = false;
  });
})();
