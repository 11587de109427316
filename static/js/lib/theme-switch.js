/* [data-theme-form]: changes the theme at once and tells the server; without scripts the form does it alone. */
import { csrfToken } from "./csrf.js";

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-theme-form]") || !event.submitter) { return; }
  event.preventDefault();
  const theme = event.submitter.value;
  const root = document.documentElement;
  root.dataset.theme = theme;
  if (theme !== "auto") { root.dataset.bsTheme = theme; }
  document.dispatchEvent(new Event("ek:theme"));
  for (const button of form.querySelectorAll("button[name=theme]")) {
    button.setAttribute("aria-pressed", String(button.value === theme));
  }
  fetch(form.action, {
    method: "POST",
    headers: { "X-CSRFToken": csrfToken(), "X-Requested-With": "fetch" },
    body: new URLSearchParams({ theme, csrfmiddlewaretoken: form.csrfmiddlewaretoken.value }),
  });
});
