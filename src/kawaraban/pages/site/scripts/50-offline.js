// What was read is kept for when there is no network; the page that says so lists it.
if (navigator.serviceWorker) addEventListener("load", () => navigator.serviceWorker.register("/worker.js").catch(() => {}));
ready(async () => {
  const list = document.querySelector(".kept");
  if (!list || !window.caches) return;
  const pages = await caches.open("pages");
  for (const request of (await pages.keys()).reverse()) {
    const page = new DOMParser().parseFromString(await (await pages.match(request)).text(), "text/html");
    const link = Object.assign(document.createElement("a"), { href: request.url, textContent: page.title.split(" | ")[0], lang: page.documentElement.lang });
    list.appendChild(document.createElement("li")).appendChild(link);
  }
});
