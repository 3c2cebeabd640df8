"use strict";
// Shows what was computed when the page was written: nothing here knows what a failure does.
(() => {
    const root = document.documentElement;
  const byId = (id) => document.getElementById(id);
  const once = (make) => { let made; return () => (made ??= make()); }; // nothing of 10,000 steps is looked at before it is asked for
  const data = once(() => JSON.parse(byId("data").textContent));
  const rows = once(() => [...document.querySelectorAll(".step")]);
  const boxes = once(() => [...document.querySelectorAll("details.scope")]);
  const WORDS = { fails: { hard: "fails", soft: "exits 75", interrupted: "interrupted" }, skipped: "skipped", called: "runs because of it" };

  byId("theme")?.addEventListener("click", () => {
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
  });
  addEventListener("beforeprint", () => { for (const each of document.querySelectorAll("details")) each.open = true; });
  if (!document.querySelector(".step")) return;

  const cases = once(() => {
    const found = { hard: new Map(), soft: new Map(), interrupted: new Map() };
    for (const [members, outcome, code, skipped, called, told, after, missed, stays = []] of data().failures) {
      const failure = { code, skipped, called, told, after, missed, stays };
      for (const number of numbers(members)) found[outcome].set(number, failure);
    }
    return found;
  });
  let chosen = 0;

  function* numbers(list) { // an index of a list of stretches: first, last, first, last
    const flat = data().lists[list];
    for (let at = 0; at < flat.length; at += 2) for (let n = flat[at]; n <= flat[at + 1]; n++) yield n;
  }
  const outcome = () => document.querySelector("input[name=outcome]:checked").value;
  const row = (number) => byId(`step-${number}`);
  const button = (number) => row(number).querySelector("button");
  const title = (number) => `${number} ${data().names[number - 1]}`;

  let shown = new Map();

  function mark(number, state, word) {
    const of = row(number), cell = of.querySelector(".state");
    if (state) of.dataset.state = state; else delete of.dataset.state;
    cell.textContent = word ?? cell.dataset.usual;
  }

  function statesAfter(failure) {
    const states = new Map();
    for (const number of numbers(failure.skipped)) {
      if (number > chosen && !row(number).classList.contains("rare")) states.set(number, "skipped");
    }
    for (const number of numbers(failure.called)) if (number > chosen) states.set(number, "called");
    return states.set(chosen, "fails");
  }

  function show() {
    const how = outcome();
    const failure = chosen ? cases()[how].get(chosen) : undefined;
    const states = failure ? statesAfter(failure) : new Map();
    for (const number of shown.keys()) if (!states.has(number)) mark(number);
    for (const [number, state] of states) {
      if (state === "fails" || shown.get(number) !== state) mark(number, state, WORDS[state][how] ?? WORDS[state]);
    }
    shown = states;
    document.querySelector("[aria-pressed=true]")?.setAttribute("aria-pressed", "false");
    if (chosen) button(chosen).setAttribute("aria-pressed", "true");
    tell(how, failure, states);
  }

  function tell(how, failure, states) {
    const panel = byId("outcome");
    panel.replaceChildren();
    const head = document.createElement("p");
    panel.append(head);
    if (!chosen) { head.textContent = "Choose a step to see what happens if it fails. Keys: arrows, Enter, / to search, Escape."; return; }
    if (!failure) { head.textContent = `Step ${title(chosen)}: ${data().none[how]}`; return; }
    const code = how === "interrupted" ? "128+n" : failure.code;
    head.textContent = `If ${title(chosen)} ${how === "interrupted" ? "is interrupted" : WORDS.fails[how]}, the run ends with exit code ${code}.`;
    head.className = "bad";
    const list = document.createElement("dl");
    panel.append(list);
    const line = (name, words) => {
      const [term, text] = [document.createElement("dt"), document.createElement("dd")];
      term.textContent = name;
      text.textContent = words;
      text.dataset.what = name;
      list.append(term, text);
    };
    const having = (state) => [...states].filter(([, is]) => is === state).map(([number]) => number).sort((a, b) => a - b);
    line("skipped", named(having("skipped")) || "nothing");
    const called = having("called");
    if (called.length) line("then runs", named(called));
    const alarms = [...numbers(failure.told)], before = [...numbers(failure.after)], missed = [...numbers(failure.missed)].map((place) => data().pings[place - 1]);
    const heard = [];
    if (alarms.length) heard.push(`${named(alarms)}${before.length ? `, if ${named(before)} ends well` : ""}`);
    if (missed.length) heard.push(`missing ping: ${named(missed)}`);
    line("reported by", heard.join("; ") || "exit code only");
    for (const [text, first, last] of failure.stays) if (first <= chosen && chosen <= last) line("left behind", text);
  }

  function named(list) {
    const few = list.slice(0, 6).map(title).join(", ");
    return list.length > 6 ? `${few} and ${list.length - 6} more, up to ${title(list[list.length - 1])}` : few;
  }

  function choose(number) { chosen = number === chosen ? 0 : number; show(); }

  function search() {
    const words = byId("search").value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const each of rows()) {
      const text = words.length ? each.textContent.toLowerCase() : "";
      each.hidden = !words.every((word) => text.includes(word));
      if (!each.hidden) count++;
    }
    for (const box of boxes()) {
      box.hidden = words.length > 0 && !box.querySelector(".step:not([hidden])");
      if (words.length && !box.hidden) box.open = true;
    }
    byId("found").textContent = words.length ? `${count} of ${rows().length} steps` : "";
  }

  function fold(open) { for (const box of boxes()) box.open = open || !box.parentElement.closest("details.scope"); }

  function move(by) {
    const at = rows().indexOf(document.activeElement.closest(".step"));
    let next = at < 0 ? (by > 0 ? 0 : rows().length - 1) : at + by;
    while (rows()[next] && !rows()[next].checkVisibility()) next += by;
    rows()[next]?.querySelector("button").focus();
    rows()[next]?.scrollIntoView({ block: "nearest" });
  }

  byId("plan").addEventListener("click", (event) => {
    const of = event.target.closest(".step");
    if (of && !String(getSelection())) choose(Number(of.dataset.number));
  });
  byId("search").addEventListener("input", search);
  byId("fold").addEventListener("click", () => fold(false));
  byId("unfold").addEventListener("click", () => fold(true));
  for (const radio of document.querySelectorAll("input[name=outcome]")) radio.addEventListener("change", show);
  addEventListener("keydown", (event) => {
    const typing = event.target.matches("input[type=search]");
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") {
      if (byId("search").value) { byId("search").value = ""; search(); }
      chosen = 0;
      show();
      return;
    }
    if (typing || event.target.matches("input")) return;
    if (event.key === "/") { event.preventDefault(); byId("search").focus(); }
    if (event.key === "ArrowDown" || event.key === "j") { event.preventDefault(); move(1); }
    if (event.key === "ArrowUp" || event.key === "k") { event.preventDefault(); move(-1); }
  });
  show();
})();
