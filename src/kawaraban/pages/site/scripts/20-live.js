// Swaps all live blocks together, so that no story stands twice after a refresh either. Rests while the page is hidden.
{
  const EVERY = 30000;
  let version = "";
  const refresh = async () => {
    if (document.visibilityState !== "visible" || document.documentElement.contains(document.querySelector("[data-slot] :focus"))) return;
    try {
      const answer = await fetch("/live/page.json?path=" + encodeURIComponent(location.pathname), { cache: "no-cache", credentials: "omit" });
      if (!answer.ok) return;
      const news = await answer.json();
      if (news.version === version) return;
      version = news.version;
      for (const slot of news.slots) {
        const place = document.querySelector(`[data-slot-index="${slot.index}"]`);
        if (!place || place.dataset.slot !== slot.name) continue;
        const fresh = new DOMParser().parseFromString(slot.html, "text/html").body;
        if (place.innerHTML !== fresh.innerHTML) place.replaceChildren(...fresh.childNodes);
      }
    } catch { /* the next round may do better */ }
  };
  setInterval(refresh, EVERY);
  document.addEventListener("visibilitychange", refresh);
  addEventListener("kawaraban:refresh", refresh);
}
