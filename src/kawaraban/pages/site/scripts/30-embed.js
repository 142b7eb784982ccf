// A video or post is asked for when it is touched, not before.
element("touch-embed", class extends HTMLElement {
  connectedCallback() {
    const link = this.querySelector("a");
    if (link) link.addEventListener("click", (event) => {
      event.preventDefault();
      const frame = document.createElement("iframe");
      frame.src = link.href;
      frame.title = link.firstChild.textContent.trim();
      frame.allow = "fullscreen";
      frame.referrerPolicy = "no-referrer";
      this.textContent = "";
      this.appendChild(frame);
    });
  }
});
