// Renews the audience's screen every half minute while it is looked at. What is unfolded stays so, and whoever reads on keeps the place.
const EVERY = 30000;
let last = performance.now();

async function renew() {
  const shown = document.querySelector("[data-renewed]");
  // Nobody's selected text goes away under their hands.
  if (document.hidden || performance.now() - last < EVERY || !shown || String(getSelection())) return;
  last = performance.now();
  const answer = await fetch(location.href, { headers: { accept: "text/html" } }).catch(() => null);
  // Logged out meanwhile: what stands is left, and the next click leads to the door.
  if (!answer?.ok || answer.redirected) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-renewed]");
  if (!fresh) return;
  for (const kept of shown.querySelectorAll("details[data-kept][open]")) {
    const same = fresh.querySelector(`details[data-kept="${CSS.escape(kept.dataset.kept)}"]`);
    if (same) same.open = true;
  }
  const held = document.activeElement?.closest("[data-renewed] a, [data-renewed] summary");
  const at = held && [...shown.querySelectorAll("a, summary")].indexOf(held), href = held?.getAttribute("href");
  shown.replaceWith(fresh);
  if (held) (href ? fresh.querySelector(`a[href="${CSS.escape(href)}"]`) : fresh.querySelectorAll("a, summary")[at])?.focus({ preventScroll: true });
}

setInterval(renew, 1000);
document.addEventListener("visibilitychange", renew);
