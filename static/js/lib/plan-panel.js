/* Bars and entries open beside the picture; the address names what is open, so it can be kept and shared. */
const wanted = "#plan-grid [data-bar], [data-open]";

document.addEventListener("click", (event) => {
  if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey) { return; }
  const link = event.target.closest(`${wanted}, [data-panel-close]`);
  if (!link?.href) { return; }
  event.preventDefault();
  show(link.href, true, "panelClose" in link.dataset);
});

let from = "";
async function show(url, push, close) {
  if (close) { empty(); } else {
    from = document.activeElement?.dataset?.bar || from;
    await window.htmx.ajax("GET", url, { target: "#panel", swap: "outerHTML" });
    document.querySelector("[data-panel-title]")?.focus({ preventScroll: window.innerWidth >= 1200 });
  }
  if (push) { history.pushState({}, "", url); }
  mark();
}

function empty() {
  document.getElementById("panel").replaceChildren();
  document.querySelector(`#plan-grid [data-bar="${CSS.escape(from)}"]`)?.focus();
}

function mark() {
  const key = document.querySelector("[data-panel]")?.dataset.panel;
  document.querySelectorAll("#plan [aria-current=true][data-bar]").forEach((bar) => bar.removeAttribute("aria-current"));
  if (key) { document.querySelectorAll(`#plan-grid :is([data-bar="${CSS.escape(key)}"], [data-opens="${CSS.escape(key)}"])`).forEach((bar) => bar.setAttribute("aria-current", "true")); }
}
document.addEventListener("plan:drawn", mark);
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.id !== "panel" && !event.target.closest?.("#panel")) { return; }
  const key = document.querySelector("[data-panel]")?.dataset.panel;
  const address = new URL(location.href);
  if (key && address.searchParams.get("open") !== key) { address.searchParams.set("open", key); history.replaceState({}, "", address); }
  mark();
});

window.addEventListener("popstate", () => { location.reload(); });

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented || !document.querySelector("[data-panel]")) { return; }
  if (event.target.closest("#panel, #plan-grid")) { document.querySelector("[data-panel-close]").click(); }
});

document.addEventListener("change", (event) => { if (event.target.matches("[data-submits]")) { event.target.form.requestSubmit(); } });
document.addEventListener("formdata", (event) => {
  if (!event.target.closest(".ek-plan-filters")) { return; }
  for (const [name, value] of [...event.formData]) { if (!value) { event.formData.delete(name); } }
});
