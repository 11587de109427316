/* Keeps the briefings that were read last, so that they can be read where there is no connection. Whoever signs
   out, or comes to the sign-in page, leaves nothing behind. */
"use strict";
const OFFLINE = "{{ addresses.offline|escapejs }}";
const LOGIN = "{{ addresses.login|escapejs }}";
const LOGOUT = "{{ addresses.logout|escapejs }}";
const STATIC = "{{ addresses.static|escapejs }}";
const PAGES = "pages";
const ASSETS = "assets";
const MOST = {{ kept }};
const LONGEST = {{ days }} * 24 * 3600 * 1000;
const READING = /^\/briefings\/(\d+\/)?$/;
const CONFIRMING = /^(\/briefings\/\d+\/)confirm\/$/;
/* Answers of a proxy whose server is away: as good as no connection. */
const AWAY = [502, 503, 504];

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(ASSETS)
    .then((cache) => cache.add(new Request(OFFLINE, { cache: "reload" })))
    .then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

/* A page tells which files it is made of: they were loaded before the worker was there. */
self.addEventListener("message", (event) => {
  event.waitUntil(caches.open(ASSETS).then(async (cache) => {
    for (const address of event.data.files || []) {
      if (!await cache.match(address)) { await cache.add(address).catch(() => null); }
    }
  }));
});

self.addEventListener("fetch", (event) => {
  const request = event.request;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin) { return; }
  const confirmed = request.method === "POST" && url.pathname.match(CONFIRMING);
  if (request.method === "POST" && url.pathname === LOGOUT) {
    event.respondWith(caches.delete(PAGES).then(() => fetch(request)));
  } else if (confirmed) {
    event.respondWith(fetch(request).then((answer) => {
      event.waitUntil(renew(confirmed[1]));
      return answer;
    }));
  } else if (request.method === "GET" && request.mode === "navigate") {
    event.respondWith(navigate(event, url));
  } else if (request.method === "GET" && url.pathname.startsWith(STATIC)) {
    event.respondWith(file(event));
  }
});

async function navigate(event, url) {
  const kept = READING.test(url.pathname) && !url.search;
  try {
    const answer = await fetch(event.request);
    if (AWAY.includes(answer.status)) { throw new Error(answer.statusText); }
    if (url.pathname === LOGIN) { await caches.delete(PAGES); }
    if (kept) { event.waitUntil(keep(url.pathname, answer.clone())); }
    return answer;
  } catch (error) {
    return (kept && await stored(url.pathname)) || await caches.match(OFFLINE) || Response.error();
  }
}

/* Keep a page that was shown; forget it where it is no longer the reader's (404, or a way to somewhere else). */
async function keep(path, answer) {
  const cache = await caches.open(PAGES);
  await cache.delete(path);
  if (!answer.ok || answer.redirected) { return; }
  const headers = new Headers(answer.headers);
  headers.set("X-Kept-At", new Date().toISOString());
  await cache.put(path, new Response(await answer.text(), { headers }));
  const paths = await cache.keys();
  await Promise.all(paths.slice(0, Math.max(0, paths.length - MOST)).map((old) => cache.delete(old)));
}

async function renew(path) {
  await keep(path, await fetch(path, { credentials: "same-origin", redirect: "manual" }));
}

/* A kept page says when it was kept; the page itself then warns its reader (static/js/lib/offline.js). */
async function stored(path) {
  const cache = await caches.open(PAGES);
  const found = await cache.match(path);
  if (!found) { return null; }
  const at = found.headers.get("X-Kept-At");
  if (Date.now() - Date.parse(at) > LONGEST) {
    await cache.delete(path);
    return null;
  }
  const page = (await found.text()).replace("<html ", `<html data-kept-at="${at}" `);
  return new Response(page, { headers: found.headers });
}

async function file(event) {
  try {
    const answer = await fetch(event.request);
    if (answer.ok) {
      const copy = answer.clone();
      event.waitUntil(caches.open(ASSETS).then((cache) => cache.put(event.request, copy)));
    }
    return answer;
  } catch (error) {
    return await caches.match(event.request) || Response.error();
  }
}
