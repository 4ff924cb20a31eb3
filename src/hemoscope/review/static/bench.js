"use strict";
// The bench in the browser: shows cells, sends decisions, asks for the count. What stands is what
// the server says; a decision is shown as made only when it is on the server's disk.

const AT_ONCE = 120; // thumbnails in the list before "more" is asked for
const DIGITS = "123456789";
const ASIDE = { artefact: "x", unclear: "z" };
const verdicts = JSON.parse(document.body.dataset.verdicts);
const keys = new Map(verdicts.map((name, at) => [ASIDE[name] ?? DIGITS[at] ?? "", name]));
keys.delete("");

const by = (id) => document.getElementById(id);
const state = { job: "", last: 0, cells: [], list: [], shown: AT_ONCE, now: -1, busy: false };

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "class") element.className = value;
    else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== false && value != null) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child != null));
  return element;
}

function bar(share) {
  const draw = (tag) => document.createElementNS("http://www.w3.org/2000/svg", tag);
  const svg = draw("svg"), rect = draw("rect");
  for (const [name, value] of [["viewBox", "0 0 1 1"], ["preserveAspectRatio", "none"], ["aria-hidden", "true"]]) svg.setAttribute(name, value);
  rect.setAttribute("width", share);
  rect.setAttribute("height", 1);
  svg.append(rect);
  return svg;
}

const percent = (share) => (share == null ? "" : `${(100 * share).toFixed(1)} %`);
const plural = (n, one, many) => `${n.toLocaleString("en")} ${n === 1 ? one : many}`;
const isOpen = (cell) => cell.verdict == null && !cell.accepted && !cell.problem;
const named = (cell) => cell.verdict ?? (cell.accepted ? cell.called : "");
const picture = (cell, size) => `/pictures/${cell.cell}/${size}.jpg?job=${state.job.slice(0, 12)}`;

async function ask(address, body) {
  const options = body === undefined ? {} : {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
  };
  let response;
  try {
    response = await fetch(address, options);
  } catch {
    throw { message: "The server does not answer. Is hemoscope review still running? Nothing that was shown as decided is lost." };
  }
  const answer = await response.json();
  if (!response.ok) throw { status: response.status, ...answer };
  return answer;
}

function say(text, wrong = false) {
  const message = by("message");
  message.textContent = text;
  message.classList.toggle("wrong", wrong);
  message.hidden = !text;
}

// ---- lists ----------------------------------------------------------------------------------

const FILTERS = [
  ["look", "to look at", (cell) => isOpen(cell)],
  ["all", "all cells", () => true],
  ["decided", "decided by a person", (cell) => cell.verdict != null],
  ["otherwise", "named otherwise", (cell) => cell.verdict != null && cell.verdict !== cell.called],
  ["unknown", "like none of the classes", (cell) => cell.unknown],
  ["problem", "unreadable", (cell) => Boolean(cell.problem)],
  ...verdicts.map((name) => [`is:${name}`, name, (cell) => named(cell) === name]),
];

function urgency(cell) {
  if (cell.unknown) return -1;
  return (cell.accepted ? 2 : 0) + (cell.probability ?? 9);
}

function fillFilter() {
  const chosen = by("filter").value || "look";
  by("filter").replaceChildren(...FILTERS.map(([key, text, holds]) => {
    const many = state.cells.filter(holds).length;
    return make("option", { value: key, selected: key === chosen, disabled: !many && key !== chosen && key !== "look" }, `${text} (${many.toLocaleString("en")})`);
  }));
}

function makeList(keep) {
  const holds = FILTERS.find(([key]) => key === by("filter").value)[2];
  const stays = (cell) => holds(cell) || cell === keep;
  state.list = state.cells.filter(stays).sort((a, b) => urgency(a) - urgency(b) || a.cell - b.cell);
}

function thumbnail(cell) {
  const at = state.list.indexOf(cell);
  const said = cell.problem ? "unreadable" : named(cell) || `${cell.called}?`;
  const kind = isOpen(cell) ? "open" : cell.verdict == null ? "" : cell.verdict in ASIDE ? "aside" : "named";
  const mark = cell.verdict == null ? "" : cell.verdict in ASIDE ? "– " : "✓ ";
  return make("li", {},
    make("button", { type: "button", class: kind, title: cell.path, "data-cell": cell.cell, "aria-current": at === state.now, onclick: () => show(state.list.indexOf(cell)) },
      cell.problem ? make("img", { alt: "" }) : make("img", { src: picture(cell, "small"), loading: "lazy", alt: "" }),
      make("span", {}, mark + said),
      make("span", { class: "soft" }, percent(cell.probability))));
}

