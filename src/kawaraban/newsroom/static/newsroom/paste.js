// What is pasted from Word, 一太郎, Google Docs, a page or mail: paragraphs, lists, emphasis, links and ruby stay, all else is left behind.
(() => {
  if (window.kawarabanPaste) return; // each editor asks for this file
  window.kawarabanPaste = true;
  const { EditorState, Modifier, convertFromRaw } = window.DraftJS;
  // What comes from an editor of ours is the editor's own business.
  const OURS = /data-(draftjs-conductor-fragment|offset-key|editor)=/;
  const BLOCKS = "address article aside blockquote center dd details div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section table tbody tfoot thead tr ul";
  const IS_BLOCK = new Set(BLOCKS.toUpperCase().split(" "));
  // No text of the story: what a browser does not show either, and Word's notes, list marks and deleted words.
  const NEVER = "script, style, title, template, noscript, iframe, object, svg, math, select, textarea, rp, rtc, del, [hidden], .MsoCommentReference, .MsoCommentText";
  const UNSEEN = /display:none|visibility:hidden|mso-hide:all|mso-list:ignore|mso-element:(comment|field-begin|field-separator|field-end)/;
  const HEADINGS = { H1: "header-two", H2: "header-two", H3: "header-three", H4: "header-four" }; // the editor makes text of those it does not have
  const WIDE = /[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]/;
  const BREAK = "\u2028";

  const styleOf = (element) => (element.getAttribute("style") || "").toLowerCase().replace(/\s/g, "");

  const emphasisOf = (element, style, around) => {
    const weight = style.match(/(?:^|;)font-weight:([a-z0-9]+)/)?.[1], slant = style.match(/(?:^|;)font-style:([a-z]+)/)?.[1];
    let { bold, italic } = around;
    if (/^(B|STRONG)$/.test(element.tagName)) bold = true;
    if (/^(I|EM)$/.test(element.tagName)) italic = true;
    if (weight) bold = /bold/.test(weight) || Number(weight) >= 600;
    if (slant) italic = slant !== "normal";
    // 圏点 stand for what Latin letters say in italics; here they become bold.
    if (/text-emphasis(-style)?:(?!none)/.test(style)) bold = true;
    return { ...around, bold, italic };
  };

  const addressOf = (element) => {
    let address;
    try { address = new URL(element.getAttribute("href")); } catch { return null; }
    // Google Docs sends its readers round by its own address.
    if (/^www\.google\.[a-z.]+$/.test(address.hostname) && address.pathname === "/url" && address.searchParams.get("q")) {
      try { address = new URL(address.searchParams.get("q")); } catch { return null; }
    }
    return ["http:", "https:", "mailto:"].includes(address.protocol) ? address.href : null;
  };

  // ------------------------------------------------------------------ letters, one by one, with what lies over them

  class Gatherer {
    constructor() { this.blocks = []; this.begin("unstyled"); }

    begin(type, depth = 0) { this.letters = []; this.blocks.push({ type, depth, letters: this.letters }); }

    say(text, look) { for (const letter of text) this.letters.push({ letter, ...look }); }

    walk(node, look) {
      for (const child of node.childNodes) {
        if (child.nodeType === Node.TEXT_NODE) this.say(look.verbatim ? child.data.replace(/\r\n?|\n/g, BREAK) : child.data, look);
        else if (child.nodeType === Node.ELEMENT_NODE) this.element(child, look);
      }
    }

    element(element, around) {
      const style = styleOf(element);
      if (element.matches(NEVER) || UNSEEN.test(style)) return;
      const look = emphasisOf(element, style, around), tag = element.tagName;
      if (tag === "BR") this.say(BREAK, look);
      else if (tag === "RUBY") this.ruby(element, look);
      else if (tag === "A") this.walk(element, { ...look, url: addressOf(element) || look.url });
      else if (tag === "UL" || tag === "OL") this.walk(element, { ...look, list: tag, depth: (look.depth ?? -1) + 1 });
      else if (tag === "TD" || tag === "TH") { if (element.previousElementSibling) this.say("\u3000", look); this.walk(element, { ...look, cell: true }); }
      else if (IS_BLOCK.has(tag) && !(look.cell && tag !== "TABLE")) this.block(element, style, look);
      else this.walk(element, look);
    }

    block(element, style, look) {
      const item = element.tagName === "LI" ? look.list : this.wordsItem(element, style);
      const type = item ? (item === "OL" ? "ordered-list-item" : "unordered-list-item") : HEADINGS[element.tagName] || look.type || "unstyled";
      const depth = item ? Math.min(look.depth ?? 0, 4) : 0;
      this.begin(type, depth);
      this.walk(element, { ...look, type, verbatim: look.verbatim || element.tagName === "PRE" });
      this.begin("unstyled");
    }

    // Word says in a style that a paragraph is an item, and writes the item's mark as text.
    wordsItem(element, style) {
      if (!/mso-list:l\d/.test(style)) return null;
      const mark = [...element.querySelectorAll("[style]")].find((part) => /mso-list:ignore/.test(styleOf(part)));
      return /[0-9０-９一二三四五六七八九十①-⑳]|[a-z][.)．）]/i.test(mark?.textContent || "") ? "OL" : "UL"; // an l alone is a dot in Wingdings
    }

    ruby(element, look) {
      let base = [];
      const read = (reading) => {
        const ruby = { reading: reading.replace(/\s/g, "") };
        for (const each of base) this.letters.push(ruby.reading ? { ...each, ruby } : each);
        base = [];
      };
      const kept = this.letters;
      for (const child of element.childNodes) {
        if (child.nodeName === "RT") read(child.textContent);
        else if (child.nodeName !== "RP" && child.nodeName !== "RTC") {
          this.letters = base;
          if (child.nodeType === Node.TEXT_NODE) this.say(child.data.trim(), look);
          else if (child.nodeType === Node.ELEMENT_NODE) this.element(child, look);
          this.letters = kept;
        }
      }
      read("");
    }
  }

  // ------------------------------------------------------------------ as a browser shows it

  // Between two letters of Japanese the end of a line in the source is nothing; anywhere else it is a space.
  const asShown = (letters) => {
    const shown = [];
    let space = null;
    for (const each of letters) {
      if (each.letter !== BREAK && /[ \t\n\r\f\u00a0]/.test(each.letter)) {
        space = { ...each, letter: " ", torn: (space?.torn ?? true) && /[\n\r]/.test(each.letter) };
        continue;
      }
      const last = shown.at(-1)?.letter;
      if (space && last !== undefined && last !== BREAK && each.letter !== BREAK && !(space.torn && WIDE.test(last) && WIDE.test(each.letter))) shown.push(space);
      space = null;
      shown.push(each);
    }
    return shown;
  };

  // Two breaks in a row end a paragraph.
  const paragraphs = ({ type, depth, letters }) => {
    const found = [[]];
    const shown = asShown(letters);
    for (let at = 0; at < shown.length; at += 1) {
      if (shown[at].letter !== BREAK) { found.at(-1).push(shown[at]); continue; }
      let end = at;
      while (shown[end + 1]?.letter === BREAK) end += 1;
      if (end > at) found.push([]);
      else if (found.at(-1).length && at + 1 < shown.length) found.at(-1).push({ ...shown[at], letter: "\n" });
      at = end;
    }
    return found.filter((each) => each.some(({ letter }) => letter.trim())).map((each) => ({ type, depth, letters: each }));
  };

  // ------------------------------------------------------------------ as the editor keeps it

  const runs = (letters, key) => {
    const found = [];
    let offset = 0;
    for (const each of letters) {
      const value = key(each), last = found.at(-1), length = each.letter.length;
      if (value && last?.value === value && last.offset + last.length === offset) last.length += length;
      else if (value) found.push({ value, offset, length });
      offset += length;
    }
    return found;
  };

  const asRaw = (blocks) => {
    const entityMap = {};
    const entity = (type, mutability, data) => { const key = Object.keys(entityMap).length; entityMap[key] = { type, mutability, data }; return key; };
    const kept = blocks.map(({ type, depth, letters }) => ({
      type, depth, text: letters.map(({ letter }) => letter).join(""),
      inlineStyleRanges: [
        ...runs(letters, ({ bold }) => bold && "BOLD"), ...runs(letters, ({ italic }) => italic && "ITALIC"),
      ].map(({ value, offset, length }) => ({ style: value, offset, length })),
      entityRanges: [
        ...runs(letters, ({ ruby }) => ruby).map((run) => ({ ...run, key: entity("RUBY", "IMMUTABLE", run.value) })),
        ...runs(letters, ({ url, ruby }) => !ruby && url).map((run) => ({ ...run, key: entity("LINK", "MUTABLE", { url: run.value }) })),
      ].map(({ key, offset, length }) => ({ key, offset, length })),
    }));
    return { blocks: kept, entityMap };
  };

  const read = (text, html) => {
    const gatherer = new Gatherer();
    if (html) gatherer.walk(new DOMParser().parseFromString(html, "text/html").body, {});
    else for (const line of text.split(/\r\n?|\n/)) { gatherer.begin("unstyled"); gatherer.say(line, {}); }
    return gatherer.blocks.flatMap(paragraphs);
  };

  const handlePastedText = (text, html, editorState, { setEditorState }) => {
    if (OURS.test(html || "")) return "not-handled";
    const blocks = read(text || "", html);
    if (!blocks.length) return "not-handled";
    const fragment = convertFromRaw(asRaw(blocks)).getBlockMap();
    const content = Modifier.replaceWithFragment(editorState.getCurrentContent(), editorState.getSelection(), fragment);
    setEditorState(EditorState.push(editorState, content, "insert-fragment"));
    return "handled";
  };

  window.draftail.registerPlugin({ type: "CLEAN_PASTE", handlePastedText }, "plugins");
})();
