// Text size, vertical reading, sharing. What a reader chose is remembered by the browser alone.
{
  const root = document.documentElement;
  const remember = (name, value) => { try { localStorage.setItem(name, value); } catch { /* remembered for this page only */ } };
  const recall = (name) => { try { return localStorage.getItem(name); } catch { return null; } };
  const SIZES = ["", "large", "largest"];
  if (recall("size")) root.dataset.size = recall("size");

  const upright = (node) => {
    // One or two digits stand upright in a vertical line.
    const walker = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
    const found = [];
    while (walker.nextNode()) if (/(^|[^0-9.,])[0-9]{1,2}(?![0-9.,])/.test(walker.currentNode.data) && !walker.currentNode.parentElement.closest(".tcy,.table,figcaption,.card")) found.push(walker.currentNode);
    for (const text of found) {
      const parts = text.data.split(/(?<![0-9.,])([0-9]{1,2})(?![0-9.,])/);
      text.replaceWith(...parts.map((part, at) => at % 2 ? Object.assign(document.createElement("span"), { className: "tcy", textContent: part }) : part));
    }
  };

  customElements.define("reading-tools", class extends HTMLElement {
    connectedCallback() {
      const share = this.querySelector("[data-act=share]");
      if (navigator.share) share.hidden = false;
      this.addEventListener("click", (event) => this[event.target.dataset?.act]?.(event.target));
      const button = this.querySelector("[data-act=vertical]");
      if (button && recall("vertical") === "1") this.vertical(button);
    }
    vertical(button) {
      const body = document.querySelector(".story > .body");
      const read = root.classList.contains("vertical") ? 1 - (body.scrollLeft + body.scrollWidth) / body.scrollWidth : 0;
      const on = root.classList.toggle("vertical");
      button.setAttribute("aria-pressed", on);
      remember("vertical", on ? "1" : "0");
      if (on) { upright(body); body.tabIndex = 0; body.scrollLeft = 0; } else { body.removeAttribute("tabindex"); scrollTo({ top: body.offsetTop + read * body.offsetHeight }); }
    }
    larger() {
      const next = SIZES[(SIZES.indexOf(root.dataset.size ?? "") + 1) % SIZES.length];
      root.dataset.size = next;
      remember("size", next);
    }
    share() {
      navigator.share({ title: document.title, url: document.querySelector("link[rel=canonical]").href }).catch(() => {});
    }
  });
}
