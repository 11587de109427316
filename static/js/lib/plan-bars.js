/* Where bars stand. A bar's place is three numbers (--f, --d, --l) set by classes; while it moves, by its own style. */
import { between, plus } from "./plan-dates.js";

export const root = () => document.getElementById("plan-grid");
export const pieces = (key) => [...document.querySelectorAll(`#plan-grid [data-bar="${CSS.escape(key)}"]`)];

export function facts(bar) {
  const { bar: key, first, last, version } = bar.dataset;
  return { key, first, last, version: Number(version) };
}

/* Show the days of a bar without saving them; `null` puts it back where the server had it. */
export function place(key, days) {
  const grid = root();
  if (!grid) { return; }
  if ("grid" in grid.dataset) { placeInWeeks(grid, key, days); } else { placeInRow(grid, key, days); }
}

function placeInRow(grid, key, days) {
  const count = Number(grid.dataset.days);
  for (const bar of pieces(key)) {
    if (!days) { bar.style.removeProperty("--f"); bar.style.removeProperty("--d"); bar.hidden = false; continue; }
    const from = Math.max(between(grid.dataset.start, days.first), 0);
    const to = Math.min(between(grid.dataset.start, days.last), count - 1);
    bar.hidden = to < from;
    bar.style.setProperty("--f", from + 1);
    bar.style.setProperty("--d", to - from + 1);
    bar.classList.toggle("ek-ev--dot", false);
  }
}

function placeInWeeks(grid, key, days) {
  grid.querySelectorAll(".ek-ev--ghost").forEach((ghost) => ghost.remove());
  const bars = pieces(key);
  bars.forEach((bar) => bar.classList.toggle("ek-ev--away", Boolean(days)));
  if (!days || !bars.length) { return; }
  for (const week of grid.querySelectorAll("[data-monday]")) {
    const from = Math.max(between(week.dataset.monday, days.first), 0);
    const to = Math.min(between(week.dataset.monday, days.last), 6);
    if (to < from) { continue; }
    const ghost = bars[0].cloneNode(true);
    for (const name of ["href", "data-bar", "data-move", "aria-current", "title", "aria-label"]) { ghost.removeAttribute(name); }
    ghost.setAttribute("aria-hidden", "true");
    ghost.setAttribute("tabindex", "-1");
    ghost.className = ghost.className.replace(/\b(from|days)-\d+|ek-ev--(cut-[lr]|away|drag|edge)/g, "");
    ghost.classList.add("ek-ev--ghost", `from-${from + 1}`, `days-${to - from + 1}`);
    week.append(ghost);
  }
}

/* Write down what the server says now, until the page is drawn anew. */
export function settle(key, now) {
  for (const bar of pieces(key)) {
    Object.assign(bar.dataset, { first: now.first, last: now.last, version: now.version });
  }
}

export const shifted = (days, mode, by) => ({
  first: mode === "end" ? days.first : plus(days.first, by),
  last: mode === "start" ? days.last : plus(days.last, by),
});
