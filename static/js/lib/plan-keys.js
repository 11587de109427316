/* The same by keyboard: arrows move a bar, with Shift its end (with Alt and Shift its beginning). The new days are said
   at once and saved a moment after the last key, by Enter, or when the bar loses the focus; Escape takes them back. */
import { between, words } from "./plan-dates.js";
import { facts, place, root, shifted } from "./plan-bars.js";
import { save, say } from "./plan-save.js";

const WAIT = 900;
let pending = null;
const texts = () => document.getElementById("plan-words").dataset;
const name = (bar) => bar.querySelector("span")?.textContent || bar.title;
const fill = (text, bar, days) => text.replace("{name}", name(bar)).replace("{days}", days || "");

function steps(key) {
  const inWeeks = "grid" in root().dataset;
  return { ArrowLeft: -1, ArrowRight: 1, ArrowUp: inWeeks ? -7 : 0, ArrowDown: inWeeks ? 7 : 0 }[key];
}

function next(bar, key) {
  const bars = [...root().querySelectorAll("[data-bar]:not([tabindex])")];
  bars[bars.indexOf(bar) + (key === "ArrowDown" ? 1 : -1)]?.focus();
}

document.addEventListener("keydown", (event) => {
  const bar = event.target.closest?.("#plan-grid [data-bar]");
  if (!bar || event.ctrlKey || event.metaKey) { return; }
  if (event.key === "Escape" && pending) { event.preventDefault(); return take(bar); }
  if (event.key === "Enter" && pending) { event.preventDefault(); return commit(); }
  const by = steps(event.key);
  if (by === undefined) { return; }
  event.preventDefault();
  if (by === 0) { return next(bar, event.key); }
  if (!("move" in bar.dataset)) { return say(fill(texts().fixed, bar)); }
  const mode = event.shiftKey ? (event.altKey ? "start" : "end") : "move";
  nudge(bar, mode, by);
});

function nudge(bar, mode, by) {
  if (!pending || pending.was.key !== bar.dataset.bar) { commit(); pending = { was: facts(bar), now: facts(bar) }; }
  const days = shifted(pending.now, mode, by);
  if (between(days.first, days.last) < 0) { return; }
  pending.now = days;
  place(pending.was.key, days);
  say(fill(texts().preview, bar, words(days.first, days.last)));
  clearTimeout(pending.timer);
  pending.timer = setTimeout(commit, WAIT);
}

function commit() {
  if (!pending) { return; }
  const { was, now, timer } = pending;
  clearTimeout(timer);
  pending = null;
  if (was.first === now.first && was.last === now.last) { place(was.key, null); return; }
  save(was.key, now, was.version);
}

function take(bar) {
  clearTimeout(pending.timer);
  place(pending.was.key, null);
  pending = null;
  say(fill(texts().back, bar));
}

document.addEventListener("focusout", (event) => { if (pending && event.target.dataset?.bar === pending.was.key && event.relatedTarget) { commit(); } });