function drawList() {
  const some = state.list.slice(0, state.shown);
  by("cells").replaceChildren(...some.map(thumbnail));
  const rest = state.list.length - some.length;
  by("more").hidden = rest <= 0;
  by("more").textContent = `Show more (${rest.toLocaleString("en")} left)`;
  const name = by("filter").value.startsWith("is:") ? by("filter").value.slice(3) : "";
  const waiting = state.list.slice(0, state.shown).filter((cell) => cell.verdict == null && cell.accepted);
  by("agree-all").hidden = !name || !waiting.length;
  by("agree-all").textContent = `Name these ${plural(waiting.length, "accepted cell", "accepted cells")} ${name}`;
}

// ---- one cell -------------------------------------------------------------------------------

function show(at) {
  state.now = Math.max(-1, Math.min(at, state.list.length - 1));
  const cell = state.list[state.now];
  by("one").hidden = !cell;
  by("empty").hidden = Boolean(cell);
  for (const button of by("cells").querySelectorAll("button")) {
    button.setAttribute("aria-current", Boolean(cell) && Number(button.dataset.cell) === cell.cell);
  }
  if (!cell) return;
  if (state.now >= state.shown) { state.shown = state.now + AT_ONCE; drawList(); }
  by("cells").querySelector('[aria-current="true"]')?.scrollIntoView({ block: "nearest" });
  by("cell-title").textContent = cell.problem ? "unreadable" : cell.unknown ? `none of the classes? (${cell.called})` : cell.called;
  by("path").textContent = cell.path;
  if (cell.problem) by("picture").removeAttribute("src"); else by("picture").src = picture(cell, "large");
  by("picture").alt = `cell ${cell.cell + 1}`;
  by("why").textContent = cell.problem || cell.reason;
  by("bars").replaceChildren(...[[cell.called, cell.probability, "called"], [cell.second, cell.second_probability, ""]]
    .filter(([name]) => name)
    .map(([name, share, kind]) => make("li", { class: kind },
      bar(share ?? 0), make("b", {}, name), make("span", {}, percent(share)))));
  by("candidates").textContent = cell.candidates.length > 1 ? `Cannot be ruled out: ${cell.candidates.join(", ")}.` : "";
  by("words").textContent = cell.words;
  by("decided").textContent = cell.verdict == null
    ? (cell.accepted ? "Accepted without a person." : "")
    : `${cell.verdict}: ${cell.who}, ${new Date(cell.at).toLocaleString()}${cell.note ? ` (“${cell.note}”)` : ""}`;
  for (const button of by("verdicts").children) {
    button.setAttribute("aria-pressed", button.dataset.verdict === cell.verdict);
    button.classList.toggle("called", button.dataset.verdict === cell.called);
  }
  by("agree").disabled = Boolean(cell.problem) || cell.unknown;
  by("undo").disabled = cell.verdict == null;
  by("before").disabled = state.now <= 0;
  by("next").disabled = state.now >= state.list.length - 1;
  for (const near of [state.now + 1, state.now + 2]) { // fetched ahead, so that the next one is there
    if (state.list[near] && !state.list[near].problem) new Image().src = picture(state.list[near], "large");
  }
}

function takeEvents(events) {
  for (const event of events) {
    const cell = state.cells[event.cell];
    if (event.seen > cell.seen) Object.assign(cell, event);
  }
}

async function decide(cells, verdict) {
  const who = by("who").value.trim();
  if (!who) {
    say("Write your name first: every decision is kept with who made it.", true);
    by("who").focus();
    return;
  }
  if (state.busy || !cells.length) return;
  state.busy = true;
  const decisions = cells.map((cell) => ({ cell: cell.cell, seen: cell.seen, verdict }));
  try {
    takeEvents((await ask("/api/decisions", { who, note: by("note").value.trim(), decisions })).events);
    by("note").value = "";
    say("");
    const stay = verdict == null || cells.length > 1;
    const here = state.list[state.now];
    refresh(here);
    show(state.list.indexOf(here) + (stay ? 0 : 1));
    count();
  } catch (error) {
    if (error.event) { takeEvents([error.event]); refresh(state.list[state.now]); show(state.now); }
    say(error.message, true);
  } finally {
    state.busy = false;
  }
}

function refresh(keep) {
  fillFilter();
  makeList(keep);
  drawList();
}

// ---- the count ------------------------------------------------------------------------------

const number = (value) => (value == null ? "–" : value.toFixed(1));

async function count() {
  try {
    await takeNews(); // what is counted, and may be signed, is on the page
    drawCount(await ask("/api/count"));
  } catch (error) {
    say(error.message, true);
  }
}

