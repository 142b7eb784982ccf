// Swaps all live blocks together, so that no story stands twice after a refresh either. Rests while the page is hidden.
ready(() => {
  const EVERY = 30000;
  let version = "";
  const ranks = () => new Map([...document.querySelectorAll(".ranking [data-rank]")].map((row) => [row.firstElementChild.dataset.story, +row.dataset.rank]));
  const opened = ranks();
  // What rose and fell since the page was opened bears a mark, which takes no room.
  const mark = () => {
    for (const row of document.querySelectorAll(".ranking [data-rank]")) {
      const before = opened.get(row.firstElementChild.dataset.story) || Infinity;
      if (before !== +row.dataset.rank) row.dataset.moved = before > +row.dataset.rank ? "up" : "down";
    }
  };
  const swap = (place, html) => {
    const fresh = document.createElement("template");
    fresh.innerHTML = html;
    if ((place.shown || place.innerHTML) === fresh.innerHTML) return;
    place.shown = fresh.innerHTML;
    // Nothing below moves: a line that comes in lies over the page, and one that ends leaves its place.
    if (place.classList.contains("breaking")) {
      if (html) place.classList.toggle("fresh", !place.innerHTML || place.classList.contains("fresh"));
      else if (!place.classList.contains("fresh")) place.style.height = place.offsetHeight + "px";
    }
    place.innerHTML = html;
    mark();
  };
  const refresh = async () => {
    if (document.visibilityState !== "visible" || document.activeElement.closest("[data-slot]")) return;
    try {
      const answer = await fetch("/live/page.json?path=" + encodeURIComponent(location.pathname), { cache: "no-cache", credentials: "omit" });
      if (!answer.ok) return;
      const news = await answer.json();
      if (news.version === version) return;
      version = news.version;
      for (const slot of news.slots) {
        const place = document.querySelector(`[data-slot="${slot.name}"]`);
        if (place) swap(place, slot.html);
      }
    } catch (_) { /* the next round may do better */ }
  };
  setInterval(refresh, EVERY);
  document.addEventListener("visibilitychange", refresh);
  addEventListener("kawaraban:refresh", refresh);
});
