/* Bars with data-move are moved by mouse, pen and finger, and stretched at their edges; days are whole. A finger that
   moves at once scrolls and one that lifts opens, as everywhere; one that rests on a bar takes it. */
import { between, plus, words } from "./plan-dates.js";
import { facts, place, root, shifted } from "./plan-bars.js";
import { save } from "./plan-save.js";

const EDGE = 8, THUMB = 18, ENOUGH = 4;
/* How long a finger rests (ms), and how far it may tremble meanwhile (px). */
const HOLD = 400, STILL = 9;
let drag = null;
let tip = null;

function modeAt(bar, x, reach = EDGE) {
  const box = bar.getBoundingClientRect();
  const edge = Math.min(reach, box.width / 4);
  if (x - box.left < edge && !bar.classList.contains("ek-ev--cut-l")) { return "start"; }
  if (box.right - x < edge && !bar.classList.contains("ek-ev--cut-r")) { return "end"; }
  return "move";
}

/* How many days lie left of the pointer: along the row, or through the weeks of the grid. */
function ruler(bar) {
  const grid = root();
  if ("grid" in grid.dataset) {
    const weeks = [...grid.querySelectorAll("[data-monday]")];
    const boxes = weeks.map((week) => week.getBoundingClientRect());
    const start = weeks[0].dataset.monday, top = window.scrollY;
    return (x, y) => {
      const at = boxes.findIndex((box) => y + window.scrollY - top < box.bottom);
      const row = at < 0 ? boxes.length - 1 : at;
      const column = Math.floor((x - boxes[row].left) / boxes[row].width * 7);
      return between(start, plus(weeks[row].dataset.monday, Math.min(Math.max(column, 0), 6)));
    };
  }
  const lane = bar.closest(".ek-tl__lane");
  const box = lane.getBoundingClientRect(), width = box.width / Number(grid.dataset.days);
  const scroller = grid.closest(".ek-scroll"), from = scroller.scrollLeft;
  return (x) => (x - box.left + scroller.scrollLeft - from) / width;
}

document.addEventListener("pointerdown", (event) => {
  const bar = event.target.closest?.("#plan-grid [data-move]");
  if (drag && event.pointerType === "touch") { return cancel(); }
  if (!bar || event.button !== 0 || bar.getAttribute("aria-busy")) { return; }
  const touch = event.pointerType === "touch";
  const mode = modeAt(bar, event.clientX, touch ? THUMB : EDGE);
  drag = { bar, mode, touch, id: event.pointerId, x: event.clientX, y: event.clientY, was: facts(bar), by: 0, on: false };
  if (touch) { drag.timer = setTimeout(hold, HOLD); }
});

/* The finger has rested: from now on it moves the bar, and the page stands still. */
function hold() {
  if (!drag || drag.on) { return; }
  drag.at = [drag.x, drag.y];
  begin();
  navigator.vibrate?.(15);
  step();
}

document.addEventListener("touchmove", (event) => { if (drag?.on && drag.touch && event.cancelable) { event.preventDefault(); } }, { passive: false });
document.addEventListener("contextmenu", (event) => { if (drag?.touch) { event.preventDefault(); } });

document.addEventListener("dragstart", (event) => { if (event.target.closest?.("#plan-grid [data-move]")) { event.preventDefault(); } });

const still = (event) => event.preventDefault();

function begin() {
  drag.on = true;
  drag.days = ruler(drag.bar);
  drag.from = drag.days(drag.x, drag.y);
  drag.bar.classList.add("ek-ev--drag");
  document.addEventListener("selectstart", still);
  tip = document.getElementById("plan-tip");
}

document.addEventListener("pointermove", (event) => {
  if (!drag) { return hover(event); }
  if (event.pointerId !== drag.id) { return; }
  drag.at = [event.clientX, event.clientY];
  const far = Math.hypot(event.clientX - drag.x, event.clientY - drag.y);
  if (!drag.on && drag.touch) { return far > STILL ? stop() : undefined; }
  if (!drag.on && far < ENOUGH) { return; }
  if (!drag.on) { begin(); }
  if (!drag.asked) { drag.asked = requestAnimationFrame(step); }
});

function step() {
  if (!drag?.on) { return; }
  drag.asked = 0;
  const [x, y] = drag.at;
  const by = limited(Math.round(drag.days(x, y) - drag.from));
  if (by !== drag.by || !drag.now) {
    drag.by = by;
    drag.now = shifted(drag.was, drag.mode, by);
    place(drag.was.key, drag.now);
    tip.textContent = words(drag.now.first, drag.now.last);
    tip.hidden = false;
  }
  tip.style.transform = `translate(${x + 14}px, ${y + 16}px)`;
}

/* A bar keeps at least one day. */
function limited(by) {
  const length = between(drag.was.first, drag.was.last);
  if (drag.mode === "start") { return Math.min(by, length); }
  return drag.mode === "end" ? Math.max(by, -length) : by;
}

function stop() {
  if (tip) { tip.hidden = true; }
  clearTimeout(drag?.timer);
  document.removeEventListener("selectstart", still);
  drag?.bar.classList.remove("ek-ev--drag");
  const ended = drag;
  drag = null;
  return ended;
}

document.addEventListener("pointerup", (event) => {
  if (!drag || event.pointerId !== drag.id) { return; }
  if (drag.on) { drag.asked = 0; step(); }
  const ended = stop();
  if (!ended.on) { return; }
  const swallow = (click) => { click.preventDefault(); click.stopPropagation(); };
  document.addEventListener("click", swallow, { capture: true, once: true });
  /* After a finger the browser clicks a little later. */
  setTimeout(() => document.removeEventListener("click", swallow, true), ended.touch ? 350 : 0);
  if (ended.by) { save(ended.was.key, ended.now, ended.was.version); } else { place(ended.was.key, null); }
});

function cancel() { if (drag) { const ended = stop(); place(ended.was.key, null); } }
document.addEventListener("pointercancel", cancel);
document.addEventListener("keydown", (event) => { if (event.key === "Escape" && drag?.on) { event.stopPropagation(); cancel(); } }, true);

function hover(event) {
  const bar = event.target.closest?.("#plan-grid [data-move]");
  if (bar && event.pointerType === "mouse") { bar.classList.toggle("ek-ev--edge", modeAt(bar, event.clientX) !== "move"); }
}
