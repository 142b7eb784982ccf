// While something is typed into a search box: names, topics and headlines that begin so, by arrow keys or touch. Without it the box searches all the same.
{
  let boxes = 0;
  element("find-box", class extends HTMLElement {
    connectedCallback() {
      const input = this.querySelector("input"), list = document.createElement("ul");
      list.id = "found-" + ++boxes; list.setAttribute("role", "listbox"); list.hidden = true; this.append(list);
      const tell = (name, value) => input.setAttribute(name, value);
      tell("role", "combobox"); tell("aria-autocomplete", "list"); tell("aria-controls", list.id); tell("aria-expanded", false);
      let asked = 0, at = -1, wait;
      const show = (items) => {
        at = -1; input.removeAttribute("aria-activedescendant");
        list.replaceChildren(...items.map((item, number) => {
          const row = document.createElement("li");
          Object.assign(row, { id: list.id + "-" + number, textContent: item.text, onmousedown: (event) => { event.preventDefault(); go(item); } });
          row.setAttribute("role", "option"); row.dataset.kind = item.kind; row.item = item;
          return row;
        }));
        list.hidden = !items.length; tell("aria-expanded", !list.hidden);
      };
      const go = (item) => { if (item.url) location = item.url; else { input.value = item.text; input.form.submit(); } };
      input.addEventListener("input", () => {
        const number = ++asked, typed = input.value.trim();
        clearTimeout(wait);
        if (typed.length < 2) return show([]);
        wait = setTimeout(() => fetch("/suggest.json?language=" + root.lang + "&q=" + encodeURIComponent(typed))
          .then((answer) => answer.json()).then((found) => { if (number === asked) show(found.items || []); }).catch(() => {}), 80);
      });
      input.addEventListener("keydown", (event) => {
        const rows = list.children;
        if (event.isComposing || list.hidden) return;
        if (event.key === "Escape") { ++asked; show([]); event.preventDefault(); }
        else if (event.key === "Enter" && at >= 0) { event.preventDefault(); go(rows[at].item); }
        else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
          event.preventDefault();
          if (rows[at]) rows[at].removeAttribute("aria-selected");
          at = (at + (event.key === "ArrowDown" ? 2 : rows.length + 1)) % (rows.length + 1) - 1;
          if (at < 0) return input.removeAttribute("aria-activedescendant");
          rows[at].setAttribute("aria-selected", true); tell("aria-activedescendant", rows[at].id);
        }
      });
      input.addEventListener("blur", () => { ++asked; show([]); });
    }
  });
}
