// Text size, vertical reading, sharing; on paper every photo, those too that were not scrolled to.
{
  addEventListener("beforeprint", () => { for (const photo of document.querySelectorAll("img[loading]")) photo.loading = "eager"; });
  const SIZES = ["", "large", "largest"];
  const upright = (node) => {
    // One or two digits stand upright in a vertical line. (No look-behind: phones of 2022 do not know it, and would run no line of this file.)
    const walker = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
    const found = [];
    while (walker.nextNode()) if (!walker.currentNode.parentElement.closest(".tcy,.table,figcaption,.card")) found.push(walker.currentNode);
    for (const text of found) {
      const parts = text.data.split(/(^|[^0-9.,])([0-9]{1,2})(?![0-9.,])/);
      if (parts.length === 1) continue;
      const line = document.createDocumentFragment();
      parts.forEach((part, at) => line.appendChild(
        at % 3 === 2 ? Object.assign(document.createElement("span"), { className: "tcy", textContent: part }) : document.createTextNode(part)));
      text.parentNode.replaceChild(line, text);
    }
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
      root.classList.toggle("set", on);
      return body;
    }
    vertical(button) {
      const before = document.querySelector(".story > .body");
      const read = root.classList.contains("vertical") ? 1 - (before.scrollLeft + before.scrollWidth) / before.scrollWidth : 0;
      const on = root.classList.toggle("vertical");
      remember("vertical", on ? "1" : "0");
      const body = this.stand(button);
      if (on) body.scrollLeft = 0; else scrollTo(0, body.offsetTop + read * body.offsetHeight);
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
