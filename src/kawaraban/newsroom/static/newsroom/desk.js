// Reads along while a story is written: sends what stands in the form, lists what is to be looked at, marks it in the text, and mends it.
const LEVELS = ["error", "warn", "hint", "name"];
const PAUSE = 900; // milliseconds without a key before it is read again

class DeskReading extends HTMLElement {
  connectedCallback() {
    this.found = this.querySelector(".desk-reading__found");
    this.form = document.getElementById("page-edit-form") || document.querySelector("form[data-edit-form]");
    if (!this.form) return;
    this.here = new Set(); // what was ignored in a story that is not saved yet
    for (const kind of ["input", "change"]) this.form.addEventListener(kind, () => this.soon());
    this.watcher = new MutationObserver(() => this.soon());
    this.watcher.observe(this.form, { subtree: true, childList: true, characterData: true });
    this.addEventListener("click", (event) => this.touched(event.target.closest("button")));
    this.soon(300);
  }

  disconnectedCallback() { this.watcher?.disconnect(); clearTimeout(this.timer); }

  soon(pause = PAUSE) { clearTimeout(this.timer); this.timer = setTimeout(() => this.read(), pause); }

  // ------------------------------------------------------------------ what stands in the form

  fields() {
    const found = [];
    for (const name of ["title", "short_headline", "summary", "standfirst", "lead_caption"]) {
      const input = this.form.querySelector(`[name="${name}"]`);
      if (input) found.push({ key: name, input, text: input.value, body: name === "standfirst" });
    }
    for (const input of this.form.querySelectorAll("[name^='body-']")) {
      if (input.closest("[aria-hidden='true'], template") || /-(type|id|order|deleted|count)$/.test(input.name)) continue;
      const editor = input.draftailEditor;
      if (editor) found.push({ key: input.name, input, editor, text: blocksOf(editor).map((block) => block.getText()).join("\n"), body: true });
      else if (input.matches("textarea, input[type=text]")) found.push({ key: input.name, input, text: input.value, body: true });
    }
    return found;
  }

  photos() {
    const chosen = [...this.form.querySelectorAll("[name=lead_photo], [name^='body-'][name$='-photo']")];
    return chosen.filter((input) => /^\d+$/.test(input.value) && !input.closest("template")).map((input) => ({ key: input.name, id: input.value }));
  }

  topics() {
    const chosen = this.form.querySelectorAll("select[name=topics] option:checked, input[name=topics]:checked");
    return [...chosen].map((choice) => choice.value).filter((value) => /^\d+$/.test(value));
  }

  // The day of a story that came out, or is to come out: whose title held then, which weekday a date was.
  day() {
    const typed = ["published_at", "go_live_at"].map((name) => this.form.querySelector(`[name=${name}]`)?.value || "");
    return typed.find((value) => value) || "";
  }

  async read() {
    const fields = this.fields();
    // Whoever reads the newsroom in another language sees and hears the story in its own.
    for (const { input, editor } of fields) (editor ? input.nextElementSibling : input).lang = this.dataset.language;
    const told = JSON.stringify([fields.map(({ key, text, body }) => ({ key, text, body })), this.photos(), this.topics(), this.day()]);
    if (told === this.told) return;
    this.told = told;
    const answer = await fetch(this.dataset.read, {
      method: "POST", headers: { "Content-Type": "application/json", "X-CSRFToken": this.token },
      body: JSON.stringify({ story: this.story, language: this.dataset.language, fields: fields.map(({ key, text, body }) => ({ key, text, body })), photos: this.photos(), topics: this.topics(), day: this.day() }),
    }).catch(() => null);
    if (!answer?.ok) { this.told = null; return; }
    const reading = await answer.json();
    if (told !== this.told) return; // somebody went on writing
    this.places = reading.places;
    this.ofForm = reading.of_form;
    this.found.innerHTML = reading.html;
    for (const button of this.found.querySelectorAll("[data-accept]")) {
      if (this.here.has(`${button.dataset.rule}\n${button.dataset.text}`)) button.closest("li").hidden = true;
    }
    this.tell(reading.count);
    this.mark(fields);
  }

