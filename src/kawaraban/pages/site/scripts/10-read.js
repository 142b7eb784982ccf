// Tells the server once that the page was really seen: visible for three seconds, or scrolled. Never from a page that was prerendered.
ready(() => {
  const story = document.querySelector("article[data-read-token]");
  const WAIT = 3000;
  if (!story || !window.fetch) return;
  let told = false, since = 0, visible = 0, timer = 0;
  const seen = () => visible + (since ? performance.now() - since : 0);
  const tell = (scrolled) => {
    if (told || document.prerendering || document.visibilityState !== "visible") return;
    told = true;
    fetch("/read", {
      method: "POST",
      keepalive: true,
      credentials: "omit",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        story: story.dataset.story,
        token: story.dataset.readToken,
        referrer: document.referrer.slice(0, 500),
        visible_ms: Math.round(seen()),
        scrolled,
      }),
    }).then((answer) => { if (answer.status === 503) throw 0; }).catch(() => {
      // Not on disk: once more in a minute, if somebody is still here.
      setTimeout(() => { told = false; watch(); }, 60000);
    });
  };
  const watch = () => {
    clearTimeout(timer);
    if (document.visibilityState === "visible" && !document.prerendering) {
      since = since || performance.now();
      if (!told) timer = setTimeout(tell, Math.max(0, WAIT - seen()), false);
    } else if (since) {
      visible = seen();
      since = 0;
    }
  };
  document.addEventListener("visibilitychange", watch);
  document.addEventListener("prerenderingchange", watch);
  addEventListener("scroll", () => { if (scrollY > 200) tell(true); }, { passive: true });
  addEventListener("pageshow", (event) => { if (event.persisted) { told = false; visible = 0; since = 0; watch(); } });
  watch();
});
