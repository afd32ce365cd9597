/* Hands the forms of the page to allauth's scripts, and says so when a passkey could not be used: those only tell the console. */
(function () {
  "use strict";
  document.addEventListener("allauth.error", function (event) {
    var place = document.getElementById("passkey-trouble");
    if (!place) return;
    event.preventDefault();
    place.hidden = false;
  });
  document.addEventListener("DOMContentLoaded", function () {
    document.querySelectorAll("[data-passkey]").forEach(function (element) {
      window.allauth.webauthn.forms[element.dataset.passkey]({ ids: JSON.parse(element.dataset.ids) });
    });
  });
})();
