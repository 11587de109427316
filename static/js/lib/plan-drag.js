/* Bars with data-move are moved by the mouse, and stretched at their edges; days are whole. Touch scrolls and opens. */
import { between, plus, words } from "./plan-dates.js";
import { facts, place, root, shifted } from "./plan-bars.js";
import { save } from "./plan-save.js";

const EDGE = 8, ENOUGH = 4;
let drag = null;
let tip = null;

function modeAt(bar, x) {
  const box = bar.getBoundingClientRect();
  const edge = Math.min(EDGE, box.width / 4);
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
  if (!bar || event.button !== 0 || event.pointerType === "touch" || bar.getAttribute("aria-busy")) { return; }
  drag = { bar, mode: modeAt(bar, event.clientX), x: event.clientX, y: event.clientY, was: facts(bar), by: 0, on: false };
});

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
  drag.at = [event.clientX, event.clientY];
  if (!drag.on && Math.hypot(event.clientX - drag.x, event.clientY - drag.y) < ENOUGH) { return; }
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
  document.removeEventListener("selectstart", still);
  drag?.bar.classList.remove("ek-ev--drag");
  const ended = drag;
  drag = null;
  return ended;
}

document.addEventListener("pointerup", () => {
  if (!drag) { return; }
  if (drag.on) { drag.asked = 0; step(); }
  const ended = stop();
  if (!ended.on) { return; }
  const swallow = (click) => { click.preventDefault(); click.stopPropagation(); };
  document.addEventListener("click", swallow, { capture: true, once: true });
  setTimeout(() => document.removeEventListener("click", swallow, true), 0);
  if (ended.by) { save(ended.was.key, ended.now, ended.was.version); } else { place(ended.was.key, null); }
});

function cancel() { if (drag) { const ended = stop(); place(ended.was.key, null); } }
document.addEventListener("pointercancel", cancel);
document.addEventListener("keydown", (event) => { if (event.key === "Escape" && drag?.on) { event.stopPropagation(); cancel(); } }, true);

function hover(event) {
  const bar = event.target.closest?.("#plan-grid [data-move]");
  if (bar && event.pointerType === "mouse") { bar.classList.toggle("ek-ev--edge", modeAt(bar, event.clientX) !== "move"); }
}
