/* The installed app: registers the worker for people who have signed in, and marks a page that comes from this
   device instead of the server. The words come from the page (<template id="kept-note">). */
const root = document.documentElement;

async function register() {
  if (!("serviceWorker" in navigator) || !document.querySelector(".ek-side")) { return; }
  const registration = await navigator.serviceWorker.register(`/sw.js?lang=${root.lang}`);
  await navigator.serviceWorker.ready;
  const loaded = performance.getEntriesByType("resource").map((entry) => entry.name);
  const files = loaded.filter((name) => name.startsWith(location.origin) && name.includes("/static/"));
  registration.active?.postMessage({ files });
}

function when(iso) {
  return new Date(iso).toLocaleString(root.lang, { dateStyle: "medium", timeStyle: "short" });
}

/* What cannot work without a connection is switched off rather than left to fail. */
function mark(at) {
  const note = document.getElementById("kept-note").content.firstElementChild.cloneNode(true);
  note.querySelector("[data-when]").textContent = when(at);
  document.querySelector(".ek-page").prepend(note);
  for (const button of document.querySelectorAll("main form button")) { button.disabled = true; }
  document.addEventListener("htmx:beforeRequest", (event) => event.preventDefault());
}

async function list(section) {
  const cache = await caches.open("pages");
  for (const request of (await cache.keys()).reverse()) {
    const answer = await cache.match(request);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const row = document.createElement("li");
    const link = document.createElement("a");
    const at = document.createElement("span");
    row.className = "d-flex flex-wrap justify-content-between column-gap-3 px-3 py-2";
    link.className = "ek-row__title";
    link.href = new URL(request.url).pathname;
    link.textContent = page.querySelector("h1")?.textContent || page.title;
    at.className = "ek-meta";
    at.textContent = when(answer.headers.get("X-Kept-At"));
    row.append(link, at);
    section.querySelector("ul").append(row);
    section.hidden = false;
  }
}

if (root.dataset.keptAt) { mark(root.dataset.keptAt); }
const section = document.querySelector("[data-kept-list]");
if (section && "caches" in window) { list(section); }
if (section || root.dataset.keptAt) {
  addEventListener("online", () => location.reload());
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-reload]")) { event.preventDefault(); location.reload(); }
  });
} else if (window.isSecureContext) {
  register();
}
