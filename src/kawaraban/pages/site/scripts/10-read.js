// Tells the server once that the page was really seen: visible for three seconds, or scrolled. Never from a page that was prerendered.
// When the page is left it tells once more: how long somebody was reading, and how far they came.
ready(() => {
  const story = document.querySelector("article[data-read-token]");
  const WAIT = 3000, IDLE = 20000, HALF_HOUR = 1800000;
  if (!story || !window.fetch) return;
  const body = story.querySelector(".body") || story;
  let told = 0, since = 0, visible = 0, timer = 0;
  let view = "", engaged = 0, active = 0, depth = 0, left = "";
  const seen = () => visible + (since ? performance.now() - since : 0);
  const begin = () => { view = Math.random().toString(36).slice(2); engaged = depth = 0; left = ""; };
  // Somebody reads for as long as something was done with the page within the last twenty seconds.
  const act = () => {
    const now = performance.now();
    if (since && active) engaged += Math.min(now - active, IDLE);
    active = since ? now : 0;
  };
  const look = () => {
    const box = body.getBoundingClientRect();
    const passed = root.classList.contains("vertical") && body.scrollWidth > body.clientWidth
      ? (Math.abs(body.scrollLeft) + body.clientWidth) / body.scrollWidth : (innerHeight - box.top) / (box.height || 1);
    depth = Math.min(1, Math.max(depth, passed));
  };
  const message = (more) => JSON.stringify(Object.assign({ story: story.dataset.story, token: story.dataset.readToken, view }, more));
  const tell = (scrolled) => {
    if (told || document.prerendering || document.visibilityState !== "visible") return;
    told = Date.now();
    fetch("/read", {
      method: "POST",
      keepalive: true,
      credentials: "omit",
      headers: { "content-type": "application/json" },
      body: message({ referrer: document.referrer.slice(0, 500), visible_ms: Math.round(seen()), scrolled }),
    }).then((answer) => { if (answer.status === 503) throw 0; }).catch(() => {
      // Not on disk: once more in a minute, if somebody is still here.
      setTimeout(() => { told = 0; watch(); }, 60000);
    });
  };
  const leave = () => {
    act();
    active = 0;
    if (!told || !navigator.sendBeacon) return;
    look();
    const news = message({ left: true, engaged_ms: Math.round(engaged), scroll: Math.round(depth * 100) / 100 });
    // Hidden and then gone is one leaving.
    if (news !== left && navigator.sendBeacon("/read", news)) left = news;
  };
  const watch = () => {
    clearTimeout(timer);
    if (document.visibilityState === "visible" && !document.prerendering) {
      since = since || performance.now();
      active = active || since;
      // Browsers count whole milliseconds and may come a hair early; what tells of less than three seconds is not counted.
      if (!told) timer = setTimeout(() => seen() < WAIT ? watch() : tell(false), WAIT - seen());
    } else if (since) {
      leave();
      visible = seen();
      since = 0;
    }
  };
  begin();
  document.addEventListener("visibilitychange", watch);
  document.addEventListener("prerenderingchange", watch);
  addEventListener("pagehide", leave);
  for (const sign of ["pointermove", "pointerdown", "keydown", "touchmove"]) addEventListener(sign, act, { passive: true });
  document.addEventListener("scroll", () => { act(); look(); if (scrollY > 200) tell(true); }, { passive: true, capture: true });
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    // Come back to: the same reading, or after half an hour another one.
    if (Date.now() - told > HALF_HOUR) begin();
    told = visible = since = 0;
    watch();
  });
  watch();
});
