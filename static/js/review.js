/* The opinion form: shows the follow-up of the chosen verdict only, saves by itself, keeps what could not be saved on this
   device for this account, and takes the keyboard. Without this script every follow-up is there, named by its verdict. */
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

  // --- what is typed and not saved yet: on this device, under this account, until it is saved or the account signs out ---
  var place = form.dataset.keep ? "acuerda-draft/" + form.dataset.keep : "";
  var word = form.querySelector(".autosaved");
  function say(kind) {
    if (!word) return;
    word.hidden = false;
    word.textContent = word.dataset[kind];
  }
  function typed() {
    var values = {};
    new FormData(form).forEach(function (value, name) {
      if (name !== "csrfmiddlewaretoken" && typeof value === "string") values[name] = value;
    });
    return values;
  }
  function keep() {
    try { localStorage.setItem(place, JSON.stringify({ at: Date.now(), values: typed() })); } catch (error) { /* full or forbidden */ }
  }
  function forget() {
    try { localStorage.removeItem(place); } catch (error) { /* forbidden */ }
  }
  function restore() {
    var kept = null;
    try { kept = JSON.parse(localStorage.getItem(place)); } catch (error) { return; }
    if (!kept || changed) return;
    var now = typed();
    var differs = Object.keys(kept.values).some(function (name) {
      return name !== "revision" && name !== "rows" && kept.values[name] !== (now[name] || "");
    });
    if (!differs) return forget();
    form.querySelectorAll("input, textarea, select").forEach(function (field) {
      if (!field.name || !(field.name in kept.values) && field.type !== "checkbox") return;
      if (field.type === "radio") field.checked = kept.values[field.name] === field.value;
      else if (field.type === "checkbox") field.checked = field.name in kept.values;
      // The revision is that of the text it was typed over: a colleague's newer text is then shown beside it.
      else if (field.name !== "csrfmiddlewaretoken" && field.name !== "rows") field.value = kept.values[field.name];
    });
    var notice = form.querySelector(".restored");
    if (notice) notice.hidden = false;
    changed = true;
  }

  // --- saving by itself, some seconds after the last key ---
  var timer = 0, saving = false;
  function later() {
    clearTimeout(timer);
    timer = setTimeout(save, 8000);
  }
  function save() {
    if (!form.dataset.autosave || !changed || saving) return Promise.resolve();
    saving = true;
    var before = JSON.stringify(typed());
    return fetch(form.dataset.autosave, { method: "POST", body: new FormData(form), credentials: "same-origin", redirect: "error" })
      .then(function (response) {
        if (response.status === 409) return say("stale");
        if (!response.ok) return say(response.status === 422 ? "wrong" : "kept");
        return response.json().then(function (answer) {
          form.querySelector("input[name=revision]").value = answer.revision;
          say("saved");
          var same = JSON.parse(before);
          same.revision = String(answer.revision);
          if (JSON.stringify(same) === JSON.stringify(typed())) { changed = false; forget(); } else { keep(); later(); }
        });
      })
      .catch(function () { say("kept"); later(); })
      .finally(function () { saving = false; });
  }
  // Signing out saves first (workspace.js).
  form.acuerdaSave = save;
  function touched() {
    changed = true;
    if (!place) return;
    keep();
    later();
  }

  form.addEventListener("change", function (event) {
    touched();
    if (event.target.name === "verdict") show();
  });
  form.addEventListener("input", touched);
  form.addEventListener("submit", function () { changed = false; clearTimeout(timer); });
  // What is kept on the device needs no question.
  window.addEventListener("beforeunload", function (event) { if (changed && !place) event.preventDefault(); });
  document.addEventListener("click", function (event) {
    var link = event.target.closest("a[href^='#']");
    if (link) open(link.getAttribute("href"));
    if (event.target.closest("[data-discard]")) { changed = false; forget(); window.location.reload(); }
  });
  document.addEventListener("keydown", function (event) {
    var name = "";
    if ((event.ctrlKey || event.metaKey) && event.key === "s") name = "save";
    else if ((event.ctrlKey || event.metaKey) && event.key === "Enter") name = "preview";
    else if (event.altKey && event.shiftKey && event.code === "KeyN") name = "next";
    var button = name && form.querySelector(".buttons button[name=" + name + "]");
    if (!button) return;
    event.preventDefault();
    button.click();
  });
  if (place) restore();
  show();
  open(window.location.hash);
})();
