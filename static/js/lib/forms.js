/* Sends a form once: after the first submit its button is busy. Brings people to what needs correcting. */
import "./csrf.js";

function free(form) {
  delete form.dataset.sent;
  for (const button of form.querySelectorAll("[aria-busy=true]")) { button.removeAttribute("aria-busy"); }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || form.target === "_blank") { return; }
  if (form.dataset.sent) { event.preventDefault(); event.stopImmediatePropagation(); return; }
  form.dataset.sent = "yes";
  (event.submitter || form.querySelector("[type=submit]"))?.setAttribute("aria-busy", "true");
});

document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.detail.elt.closest?.("form");
  if (form) { free(form); }
});

/* Back from the browser's cache: the button may be used again. */
window.addEventListener("pageshow", (event) => {
  if (event.persisted) { document.querySelectorAll("form[data-sent]").forEach(free); }
});

function toErrors(root) { root.querySelector?.("[data-focus]")?.focus(); }
toErrors(document);
document.addEventListener("htmx:load", (event) => toErrors(event.detail.elt));
