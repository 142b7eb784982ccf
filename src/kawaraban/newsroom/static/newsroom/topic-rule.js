// Shows what a topic's rule gathers, as it stands in the form: asked again when somebody has stopped typing.
const PAUSE = 500; // milliseconds without a key

class TopicRule extends HTMLElement {
  connectedCallback() {
    this.found = this.querySelector(".topic-rule__found");
    this.form = this.closest("form");
    if (!this.form) return;
    for (const kind of ["input", "change"]) this.form.addEventListener(kind, () => this.soon());
    // Stories are put in and taken out by choosers, whose hidden fields tell nothing of themselves.
    this.watcher = new MutationObserver((changes) => { if (changes.some(({ target }) => !this.contains(target))) this.soon(); });
    this.watcher.observe(this.form, { subtree: true, childList: true });
    this.soon(0);
  }

  disconnectedCallback() { this.watcher?.disconnect(); clearTimeout(this.timer); }

  soon(pause = PAUSE) { clearTimeout(this.timer); this.timer = setTimeout(() => this.ask(), pause); }

  async ask() {
    const told = new URLSearchParams([...new FormData(this.form)].filter(([name, value]) => typeof value === "string" && isOfRule(name)));
    const text = told.toString();
    if (text === this.told) return;
    this.told = text;
    const token = this.form.querySelector("[name=csrfmiddlewaretoken]").value;
    const answer = await fetch(this.dataset.gathers, { method: "POST", headers: { "X-CSRFToken": token }, body: told }).catch(() => null);
    if (!answer?.ok) { this.told = null; return; }
    const html = await answer.text();
    if (text === this.told) this.found.innerHTML = html; // else somebody went on typing
  }
}

const isOfRule = (name) => ["any_words", "not_words", "sections"].includes(name) || /^taken_out-\d+-(story|DELETE)$/.test(name);

customElements.define("topic-rule", TopicRule);