function drawCount(told) {
  const rows = [...told.rows.filter((row) => row.white), ...told.rows.filter((row) => !row.white)];
  const first = rows.findIndex((row) => !row.white);
  by("count").replaceChildren(
    make("table", {},
      make("thead", {}, make("tr", {}, ...["Class", "Cells", "Per 100", "95 % limits"].map((text) => make("th", { scope: "col" }, text)))),
      make("tbody", {}, ...rows.map((row, at) => make("tr", { class: at === first ? "apart" : "" },
        make("th", { scope: "row" }, row.class), make("td", {}, String(row.as_called + row.named)), make("td", {}, number(row.per_100)),
        make("td", {}, row.low == null ? "–" : `${number(row.low)} – ${number(row.high)}`))))),
    make("p", { class: "soft" }, `${plural(told.white, "white cell", "white cells")} counted; erythroblasts and platelets apart. A person named ${told.agreed + told.corrected}, ${told.corrected} of them otherwise than the model. Not counted: open ${told.open}, artefacts ${told.artefacts}, unclear ${told.unclear}, unreadable ${told.unreadable}.`));
  by("progress").textContent = told.open ? `${plural(told.open, "cell is", "cells are")} left to look at` : "Every cell that a person must look at is decided";
  by("sign-button").disabled = told.open > 0 || told.current;
  const version = told.signed.length + 1;
  by("sign-button").textContent = version === 1 ? "Sign" : `Sign as version ${version}`;
  by("state").textContent = told.open ? "It can be signed when no cell is left to look at."
    : told.current ? "What stands is what was signed."
    : version > 1 ? "Something was decided after the last signature. Say in the comment why, and sign anew."
    : "Signing freezes what stands, with your name.";
  by("signed").replaceChildren(...told.signed.map((one) => make("li", {},
    make("a", { href: `/signed/${one.version}` }, `${one.who}, ${new Date(one.at).toLocaleString()}`), " ",
    make("code", {}, one.digest.slice(0, 16)), one.sound ? "" : make("strong", {}, " changed after it was signed!"))));
}

async function sign(event) {
  event.preventDefault();
  try {
    const made = await ask("/api/signatures", { who: by("who").value.trim(), comment: by("comment").value.trim(), seen: state.last });
    by("comment").value = "";
    say(`Version ${made.version} is signed. Its SHA-256 begins ${made.digest.slice(0, 16)}.`);
    count();
  } catch (error) {
    say(error.message, true);
  }
}

// ---- keys, and the beginning ----------------------------------------------------------------

const here = () => state.list[state.now];

function pressed(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select")) return;
  const key = event.key.toLowerCase();
  const onButton = event.target.closest("button, a");
  if (key === "enter" && onButton && !onButton.closest(".cells")) return;
  if (!here()) return;
  const actions = {
    enter: () => by("agree").disabled || decide([here()], here().called),
    u: () => by("undo").disabled || decide([here()], null),
    arrowleft: () => show(state.now - 1 < 0 ? 0 : state.now - 1),
    arrowright: () => show(state.now + 1),
  };
  const act = actions[key] ?? (keys.has(key) ? () => decide([here()], keys.get(key)) : null);
  if (!act) return;
  event.preventDefault();
  act();
}

// Decisions that the page has not seen; whether there were any.
async function takeNews() {
  const told = await ask(`/api/events?after=${state.last}`);
  const fresh = told.events.filter((event) => event.seen > state.cells[event.cell].seen);
  state.last = told.last;
  if (!fresh.length) return false;
  const cell = here();
  takeEvents(fresh);
  refresh(cell);
  show(state.list.indexOf(cell));
  return true;
}

async function news() {
  if (state.busy || document.hidden) return;
  try {
    if (await takeNews()) count();
  } catch { /* the next decision says what is wrong */ }
}

async function begin() {
  for (const [key, name] of [...keys, ...verdicts.filter((one) => ![...keys.values()].includes(one)).map((one) => ["", one])]) {
    by("verdicts").append(make("button", { type: "button", "data-verdict": name, onclick: () => decide([here()], name) }, key ? make("kbd", {}, key.toUpperCase()) : null, name));
  }
  by("who").value ||= localStorage.getItem("hemoscope-reviewer") ?? "";
  by("who").addEventListener("change", () => localStorage.setItem("hemoscope-reviewer", by("who").value));
  by("agree").addEventListener("click", () => decide([here()], here().called));
  by("undo").addEventListener("click", () => decide([here()], null));
  by("before").addEventListener("click", () => show(Math.max(0, state.now - 1)));
  by("next").addEventListener("click", () => show(state.now + 1));
  by("more").addEventListener("click", () => { state.shown += AT_ONCE; drawList(); });
  by("agree-all").addEventListener("click", () => {
    const name = by("filter").value.slice(3);
    decide(state.list.slice(0, state.shown).filter((cell) => cell.verdict == null && cell.accepted), name);
  });
  by("filter").addEventListener("change", () => { state.shown = AT_ONCE; makeList(); drawList(); show(0); });
  by("sign").addEventListener("submit", sign);
  document.addEventListener("keydown", pressed);
  try {
    const told = await ask("/api/cells");
    Object.assign(state, { job: told.job, last: told.last, cells: told.cells });
    fillFilter();
    if (!state.cells.some(isOpen)) by("filter").value = "all";
    makeList();
    drawList();
    show(0);
    await count();
    setInterval(news, 5000);
  } catch (error) {
    say(error.message, true);
  }
}

begin();
