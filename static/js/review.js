/* The opinion form: shows the follow-up of the chosen verdict only, and asks before what was typed is left behind.
   Without this script every follow-up is there, named by its verdict. */
(function () {
  "use strict";
  var form = document.querySelector(".opinion-form");
  if (!form) return;
  function show() {
    var chosen = form.querySelector("input[name=verdict]:checked");
    form.querySelectorAll("[data-verdict]").forEach(function (group) {
      group.hidden = !chosen || chosen.value !== group.dataset.verdict;
    });
  }
  function open(hash) {
    var target = hash.length > 1 && document.getElementById(hash.slice(1));
    var group = target && target.closest("[data-verdict]");
    if (group) group.hidden = false;
    if (target) target.focus();
  }
  var changed = Boolean(document.querySelector(".error-summary"));
  form.addEventListener("change", function (event) {
    changed = true;
    if (event.target.name === "verdict") show();
  });
  form.addEventListener("input", function () { changed = true; });
  form.addEventListener("submit", function () { changed = false; });
  window.addEventListener("beforeunload", function (event) { if (changed) event.preventDefault(); });
  document.addEventListener("click", function (event) {
    var link = event.target.closest("a[href^='#']");
    if (link) open(link.getAttribute("href"));
  });
  show();
  open(window.location.hash);
})();
