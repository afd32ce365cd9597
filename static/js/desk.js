/* Ticking in by keyboard, with or without a connection: the registration desk of a forum, the attendance of a meeting.
   Every tick gets an id of its own and stays on this device, under this account, until the server has answered for it; sent
   twice it is done once. What is kept are keys of rows, never names. Without this script the same page is a plain form. */
(function () {
  "use strict";
  var desk = document.querySelector("[data-desk]");
  if (!desk) return;
  var address = desk.dataset.send || desk.getAttribute("action") || window.location.pathname;
  var token = desk.querySelector("input[name=csrfmiddlewaretoken]");
  var rows = Array.prototype.slice.call(desk.querySelectorAll("[data-row]"));
  var box = document.querySelector("[data-find]");
  var waiting = document.querySelector("[data-waiting]");
  var told = document.querySelector("[data-told]");
  var refused = document.querySelector("[data-refused]");

  document.querySelectorAll("[data-scripted]").forEach(function (each) { each.hidden = false; });

  // --- what is not sent yet: one entry of the store for each tick, so that two windows never write over each other ---
  var place = "acuerda-queue/" + desk.dataset.account + "/" + desk.dataset.desk + "/";
  var memory = {}, fragile = false, count = 0;
  function pad(number, width) { return String(number).padStart(width, "0"); }
  function uuid() {
    var bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.prototype.map.call(bytes, function (byte) { return byte.toString(16).padStart(2, "0"); }).join("");
  }
  function names() {
    var found = Object.keys(memory);
    try {
      Object.keys(localStorage).forEach(function (name) { if (name.indexOf(place) === 0) found.push(name); });
    } catch (error) { /* forbidden */ }
    return found.sort();
  }
  function read(name) {
    if (memory[name]) return memory[name];
    try { return JSON.parse(localStorage.getItem(name)); } catch (error) { return null; }
  }
  function keep(act) {
    var name = place + pad(Date.now(), 15) + "-" + pad(count++, 6) + "-" + act.id.slice(0, 6);
    try { localStorage.setItem(name, JSON.stringify(act)); } catch (error) { memory[name] = act; fragile = true; }
  }
  function forget(name) {
    delete memory[name];
    try { localStorage.removeItem(name); } catch (error) { /* forbidden */ }
  }

  // --- what the page says ---
  var held = "", behind = false, soon = 0;
  function say(late) {
    var number = names().length;
    clearTimeout(soon);
    // What leaves within a moment needs no word.
    if (number && waiting.hidden && !behind && !held && !late) {
      soon = setTimeout(function () { say(true); }, 1500);
      return;
    }
    waiting.hidden = !number;
    if (!number) return;
    var words = (number === 1 ? waiting.dataset.one : waiting.dataset.many).replace("%n", number);
    if (fragile) words += " " + waiting.dataset.fragile;
    waiting.textContent = held ? words + " " + waiting.dataset[held] : words;
  }
  function tell(kind, values) {
    var words = told.dataset[kind] || "";
    Object.keys(values || {}).forEach(function (name) { words = words.replace("%" + name, function () { return values[name]; }); });
    told.textContent = words;
  }
  function complain(row, sentence) {
    refused.hidden = false;
    var line = document.createElement("p");
    line.textContent = (row ? row.dataset.name + ": " : "") + sentence;
    refused.appendChild(line);
  }

  // --- a row as it stands ---
  function rowOf(code) {
    return rows.filter(function (row) { return row.dataset.row === code; })[0];
  }
  function show(row) {
    row.querySelectorAll("[data-when]").forEach(function (each) { each.hidden = each.dataset.when !== row.dataset.state; });
    row.querySelectorAll("[data-consent-when]").forEach(function (each) { each.hidden = each.dataset.consentWhen !== row.dataset.consent; });
    row.querySelectorAll("input[type=radio]").forEach(function (each) { each.checked = each.value === row.dataset.state; });
  }
  function tally() {
    var through = {}, here = {}, all = {};
    rows.forEach(function (row) { if (row.dataset.body && row.dataset.state === "in") through[row.dataset.body] = true; });
    rows.forEach(function (row) {
      var group = row.dataset.group, mark = row.querySelector("[data-through]");
      if (mark) mark.hidden = row.dataset.state === "in" || !through[row.dataset.row];
      all[group] = (all[group] || 0) + 1;
      if (row.dataset.state === "in" || through[row.dataset.row]) here[group] = (here[group] || 0) + 1;
    });
    document.querySelectorAll("[data-count]").forEach(function (count) {
      // A page that holds only a part of the list cannot count: what the server said stands.
      if (Number(count.querySelector("span").textContent) === (all[count.dataset.count] || 0)) {
        count.querySelector("strong").textContent = here[count.dataset.count] || 0;
      }
    });
  }
  function pending() {
    var found = {};
    names().forEach(function (name) { var act = read(name); if (act) found[act.row] = true; });
    return found;
  }
  function take(states) {
    var mine = pending();
    Object.keys(states).forEach(function (code) {
      var row = rowOf(code);
      // What this device still has to say about a row is newer than what the server knows.
      if (!row || mine[code]) return;
      row.dataset.state = states[code].state;
      if ("consent" in states[code] && row.dataset.consent) row.dataset.consent = states[code].consent ? "yes" : "no";
      show(row);
    });
    tally();
  }

  // --- sending, one after the other ---
  var sending = false, timer = 0, whole = null;
  function later(seconds) {
    clearTimeout(timer);
    timer = setTimeout(send, seconds * 1000);
  }
  function ask(options, url) {
    var stop = new AbortController(), limit = setTimeout(function () { stop.abort(); }, 15000);
    options.signal = stop.signal;
    options.credentials = "same-origin";
    options.redirect = "manual";
    options.headers = { Accept: "application/json" };
    return fetch(url, options).finally(function () { clearTimeout(limit); });
  }
  function send() {
    var name = names()[0];
    say();
    if (!name || sending) return Promise.resolve();
    var act = read(name);
    if (!act) { forget(name); return send(); }
    sending = true;
    var body = new URLSearchParams(act.values);
    body.set("csrfmiddlewaretoken", token ? token.value : "");
    body.set("id", act.id);
    body.set("at", act.at);
    var go = false, wrong = false;
    return ask({ method: "POST", body: body }, address)
      .then(function (response) {
        // 403 is a page that is older than the session: its token holds no more. The tick stays until the page is loaded again.
        held = response.type === "opaqueredirect" ? "out" : response.status === 403 || response.status === 404 ? "reload" : "";
        if (held || response.status >= 500 || response.status === 429) {
          behind = true;
          return held === "reload" ? null : later(held ? 15 : 5);
        }
        return response.json().then(function (answer) {
          forget(name);
          if (answer.refused) {
            complain(rowOf(act.row), answer.refused);
            wrong = true;
          } else { take(answer.rows); }
          go = true;
          if (behind && !names().length) { behind = false; tell("sent"); }
        });
      })
      .catch(function () { held = ""; behind = true; later(5); })
      .finally(function () {
        sending = false;
        say();
        // What this device showed beforehand did not happen: the row goes back to what the server knows.
        if (wrong) refresh();
        if (wrong || behind) whole = null;
        if (go) send();
        if (go && !names().length) sendWhole();
      });
  }
  function push(row, values, verb) {
    keep({ id: uuid(), at: new Date().toISOString(), row: row.dataset.row, values: values });
    show(row);
    tally();
    if (verb) tell(verb, { s: row.dataset.name });
    send();
  }
  function refresh() {
    if (desk.dataset.stateUrl) ask({}, desk.dataset.stateUrl)
      .then(function (response) { return response.ok ? response.json() : null; })
      .then(function (answer) { if (answer) take(answer.rows); })
      .catch(function () { /* the next time */ });
  }
  // Signing out sends first (workspace.js), as long as that gets on; the rest waits for this account.
  desk.acuerdaSave = function () {
    return new Promise(function (go) {
      (function again(tries) {
        send();
        if (!names().length || behind || !tries) go();
        else setTimeout(again, 100, tries - 1);
      })(100);
    });
  };
  window.addEventListener("online", send);
  // Another desk may be ticking too.
  setInterval(function () { if (!document.hidden && !names().length) refresh(); }, 20000);

  // --- buttons and radio buttons ---
  function press(button) {
    var row = button.closest("[data-row]");
    if (button.dataset.then) row.dataset.state = button.dataset.then;
    if (button.dataset.consentThen) row.dataset.consent = button.dataset.consentThen;
    push(row, { act: button.value }, button.value.split(" ")[0]);
    filter();
  }
  desk.addEventListener("click", function (event) {
    var button = event.target.closest("button[name=act]");
    if (!button) return;
    event.preventDefault();
    var row = button.closest("[data-row]");
    press(button);
    // The button that was pressed is gone: the focus goes to the one in its place.
    if (button.hidden && document.activeElement !== box) {
      var next = Array.prototype.filter.call(row.querySelectorAll("button"), function (each) { return !each.hidden; })[0];
      if (next) next.focus();
    }
  });
  // The arrow keys pass over what is between: only where they come to rest is told.
  desk.addEventListener("change", function (event) {
    var radio = event.target, row = radio.type === "radio" && radio.closest("[data-row]");
    if (!row) return;
    row.dataset.state = radio.value;
    clearTimeout(row.resting);
    row.settle = function () {
      clearTimeout(row.resting);
      row.settle = null;
      push(row, choice(radio));
    };
    row.resting = setTimeout(row.settle, 250);
  });
  function choice(radio) {
    var values = {};
    values[radio.name] = radio.value;
    return values;
  }
  desk.addEventListener("focusout", function (event) {
    var row = event.target.closest("[data-row]");
    if (row && row.settle && !row.contains(event.relatedTarget)) row.settle();
  });
  desk.addEventListener("submit", function (event) {
    // The whole form goes once every tick is there: without a connection it would take the page away.
    if (!names().length && navigator.onLine) return;
    event.preventDefault();
    // While the connection holds it goes by itself in a moment; after a break it is for a person to say so again.
    whole = navigator.onLine && !behind ? { button: event.submitter } : null;
    send();
    say();
  });
  function sendWhole() {
    var asked = whole;
    whole = null;
    if (asked && desk.requestSubmit) desk.requestSubmit(asked.button);
  }

  // --- finding ---
  function fold(text) {
    return text.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "").replace(/[^\p{L}\p{N}]+/gu, " ").trim();
  }
  var current = null;
  function primary(row) {
    return row.querySelector("[data-primary]:not([hidden])") || (!row.querySelector("input[type=radio]:checked") && row.querySelector("input[type=radio]"));
  }
  function mark(row) {
    if (current) current.classList.remove("current");
    current = row;
    if (!row) return;
    row.classList.add("current");
    row.scrollIntoView({ block: "nearest" });
  }
  function open() {
    return rows.filter(function (row) { return !row.hidden && primary(row); });
  }
  function filter() {
    if (!box) return;
    var words = fold(box.value).split(" ").filter(Boolean), shown = [], named = [];
    function has(text) { return words.every(function (word) { return text.indexOf(word) >= 0; }); }
    rows.forEach(function (row) {
      row.hidden = !has(row.dataset.words);
      if (row.hidden) return;
      shown.push(row);
      if (has(fold(row.dataset.name + " " + row.dataset.row))) named.push(row);
    });
    document.querySelectorAll("a[data-add]").forEach(function (link) {
      link.search = box.value.trim() ? "?" + new URLSearchParams({ name: box.value.trim() }) : "";
    });
    // Whose own name has the words is meant: if they are here already, Enter takes nobody else of their organization.
    var meant = named.length ? named : shown;
    mark(words.length ? meant.filter(primary)[0] || null : null);
    return words.length ? meant.length : -1;
  }
  function announce(shown) {
    if (shown < 0) return tell("");
    if (current) return tell("found", { n: shown, s: current.dataset.name });
    tell(shown ? "allIn" : "nobody", { n: shown });
  }
  if (box) {
    box.addEventListener("input", function () { announce(filter()); });
    box.addEventListener("keydown", function (event) {
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        var list = open(), at = list.indexOf(current) + (event.key === "ArrowDown" ? 1 : -1);
        if (list[at]) { mark(list[at]); announce(list.length); }
        event.preventDefault();
      } else if (event.key === "Escape") {
        box.value = "";
        announce(filter());
      } else if (event.key === "Enter") {
        // Nothing here has these words: the server may know more rows than the page holds.
        if (!current) { if (!box.value.trim() || rows.some(function (row) { return !row.hidden; }) || !navigator.onLine) event.preventDefault(); return; }
        event.preventDefault();
        var way = primary(current), row = current;
        // The box is empty before anything else can be checked in: a second press of Enter does nothing.
        box.value = "";
        if (way.type === "radio") {
          row.dataset.state = way.value;
          push(row, choice(way), "check_in");
          filter();
        } else { press(way); }
      }
    });
    filter();
  }

  // --- what an earlier visit could not send stands as it was ticked ---
  names().forEach(function (name) {
    var act = read(name), row = act && rowOf(act.row);
    if (!row) return;
    var button = desk.querySelector("button[name=act][value='" + (act.values.act || "").replace(/['\\]/g, "") + "']");
    if (button && button.dataset.then) row.dataset.state = button.dataset.then;
    if (button && button.dataset.consentThen) row.dataset.consent = button.dataset.consentThen;
    Object.keys(act.values).forEach(function (field) { if (field !== "act") row.dataset.state = act.values[field]; });
    show(row);
  });
  tally();
  say();
  send();
})();
