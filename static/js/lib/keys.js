/* "/" to the search; on pages that say so, n and p (or j and k) to the next and previous passage
   ([data-next], [data-previous]) and 1 to 4 for the answers ([data-key]). Never while somebody types. */
const typing = (target) => target.closest?.("input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]");
const ways = { n: "[data-next]", j: "[data-next]", p: "[data-previous]", k: "[data-previous]" };

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || document.querySelector("dialog[open]")) { return; }
  if (event.key === "/") { search(event); }
  const target = ways[event.key] ? document.querySelector(ways[event.key]) : document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (target) { event.preventDefault(); target.click(); target.focus(); }
});

function search(event) {
  const field = document.querySelector("[data-search]");
  const link = document.querySelector("[data-search-link]");
  if (field) { event.preventDefault(); field.focus(); field.select(); }
  else if (link) { event.preventDefault(); link.click(); }
}
