// Text size, vertical reading, sharing; on paper every photo, those too that were not scrolled to.
{
  addEventListener("beforeprint", () => { for (const photo of document.querySelectorAll("img[loading]")) photo.loading = "eager"; });
  const SIZES = ["", "large", "largest"];
  // In a vertical line one or two digits stand beside each other, and a few capitals (EU, G7) one below the other.
  // (No look-behind: phones of 2022 do not know it, and would run no line of this file.)
  const UPRIGHT = /(^|[^0-9A-Za-z.,])(?:([0-9]{1,2})|([A-Z]{1,4}[0-9]{0,2}))(?![0-9A-Za-z]|[.,][0-9])/;
  const upright = (node) => {
    const walker = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
    const found = [];
    while (walker.nextNode()) if (!walker.currentNode.parentElement.closest(".tcy,.upright,.table,figcaption,.card")) found.push(walker.currentNode);
    for (const text of found) {
      const parts = text.data.split(UPRIGHT);
      if (parts.length === 1) continue;
      const line = document.createDocumentFragment(), looks = ["", "", "tcy", "upright"];
      parts.forEach((part, at) => {
        if (part) line.appendChild(looks[at % 4] ? Object.assign(document.createElement("span"), { className: looks[at % 4], textContent: part }) : document.createTextNode(part));
      });
      text.parentNode.replaceChild(line, text);
    }
  };

  // The piece of a story that is being read, and how much of it has been; null before its first line.
  const placeIn = (body) => {
    const vertical = root.classList.contains("vertical"), edge = vertical ? body.getBoundingClientRect().right : 0;
    for (const piece of body.children) {
      const box = piece.getBoundingClientRect();
      const passed = vertical ? (box.right - edge) / box.width : (edge - box.top) / box.height;
      if (passed < 1) return piece === body.firstElementChild && passed <= 0 ? null : { piece, passed: Math.max(0, passed) };
    }
    return null;
  };
  const goTo = (place, body) => {
    if (!root.classList.contains("vertical")) {
      const box = place && place.piece.getBoundingClientRect();
      if (place) scrollBy({ top: box.top + place.passed * box.height - 8, behavior: "instant" });
      return;
    }
    body.scrollLeft = 0;
    if (!place) return;
    body.scrollIntoView({ block: "center", behavior: "instant" });
    const box = place.piece.getBoundingClientRect();
    body.scrollLeft = box.right - place.passed * box.width - body.getBoundingClientRect().right;
  };
  // The button stands above the story: who goes up to it from the middle has just read there.
  let read = null, top = 0;
  addEventListener("scroll", () => {
    const body = scrollY > top && !root.classList.contains("vertical") && document.querySelector(".story > .body"), place = body && placeIn(body);
    top = scrollY;
    if (place) read = { ...place, at: Date.now() };
  }, { passive: true });
  const justRead = () => !root.classList.contains("vertical") && read && Date.now() - read.at < 60000 ? read : null;
  // Forward is to the left: the keys that turn a page do so here too.
  const PAGES = { " ": -0.9, PageDown: -0.9, PageUp: 0.9 };
  const turn = (event) => {
    const body = event.currentTarget, by = PAGES[event.key] * (event.key === " " && event.shiftKey ? -1 : 1);
    if (!by || event.target !== body || event.ctrlKey || event.metaKey || event.altKey) return;
    const left = body.scrollLeft;
    body.scrollLeft += by * body.clientWidth;
    if (body.scrollLeft !== left) event.preventDefault(); // at its ends the page goes on
  };
  // A swipe at its ends would lead back through the browser's history: some do not ask overscroll-behavior.
  let from = null;
  const hold = (event) => {
    const body = event.currentTarget, touch = event.touches[0];
    if (event.type === "touchstart") { from = touch; return; }
    const by = touch.clientX - from.clientX, room = by > 0 ? body.scrollWidth - body.clientWidth + body.scrollLeft : -body.scrollLeft;
    const outward = room < 2 && Math.abs(by) > Math.abs(touch.clientY - from.clientY);
    if (outward && event.cancelable && !event.touches[1] && !event.target.closest(".table,.embed")) event.preventDefault();
  };

  element("reading-tools", class extends HTMLElement {
    connectedCallback() {
      const share = this.querySelector("[data-act=share]");
      if (share && navigator.share) share.hidden = false;
      this.addEventListener("click", (event) => {
        const button = event.target.closest("[data-act]");
        if (button) this[button.dataset.act](button);
      });
      const button = this.querySelector("[data-act=vertical]");
      if (button) this.stand(button);
    }
    stand(button) {
      const on = root.classList.contains("vertical"), body = document.querySelector(".story > .body");
      button.setAttribute("aria-pressed", on);
      if (on) { upright(body); body.tabIndex = 0; } else body.removeAttribute("tabindex");
      body.onkeydown = on ? turn : null;
      body.ontouchstart = body.ontouchmove = on ? hold : null;
      root.classList.toggle("set", on);
      return body;
    }
    vertical(button) {
      const place = placeIn(document.querySelector(".story > .body")) || justRead();
      remember("vertical", root.classList.toggle("vertical") ? "1" : "0");
      goTo(place, this.stand(button));
    }
    larger() {
      const next = SIZES[(SIZES.indexOf(root.dataset.size || "") + 1) % SIZES.length];
      root.dataset.size = next;
      remember("size", next);
    }
    share() {
      navigator.share({ title: document.title, url: document.querySelector("link[rel=canonical]").href }).catch(() => {});
    }
  });
}
