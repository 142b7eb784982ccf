// Stands between the page and the network: what was read is kept, and shown when there is no network.
// What was withdrawn is forgotten with the first answer that says so.
const FILES = "files-{{ version }}", PAGES = "pages", MOST = 30;
const OFFLINE = {{ offline|safe }};
self.addEventListener("install", (event) => {
  // What does not pass through here need not wait for this to start either, where a browser can be told so.
  event.addRoutes?.({ condition: { not: { or: [{ requestMode: "navigate" }, { urlPattern: "/assets/*" }] } }, source: "network" }).catch(() => {});
  event.waitUntil(caches.open(FILES).then((files) => files.addAll([...Object.values(OFFLINE), "{{ edition.style_url }}", "{{ edition.script_url }}"])).then(() => self.skipWaiting()));
});
self.addEventListener("activate", (event) => event.waitUntil((async () => {
  for (const name of await caches.keys()) if (name !== FILES && name !== PAGES) await caches.delete(name);
  if (self.registration.navigationPreload) await self.registration.navigationPreload.enable();
  await self.clients.claim();
})()));
self.addEventListener("fetch", (event) => {
  const { request } = event, url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(event, url));
  else if (url.pathname.startsWith("/assets/")) event.respondWith(fetch(request).catch(async () => await caches.match(request) || Response.error()));
});
const page = async (event, url) => {
  try {
    const answer = await event.preloadResponse || await fetch(event.request);
    event.waitUntil(keep(url, answer.clone()));
    return answer;
  } catch (_) {
    const kept = await caches.open(PAGES);
    return await kept.match(url.pathname) || await caches.match(OFFLINE[url.pathname.split("/")[1]] || OFFLINE[""]) || Response.error();
  }
};
const keep = async (url, answer) => {
  const kept = await caches.open(PAGES);
  if (answer.status === 404 || answer.status === 410) return kept.delete(url.pathname);
  if (!answer.ok || url.search || !/^text\/html/.test(answer.headers.get("content-type")) || Object.values(OFFLINE).includes(url.pathname)) return;
  // The page last read stands last.
  await kept.delete(url.pathname);
  await kept.put(url.pathname, answer);
  for (const oldest of (await kept.keys()).slice(0, -MOST)) await kept.delete(oldest);
};
