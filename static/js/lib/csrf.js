/* The token as the cookie has it now. Signing in again in another tab renews it under an open page. */
export function csrfToken() {
  const found = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/);
  return found ? decodeURIComponent(found[1]) : "";
}

document.addEventListener("submit", (event) => {
  const field = event.target.querySelector?.("input[name=csrfmiddlewaretoken]");
  const token = csrfToken();
  if (field && token && event.target.method === "post") { field.value = token; }
}, true);

document.addEventListener("htmx:configRequest", (event) => {
  const token = csrfToken();
  if (token) { event.detail.headers["X-CSRFToken"] = token; }
});
