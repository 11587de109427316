/* [data-formset="PREFIX"]: adds rows from <template data-empty>, and marks rows as deleted when they are removed.
   [data-add] adds, [data-remove] inside a [data-row] removes; without scripts the server's extra rows serve. */
function add(box) {
  const spare = box.querySelector("[data-row][data-spare]");
  if (spare) { spare.hidden = false; delete spare.dataset.spare; focusFirst(spare); return; }
  const total = box.querySelector(`[name="${box.dataset.formset}-TOTAL_FORMS"]`);
  const html = box.querySelector("template[data-empty]").innerHTML.replaceAll("__prefix__", total.value);
  const holder = document.createElement("template");
  holder.innerHTML = html.trim();
  const row = holder.content.firstElementChild;
  box.querySelector("[data-rows]").append(row);
  total.value = Number(total.value) + 1;
  ready(row);
  window.htmx?.process(row);
  focusFirst(row);
}

function focusFirst(row) {
  row.querySelector("input:not([type=hidden]), select, textarea")?.focus();
}

/* The server's extra rows are for those without scripts: beside filled rows they wait until somebody adds one. */
function tidy(box) {
  if (!box.querySelector("[data-add]")) { return; }
  const rows = [...box.querySelectorAll("[data-rows] > [data-row]")];
  const empty = rows.filter((row) => {
    const texts = row.querySelectorAll("input[type=text], textarea");
    return ![...(texts.length ? texts : row.querySelectorAll("select"))].some((field) => field.value)
      && !row.querySelector(".invalid-feedback");
  });
  if (empty.length < rows.length) { empty.forEach((row) => { row.hidden = true; row.dataset.spare = ""; }); }
}

/* With scripts the button does what the checkbox does without them. */
function ready(root) {
  root.querySelectorAll?.("[data-removes]").forEach((label) => { label.hidden = true; });
  root.querySelectorAll?.("[data-remove][hidden]").forEach((button) => { button.hidden = false; });
}

function remove(row) {
  const flag = row.querySelector("input[name$='-DELETE']");
  const back = row.nextElementSibling || row.previousElementSibling;
  if (flag) { flag.type === "checkbox" ? (flag.checked = true) : (flag.value = "on"); }
  row.hidden = true;
  back?.querySelector("[data-remove]")?.focus();
  row.dispatchEvent(new Event("input", { bubbles: true }));
}

document.addEventListener("click", (event) => {
  const adder = event.target.closest("[data-add]");
  const remover = event.target.closest("[data-remove]");
  if (adder) { add(adder.closest("[data-formset]")); }
  if (remover) { remove(remover.closest("[data-row]")); }
});

ready(document);
document.querySelectorAll("[data-formset]").forEach(tidy);
document.addEventListener("htmx:load", (event) => ready(event.detail.elt));
