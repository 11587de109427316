/* form[data-draft="KEY"]: keeps unsaved entries in this tab and offers them after a crash or a lost page.
   The words come from the page: a <template id="draft-note"> beside the form. */
const PREFIX = "ek-draft:";
const SENT = "ek-draft-sent";
const WAIT = 400;

/* What the page itself writes into hidden fields (the version, what was seen) is nobody's entry. */
function entries(form) {
  const hidden = new Set([...form.elements].filter((field) => field.type === "hidden").map((field) => field.name));
  const kept = [...new FormData(form)].filter(([name, value]) =>
    typeof value === "string" && !hidden.has(name) && !/csrf|password|version/i.test(name));
  return JSON.stringify(kept);
}

/* A form that was sent is saved if the answer led on to another page; refused, its entries stand in the page. */
function forget() {
  const key = sessionStorage.getItem(SENT);
  sessionStorage.removeItem(SENT);
  const ledOn = performance.getEntriesByType("navigation")[0]?.redirectCount > 0;
  if (key && ledOn && !location.pathname.startsWith("/accounts/login")) { sessionStorage.removeItem(key); }
}

function putBack(form, kept) {
  const byName = Map.groupBy ? Map.groupBy(kept, ([name]) => name) : kept.reduce((map, pair) =>
    map.set(pair[0], [...(map.get(pair[0]) || []), pair]), new Map());
  for (const field of form.elements) {
    if (!field.name || /csrf|password|version/i.test(field.name) || field.type === "hidden") { continue; }
    const values = (byName.get(field.name) || []).map(([, value]) => value);
    if (field.type === "checkbox" || field.type === "radio") { field.checked = values.includes(field.value); }
    else if (field.multiple) { for (const option of field.options) { option.selected = values.includes(option.value); } }
    else if (values.length) { field.value = values[0]; }
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

function offer(form, kept, key) {
  const template = document.getElementById("draft-note");
  if (!template) { return; }
  const note = template.content.firstElementChild.cloneNode(true);
  form.before(note);
  note.querySelector("[data-restore]").addEventListener("click", () => { putBack(form, JSON.parse(kept)); note.remove(); });
  note.querySelector("[data-discard]").addEventListener("click", () => { sessionStorage.removeItem(key); note.remove(); });
}

/* More than a browser keeps (some megabytes) is not kept; the entries still stand in the page. */
function keep(key, form) {
  try { sessionStorage.setItem(key, entries(form)); }
  catch { sessionStorage.removeItem(key); }
}

function watch(form) {
  if (form.dataset.draftWatched) { return; }
  form.dataset.draftWatched = "yes";
  const key = PREFIX + form.dataset.draft;
  const start = entries(form);
  const kept = sessionStorage.getItem(key);
  if (kept && kept !== start && !document.querySelector("[data-focus]")) { offer(form, kept, key); }
  let timer = 0;
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => keep(key, form), WAIT);
  });
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    keep(key, form);
    sessionStorage.setItem(SENT, key);
  });
}

/* A page that says data-draft-done="KEY" (after a save) has no use for the draft any more. */
function tidy(root) {
  for (const done of root.querySelectorAll?.("[data-draft-done]") || []) {
    sessionStorage.removeItem(PREFIX + done.dataset.draftDone);
  }
  root.querySelectorAll?.("form[data-draft]").forEach(watch);
}

forget();
tidy(document);
document.addEventListener("htmx:load", (event) => tidy(event.detail.elt));
