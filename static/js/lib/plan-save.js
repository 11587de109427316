/* Saving a move: shown at once, taken back when the server refuses; a toast says so and offers to undo it. */
import { csrfToken } from "./csrf.js";
import { pieces, place, settle } from "./plan-bars.js";
import { refresh } from "./plan-refresh.js";

const texts = () => document.getElementById("plan-words").dataset;
const URL_OF = (key) => `/calendar/move/${key}/`;
let last = null;

export function say(text) { const live = document.getElementById("plan-says"); live.textContent = ""; live.textContent = text; }

export function toast(text, kind, undo) {
  const made = document.getElementById("plan-toast").content.firstElementChild.cloneNode(true);
  const [tone, icon] = { good: ["good", "check-circle-fill"], stop: ["stop", "exclamation-circle-fill"], care: ["care", "people-fill"] }[kind];
  made.classList.add(`ek-tone-${tone}`);
  made.querySelector("i").classList.add(`bi-${icon}`);
  made.querySelector(".ek-toast__text").textContent = text;
  if (undo) { made.querySelector("[data-undo]").addEventListener("click", () => { made.remove(); undo(); }); }
  else { made.querySelector(".ek-toast__act").remove(); }
  if (kind === "good") { made.dataset.fleeting = ""; }
  const region = document.getElementById("toasts");
  region.querySelectorAll(".ek-toast[data-plan]").forEach((old) => old.remove());
  made.dataset.plan = "";
  region.append(made);
}

async function post(key, days, version, regions) {
  const body = new URLSearchParams({ starts_on: days.first, ends_on: days.last, version });
  if (regions) { body.set("regions", JSON.stringify(regions)); }
  const answer = await fetch(URL_OF(key), { method: "POST", body, headers: { "X-CSRFToken": csrfToken(), Accept: "application/json" } });
  const is = (answer.headers.get("Content-Type") || "").startsWith("application/json");
  return { status: answer.status, ...(is ? await answer.json() : {}) };
}

/* Move `key` to `days`. Resolves when the server has answered; never rejects. */
export async function save(key, days, version, regions, undone) {
  pieces(key).forEach((bar) => bar.setAttribute("aria-busy", "true"));
  let answer;
  try { answer = await post(key, days, version, regions); } catch { answer = { status: 0, words: texts().offline }; }
  pieces(key).forEach((bar) => bar.removeAttribute("aria-busy"));
  if (answer.status !== 200) {
    place(key, null);
    toast(answer.words || texts().refused, answer.status === 409 ? "care" : "stop");
    if (answer.status === 409) { await refresh(); }
    return;
  }
  settle(key, answer.now);
  finished({ key, words: undone ? texts().undone : answer.words, before: answer.before, now: answer.now }, undone);
  await refresh();
  if (!pieces(key).some((bar) => bar.hasAttribute("aria-busy"))) { place(key, null); }
}

export function finished(change, undone) {
  last = undone ? null : change;
  toast(change.words, "good", undone || !change.before ? null : undo);
}

export function undo() {
  if (!last) { return; }
  const { key, before, now } = last;
  last = null;
  place(key, before);
  save(key, before, now.version, before.regions, true);
}

/* The panel's form has moved something: the same toast, and the picture anew. */
document.addEventListener("plan:changed", (event) => {
  const change = event.detail;
  if (change.now) { finished(change, false); } else { toast(change.words, "good"); }
  refresh();
});

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key === "z" && last && !event.target.closest("input, textarea, select")) {
    event.preventDefault();
    undo();
  }
});
