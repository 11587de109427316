/* The running remainder while amounts are typed, and one more pair of dates for a flight. The server checks both again. */
const german = document.documentElement.lang.startsWith("de");

/* What a person typed as a number: grouping away, the decimal sign of the language. NaN is counted as nothing. */
function amount(text) {
  let plain = text.replace(/[\s'’]/g, "");
  if (german && plain.includes(",")) { plain = plain.replaceAll(".", "").replace(",", "."); }
  else if (german && /^\d{1,3}(\.\d{3})+$/.test(plain)) { plain = plain.replaceAll(".", ""); }
  else if (!german) { plain = plain.replaceAll(",", ""); }
  return Number(plain) || 0;
}

function inputs() {
  return [...document.querySelectorAll("[data-allocations] input.ek-money")].filter((input) => {
    const row = input.closest("[data-channel-row]");
    return !row || row.querySelector("input[type=checkbox][name$=_use]")?.checked;
  });
}

function show(rest) {
  const from = document.getElementById(rest.dataset.amountFrom || "");
  const total = from ? amount(from.value) : Number(rest.dataset.amount);
  const used = inputs().reduce((sum, input) => sum + amount(input.value), 0);
  const money = new Intl.NumberFormat(german ? "de-DE" : "en-GB", { style: "currency", currency: rest.dataset.currency });
  const left = Math.round((total - used) * 100) / 100;
  rest.hidden = inputs().length === 0;
  rest.querySelector("[data-rest-used]").textContent = rest.dataset.used.replace("{used}", money.format(used)).replace("{total}", money.format(total));
  const words = rest.querySelector("[data-rest-left]");
  words.textContent = (left < 0 ? rest.dataset.over : rest.dataset.left).replace("{amount}", money.format(Math.abs(left)));
  words.classList.toggle("ek-t-stop", left < 0);
  const bar = rest.querySelector("rect");
  bar.setAttribute("width", `${total ? Math.min(100, (used / total) * 100) : used ? 100 : 0}%`);
  bar.setAttribute("class", left < 0 ? "f-stop" : "f-plan");
}

function showAll() { document.querySelectorAll("[data-rest]").forEach(show); }

function addPair(button) {
  const pairs = button.parentElement.querySelector("[data-pairs]");
  const pair = pairs.lastElementChild.cloneNode(true);
  pair.querySelectorAll("input").forEach((input) => { input.value = ""; input.removeAttribute("id"); });
  pairs.append(pair);
  pair.querySelector("input").focus();
}

function ready(root) { root.querySelectorAll?.("[data-add-pair]").forEach((button) => { button.hidden = false; }); }

/* A channel that was added is no longer a choice. */
document.addEventListener("htmx:afterRequest", (event) => {
  if (!event.detail.successful || !event.detail.elt.matches?.("[data-add-channel]")) { return; }
  const select = document.getElementById("new-channel");
  select.selectedOptions[0]?.remove();
  if (!select.options.length) { select.parentElement.parentElement.hidden = true; }
});
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-add-pair]");
  if (button) { addPair(button); }
});
document.addEventListener("input", showAll);
document.addEventListener("change", showAll);
document.addEventListener("htmx:load", (event) => { ready(event.detail.elt); showAll(); });
ready(document);
showAll();
