/* The desk by keyboard: the arrow keys go from the search through the results ([data-hit]) and back, Enter opens
   the one that has the focus (it is a link), Escape clears the search and takes the focus there. "/" is in lib/keys.js. */
const box = () => document.querySelector("[data-hits]");
const hits = () => [...document.querySelectorAll(`${box()?.dataset.hits} [data-hit]`)];

function step(event, field) {
  const all = hits();
  const at = all.indexOf(document.activeElement);
  if (!all.length || (at < 0 && document.activeElement !== field)) { return; }
  const to = event.key === "ArrowDown" ? Math.min(at + 1, all.length - 1) : at - 1;
  event.preventDefault();
  if (to < 0) { field.focus(); } else { all[to].focus(); }
}

function clear(event, field) {
  event.preventDefault();
  field.focus();
  if (field.value) {
    field.value = "";
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

document.addEventListener("keydown", (event) => {
  const field = box();
  if (!field || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) { return; }
  if (event.target.closest?.("textarea, select")) { return; }
  if (event.key === "ArrowDown" || event.key === "ArrowUp") { step(event, field); }
  if (event.key === "Escape") { clear(event, field); }
});

/* Somebody who opened a page with a search on it goes on where he stopped typing. */
const field = box();
if (field) { field.setSelectionRange(field.value.length, field.value.length); }
