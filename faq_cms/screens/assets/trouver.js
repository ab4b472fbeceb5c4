// « Trouver »: `/` from anywhere opens a box; results come at each keystroke, ↓ ↑ choose, Entrée opens.
//
//   Python -> here
//     address        where to ask: GET address?q=words -> {items: [{id, question, snippet, aside}]}
//   here -> Python
//     trigger open   {id, words}

const NBSP = "\u00a0";

const HTML = `
  <button type="button" class="ouvrir" aria-haspopup="dialog">
    <svg viewBox="0 0 24 24" aria-hidden="true"><circle cx="11" cy="11" r="7"/><path d="m20 20-4-4"/></svg>
    <span>Trouver un article</span><kbd aria-hidden="true">/</kbd>
  </button>
  <dialog aria-label="Trouver un article">
    <input type="text" role="combobox" aria-label="Trouver un article" aria-controls="reponses" aria-expanded="false"
      aria-autocomplete="list" autocomplete="off" spellcheck="false" maxlength="200" placeholder="Quelques mots de la question">
    <ul id="reponses" role="listbox" aria-label="Articles trouvés"></ul>
    <p class="dit" role="status"></p>
  </dialog>`;

/** Text cut into [text, isMatch] pieces, as nodes: nothing of it is ever read as HTML. */
function write(parent, pieces) {
  for (const [text, isMatch] of pieces) {
    const node = document.createElement(isMatch ? "mark" : "span");
    node.textContent = text;
    parent.append(node);
  }
}

/** Whether keys go to a text: what is typed there is not a gesture. */
function isTyping(event) {
  const at = event.composedPath()[0];
  return at instanceof HTMLElement && (at.isContentEditable || /^(?:input|textarea|select)$/i.test(at.tagName));
}

class Finder {
  constructor(root, component) {
    this.component = component;
    this.root = document.createElement("div");
    this.root.className = "trouver";
    this.root.innerHTML = HTML;
    root.append(this.root);
    this.find = (selector) => this.root.querySelector(selector);
    this.dialog = this.find("dialog");
    this.field = this.find("input");
    this.list = this.find("ul");
    this.items = [];
    this.at = -1;
    this.turn = 0; // of the last question: a slower answer to older words is dropped
    this.stop = new AbortController();
    document.addEventListener("keydown", (event) => this.gesture(event), { signal: this.stop.signal });
    this.find(".ouvrir").addEventListener("click", () => this.open());
    this.field.addEventListener("input", () => this.ask());
    this.dialog.addEventListener("click", (event) => {
      if (event.target === this.dialog) this.dialog.close(); // beside the box
    });
    this.dialog.addEventListener("keydown", (event) => {
      event.stopPropagation(); // what is typed here is not for the shortcuts of the screen below
      this.key(event);
    });
  }

  gesture(event) {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || isTyping(event)) return;
    event.preventDefault();
    this.open();
  }

  open() {
    if (!this.dialog.open) this.dialog.showModal();
    this.field.focus();
    this.field.select();
  }

  key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!this.items.length || (!step && event.key !== "Enter")) return;
    event.preventDefault();
    if (step) this.choose((this.at + step + this.items.length) % this.items.length);
    else this.go(this.items[this.at]);
  }

  /** Ask for what answers the words as they are now. */
  async ask() {
    const words = this.field.value.trim();
    const turn = ++this.turn;
    let items = [];
    let sentence = "";
    if (words) {
      try {
        const answer = await fetch(`${this.component.data.address}?q=${encodeURIComponent(words)}`);
        if (!answer.ok) throw new Error(answer.statusText);
        ({ items } = await answer.json());
        if (!items.length) sentence = "Aucun article ne répond à ces mots.";
      } catch {
        sentence = `La recherche ne répond pas${NBSP}: rechargez la page.`;
      }
    }
    if (turn === this.turn) this.show(items, sentence);
  }

  show(items, sentence) {
    this.items = items;
    this.list.replaceChildren(...items.map((item, row) => this.line(item, row)));
    this.field.setAttribute("aria-expanded", String(items.length > 0));
    this.find(".dit").textContent = sentence;
    this.choose(items.length ? 0 : -1);
  }

  line(item, row) {
    const line = document.createElement("li");
    line.id = `reponse-${row}`;
    line.setAttribute("role", "option");
    const [title, aside, passage] = ["strong", "small", "p"].map((tag) => document.createElement(tag));
    write(title, item.question);
    aside.textContent = item.aside;
    write(passage, item.snippet);
    line.append(title, aside, passage);
    line.addEventListener("click", () => this.go(item));
    return line;
  }

  choose(row) {
    this.at = row;
    for (const [index, line] of [...this.list.children].entries()) {
      line.setAttribute("aria-selected", String(index === row));
    }
    const line = this.list.children[row];
    if (line) this.field.setAttribute("aria-activedescendant", line.id);
    else this.field.removeAttribute("aria-activedescendant");
    line?.scrollIntoView({ block: "nearest" });
  }

  go(item) {
    this.dialog.close();
    this.component.setTriggerValue("open", { id: item.id, words: this.field.value.trim() });
  }

  destroy() {
    this.stop.abort();
    this.root.remove();
  }
}

const finders = new WeakMap();

export default function (component) {
  const { parentElement } = component;
  if (!finders.has(parentElement)) finders.set(parentElement, new Finder(parentElement, component));
  finders.get(parentElement).component = component;
  return () => {
    finders.get(parentElement)?.destroy();
    finders.delete(parentElement);
  };
}
