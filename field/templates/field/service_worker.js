/*
 * The phone page without a network. Kept: the shell, its files, the words; each is checked against the hash this file
 * came with, so a half-finished download or half a new edition is never used. Never kept: pages of signed-in people,
 * and what the API says.
 */
const VERSION = "{{ version }}";
const PRECACHE = {{ precache|safe }};
const CACHE = `field-${VERSION}`;
const SHELL = "{% url 'field' %}";
const PLATES = "{{ plates }}";
const PATIENCE_WITH_PLATES = 4000;
const AT_ONCE = 4;
const PATHS = new Set(PRECACHE.map(([url]) => url));

self.addEventListener("install", (event) => event.waitUntil(fill()));

self.addEventListener("activate", (event) =>
  event.waitUntil(
    (async () => {
      for (const name of await caches.keys()) {
        if (name.startsWith("field-") && name !== CACHE) await caches.delete(name);
      }
      await self.clients.claim();
    })(),
  ),
);

/** Puts into this edition's cache what is not there yet, a few at a time: phones have little air, and far servers. */
async function fill() {
  const cache = await caches.open(CACHE);
  const older = (await caches.keys()).filter((name) => name.startsWith("field-") && name !== CACHE);
  const kept = new Set((await cache.keys()).map(({ url }) => new URL(url).pathname));
  const missing = PRECACHE.filter(([url]) => !kept.has(url));
  const next = async () => {
    for (let file = missing.pop(); file; file = missing.pop()) {
      const [url, digest] = file;
      await cache.put(url, (await fromOlder(older, url, digest)) ?? (await fetched(url, digest)));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, next));
}

async function fromOlder(names, url, digest) {
  for (const name of names) {
    const response = await (await caches.open(name)).match(url);
    if (response && (await digestOf(response.clone())) === digest) return response;
  }
  return null;
}

async function fetched(url, digest) {
  const response = await fetch(url, { cache: "no-cache", credentials: "omit" });
  if (!response.ok || (await digestOf(response.clone())) !== digest) throw new Error(`${url} is not what it should be.`);
  return response;
}

async function digestOf(response) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await response.arrayBuffer()));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate") {
    if (url.pathname === SHELL) event.respondWith(kept(SHELL, request));
    else if (url.pathname.startsWith(PLATES)) event.respondWith(plate(request, url));
  } else if (PATHS.has(url.pathname)) {
    event.respondWith(kept(url.pathname, request));
  }
});

async function kept(path, request) {
  return (await (await caches.open(CACHE)).match(path)) ?? fetch(request);
}

/** A plate's address is the server's to answer; without a network the page on this phone does. */
async function plate(request, url) {
  try {
    return await fetch(request, { signal: AbortSignal.timeout(PATIENCE_WITH_PLATES) });
  } catch {
    return Response.redirect(`${SHELL}#/code/${encodeURIComponent(url.pathname.slice(PLATES.length))}`);
  }
}

self.addEventListener("message", (event) => {
  if (event.data === "take-over") self.skipWaiting();
  if (event.data === "complete") event.waitUntil(complete(event.ports[0]));
});

/** Says how much of the page is here, after fetching what a browser short of room has thrown away. */
async function complete(port) {
  await fill().catch(() => {});
  const cache = await caches.open(CACHE);
  const here = await Promise.all(PRECACHE.map(([url]) => cache.match(url)));
  port.postMessage({ has: here.filter(Boolean).length, wanted: PRECACHE.length, version: VERSION });
}

/** Where browsers wake us when there is a network again, the open page sends. */
self.addEventListener("sync", (event) => {
  if (event.tag !== "outbox") return;
  event.waitUntil(
    self.clients.matchAll({ type: "window" }).then((windows) => windows.forEach((window) => window.postMessage("send"))),
  );
});
