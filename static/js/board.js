/* The themes board: cards are carried by the mouse, or moved with arrow keys on their menu button; both post what
   the card's "Move to" form posts. The server answers with the board as it is then, so a clash shows itself. */
import { csrfToken } from "./lib/csrf.js";

const ENOUGH = 5;
const board = () => document.getElementById("board");
const dialog = document.getElementById("board-reason");
let held = null;

const column = (card) => card.closest("[data-column]");
const title = (card) => card.querySelector("h3").textContent.trim();

function say(text) { const live = document.getElementById("board-says"); live.textContent = ""; live.textContent = text; }

function toast(text, good) {
  const made = document.getElementById("board-toast").content.firstElementChild.cloneNode(true);
  made.classList.add(good ? "ek-tone-good" : "ek-tone-care");
  made.querySelector("i").classList.add(good ? "bi-check-circle-fill" : "bi-people-fill");
  made.querySelector(".ek-toast__text").textContent = text;
  if (good) { made.dataset.fleeting = ""; }
  const region = document.getElementById("toasts");
  region.querySelectorAll("[data-of-board]").forEach((old) => old.remove());
  made.dataset.ofBoard = "";
  region.append(made);
}

/* Why a theme is dropped: null when the person thinks better of it. */
function askReason(card) {
  const field = dialog.querySelector("textarea");
  dialog.querySelector("[data-name]").textContent = title(card);
  field.value = "";
  dialog.returnValue = "";
  dialog.showModal();
  field.focus();
  return new Promise((done) => {
    dialog.addEventListener("close", () => done(dialog.returnValue === "drop" ? field.value : null), { once: true });
  });
}

async function move(card, state, before, focus) {
  let reason = "";
  if (state === "dropped" && column(card).dataset.column !== "dropped") {
    reason = await askReason(card);
    if (reason === null) { if (focus) { grip(card.dataset.theme); } return; }
  }
  card.setAttribute("aria-busy", "true");
  const body = new URLSearchParams({ state, version: card.dataset.version, before: before || "", reason });
  const url = card.dataset.url + location.search;
  let answer = { words: dialog.dataset.offline }, ok = false;
  try {
    const reply = await fetch(url, { method: "POST", body, headers: { "X-CSRFToken": csrfToken(), Accept: "application/json" } });
    ok = reply.ok;
    if ((reply.headers.get("Content-Type") || "").startsWith("application/json")) { answer = await reply.json(); }
  } catch { /* said below */ }
  card.removeAttribute("aria-busy");
  if (answer.html) { board().outerHTML = answer.html; }
  if (!ok || !focus) { toast(answer.words, ok); }
  say(answer.words);
  if (focus) { grip(card.dataset.theme); }
}

function grip(id) { document.querySelector(`#theme-${id} [data-grip]`)?.focus(); }

/* --- by mouse --- */
document.addEventListener("pointerdown", (event) => {
  const card = event.target.closest?.("[data-board] .ek-theme");
  if (!card || event.button !== 0 || event.pointerType === "touch" || card.getAttribute("aria-busy")) { return; }
  if (event.target.closest("button, summary, .ek-menu__list, form")) { return; }
  held = { card, x: event.clientX, y: event.clientY, on: false };
});
document.addEventListener("dragstart", (event) => { if (event.target.closest?.("[data-board] .ek-theme")) { event.preventDefault(); } });

document.addEventListener("pointermove", (event) => {
  if (!held) { return; }
  if (!held.on && Math.hypot(event.clientX - held.x, event.clientY - held.y) < ENOUGH) { return; }
  if (!held.on) { lift(); }
  held.at = [event.clientX, event.clientY];
  if (!held.asked) { held.asked = requestAnimationFrame(carry); }
});

function lift() {
  held.on = true;
  held.card.classList.add("ek-theme--held");
  document.body.classList.add("ek-lifting");
  held.gap = document.createElement("li");
  held.gap.className = "ek-board__gap";
  held.gap.setAttribute("aria-hidden", "true");
}

function carry() {
  if (!held?.on) { return; }
  held.asked = 0;
  const [x, y] = held.at;
  const over = document.elementFromPoint(x, y)?.closest("[data-column]");
  document.querySelectorAll(".ek-board__col--over").forEach((one) => one.classList.remove("ek-board__col--over"));
  if (!over) { held.gap.remove(); return; }
  over.classList.add("ek-board__col--over");
  const cards = [...over.querySelectorAll(".ek-theme")].filter((one) => one !== held.card);
  const next = cards.find((one) => { const box = one.getBoundingClientRect(); return y < box.top + box.height / 2; });
  over.querySelector("[data-cards]").insertBefore(held.gap, next || null);
}

function put() {
  const ended = held;
  held = null;
  if (!ended?.on) { return null; }
  ended.card.classList.remove("ek-theme--held");
  document.body.classList.remove("ek-lifting");
  document.querySelectorAll(".ek-board__col--over").forEach((one) => one.classList.remove("ek-board__col--over"));
  const to = ended.gap.parentElement && column(ended.gap).dataset.column;
  let next = ended.gap.nextElementSibling;
  if (next === ended.card) { next = next.nextElementSibling; }
  const stays = ended.gap.previousElementSibling === ended.card || ended.gap.nextElementSibling === ended.card;
  ended.gap.remove();
  return to && !stays ? { card: ended.card, to, before: next?.dataset.theme } : null;
}

document.addEventListener("pointerup", () => {
  const carried = held?.on;
  if (carried) { carry(); }
  const done = put();
  if (!carried) { return; }
  const swallow = (click) => { click.preventDefault(); click.stopPropagation(); };
  document.addEventListener("click", swallow, { capture: true, once: true });
  setTimeout(() => document.removeEventListener("click", swallow, true), 0);
  if (done) { move(done.card, done.to, done.before); }
});
document.addEventListener("pointercancel", () => { put(); });
document.addEventListener("keydown", (event) => { if (event.key === "Escape" && held?.on) { event.stopPropagation(); held.gap.remove(); put(); } }, true);

/* --- by keyboard: arrows on the card's menu button while its menu is closed --- */
document.addEventListener("keydown", (event) => {
  const button = event.target.closest?.("[data-board] [data-grip]");
  if (!button || button.parentElement.open || event.ctrlKey || event.metaKey || event.altKey) { return; }
  const card = button.closest(".ek-theme"), here = column(card);
  const columns = [...board().querySelectorAll("[data-column]")];
  const side = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (card.getAttribute("aria-busy")) { return; }
  if (side) {
    event.preventDefault();
    const to = columns[columns.indexOf(here) + side];
    if (to) { move(card, to.dataset.column, to.querySelector(".ek-theme")?.dataset.theme, true); }
    return;
  }
  const cards = [...here.querySelectorAll(".ek-theme")], at = cards.indexOf(card);
  if (event.key === "ArrowUp") {
    event.preventDefault();
    if (at > 0) { move(card, here.dataset.column, cards[at - 1].dataset.theme, true); }
  } else if (event.key === "ArrowDown") {
    event.preventDefault();
    if (at < cards.length - 1) { move(card, here.dataset.column, cards[at + 2]?.dataset.theme, true); }
  }
});

/* --- the menu's "Dropped" asks for the reason here instead of on the theme's page --- */
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("[data-board] [data-drop]");
  if (!link) { return; }
  event.preventDefault();
  const card = link.closest(".ek-theme");
  card.querySelector("details").open = false;
  move(card, "dropped", "", true);
});