  // A new story is saved by itself while it is written; then its form, and only that, knows its number.
  get story() { return this.dataset.story || this.form.action.match(/\/pages\/(\d+)\/edit\//)?.[1] || ""; }

  get token() { return this.form.querySelector("[name=csrfmiddlewaretoken]").value; }

  tell(count) {
    const counter = document.querySelector("[data-side-panel-toggle='desk-reading'] [data-side-panel-toggle-counter]");
    if (!counter) return;
    counter.textContent = count;
    counter.hidden = count === 0;
  }

  // ------------------------------------------------------------------ marks in the text

  mark(fields) {
    if (!globalThis.CSS?.highlights) return;
    for (const level of LEVELS) {
      const ranges = this.places.filter((place) => place.level === level).map((place) => rangeOf(fields, place)).filter(Boolean);
      CSS.highlights.set(`desk-${level}`, new Highlight(...ranges));
    }
  }

  // ------------------------------------------------------------------ what is touched

  touched(button) {
    if (!button) return;
    const { place, mend, accept, topic } = button.dataset;
    if (place !== undefined) this.show(this.places[place]);
    else if (mend !== undefined) this.mend(this.places[mend]);
    else if ("mendForm" in button.dataset) this.mendForm();
    else if (accept !== undefined) this.accept(button);
    else if (topic !== undefined) this.choose(topic, button);
  }

  show(place) {
    const fields = this.fields(), field = fields.find((each) => each.key === place.field);
    if (!field) return;
    const range = rangeOf(fields, place);
    (range?.startContainer.parentElement || field.input).scrollIntoView({ block: "center" });
    if (range) {
      field.editor.focus();
      getSelection().removeAllRanges();
      getSelection().addRange(range);
    } else {
      field.input.focus();
      field.input.setSelectionRange?.(place.start, place.end);
    }
  }

  mend(place) {
    const field = this.fields().find((each) => each.key === place.field);
    // Somebody may have written since it was read: then it is read again first.
    if (!field || [...field.text].slice(place.start, place.end).join("") !== place.text) { this.soon(0); return; }
    if (field.editor) replaceIn(field.editor, place);
    else {
      field.input.setRangeText(place.suggestion, ...units(field.text, place), "end");
      field.input.dispatchEvent(new Event("input", { bubbles: true }));
    }
    this.soon(50);
  }

  // From the last to the first: what stands before a place stays where it is.
  mendForm() {
    for (const place of this.ofForm.map((number) => this.places[number]).sort((one, other) => other.start - one.start)) this.mend(place);
  }

  async accept(button) {
    const { rule, text, always } = button.dataset;
    button.closest("li").hidden = true;
    if (!always && !this.story) { // it goes along when the story is saved first
      this.here.add(`${rule}\n${text}`);
      this.querySelector("[name=proof-ignored]").value = JSON.stringify([...this.here].map((each) => each.split("\n", 2)));
      return;
    }
    const answer = await fetch(this.dataset.accept, {
      method: "POST", headers: { "X-CSRFToken": this.token },
      body: new URLSearchParams({ rule, text, story: this.story, always: always || "" }),
    }).catch(() => null);
    if (!answer?.ok) button.closest("li").hidden = false;
    this.told = null;
    this.soon(50);
  }

  choose(topic, button) {
    const select = this.form.querySelector("[name=topics]"), option = select?.querySelector(`option[value="${topic}"]`);
    const box = this.form.querySelector(`[name=topics][value="${topic}"]`);
    if (option) option.selected = true;
    if (box) box.checked = true;
    if (!option && !box) return;
    // As a person's choice does, both: the form takes note, and it is read again without what it has now.
    for (const kind of ["input", "change"]) (select || box).dispatchEvent(new Event(kind, { bubbles: true }));
    button.disabled = true;
  }
}

const blocksOf = (editor) => editor.getEditorState().getCurrentContent().getBlocksAsArray();

// The server counts characters; JavaScript counts halves of those beyond the first 65,536.
const units = (text, { start, end }) => {
  const letters = [...text], before = letters.slice(0, start).join("").length;
  return [before, before + letters.slice(start, end).join("").length];
};

// Where a place lies in an editor: its block, and where in it.
const blockAt = (editor, place) => {
  const blocks = blocksOf(editor);
  let [start, end] = units(blocks.map((block) => block.getText()).join("\n"), place);
  for (const block of blocks) {
    const length = block.getText().length;
    if (start <= length) return { block, start, end: Math.min(end, length) };
    start -= length + 1;
    end -= length + 1;
  }
  return null;
};

const rangeOf = (fields, place) => {
  const field = fields.find((each) => each.key === place.field);
  if (!field?.editor) return null;
  const at = blockAt(field.editor, place);
  const root = at && field.input.parentElement.querySelector(`[data-block][data-offset-key^="${at.block.getKey()}-"]`);
  if (!root) return null;
  const range = new Range(), walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  let passed = 0, begun = false;
  while (walker.nextNode()) {
    const text = walker.currentNode, length = text.data.length;
    if (!begun && at.start < passed + length) { range.setStart(text, at.start - passed); begun = true; }
    if (begun && at.end <= passed + length) { range.setEnd(text, at.end - passed); return range; }
    passed += length;
  }
  return null;
};

// Draft.js keeps its own state: the words are changed there, so that undo knows of it and style and links stay.
const replaceIn = (editor, place) => {
  const at = blockAt(editor, place);
  if (!at) return;
  const state = editor.getEditorState(), content = state.getCurrentContent(), text = at.block.getText(), letters = at.block.getCharacterList();
  const like = letters.get(at.start) || letters.last();
  const inserted = letters.slice(0, 0).concat(Array.from({ length: place.suggestion.length }, () => like));
  const block = at.block.merge({
    text: text.slice(0, at.start) + place.suggestion + text.slice(at.end),
    characterList: letters.slice(0, at.start).concat(inserted, letters.slice(at.end)),
  });
  const changed = content.merge({ blockMap: content.getBlockMap().set(at.block.getKey(), block), selectionAfter: state.getSelection() });
  editor.onChange(state.constructor.push(state, changed, "insert-characters"));
};

customElements.define("desk-reading", DeskReading);
