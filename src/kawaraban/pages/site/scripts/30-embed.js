// A video or post is asked for when it is touched, not before.
customElements.define("touch-embed", class extends HTMLElement {
  connectedCallback() {
    this.querySelector("a")?.addEventListener("click", (event) => {
      event.preventDefault();
      const frame = document.createElement("iframe");
      frame.src = event.currentTarget.href;
      frame.title = event.currentTarget.firstChild.textContent.trim();
      frame.allow = "fullscreen";
      frame.referrerPolicy = "no-referrer";
      this.replaceChildren(frame);
    });
  }
});
