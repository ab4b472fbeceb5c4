// The answer editor: a plain textarea that saves itself, and never loses or overwrites what is typed.
//
// Python owns the saved text, this file owns the text being typed. They meet by numbered dispatches:
// each push carries an id; Python says which id it accepted last and the revision that came of it. So a
// rerun in the middle of a word changes nothing here, and a save of our own is told from someone else's.
//
//   Python -> here
//     value, revision              the saved text
//     accepted, acceptedRevision   the last push of this editor that was saved
//     savedAt, problem             for the state line
//     rescueKey                    names the copy kept in this browser
//     label, disabled, focus
//   here -> Python
//     state draft      {id, text, revision}   after 600 ms of silence, and when focus leaves
//     trigger publish  the same, or {saved: true} when nothing is left to save; Ctrl+Entrée

const PAUSE = 600; // ms of silence before a save: a breath, not each key
const PATIENCE = 8000; // ms without an answer after which a save is tried again
const NNBSP = "\u202f";
const NBSP = "\u00a0";

const ICONS = {
  bold: '<path d="M7 5h6a3.5 3.5 0 0 1 0 7H7zM7 12h7a3.5 3.5 0 0 1 0 7H7z"/>',
  italic: '<path d="M10 5h8M6 19h8M14 5l-4 14"/>',
  list: '<path d="M9 6h11M9 12h11M9 18h11M4.5 6h.01M4.5 12h.01M4.5 18h.01"/>',
  numbered: '<path d="M10 6h10M10 12h10M10 18h10M4 5l1.5-1v5M3.8 14h3l-3 4h3"/>',
  link: '<path d="M10 14a4 4 0 0 0 6 0l3-3a4 4 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6 0l-3 3a4 4 0 0 0 6 6l1-1"/>',
  heading: '<path d="M6 5v14M18 5v14M6 12h12"/>',
  space: '<path d="M4 10v5h16v-5"/>',
};

const TOOLS = [
  { icon: "bold", label: "Gras", keys: "Ctrl+B", shortcut: "Control+B", run: (field) => wrap(field, "**", "texte en gras") },
  { icon: "italic", label: "Italique", keys: "Ctrl+I", shortcut: "Control+I", run: (field) => wrap(field, "*", "texte en italique") },
  { icon: "heading", label: "Titre", run: (field) => mark(field, /^## /, () => "## ") },
  { icon: "list", label: "Liste", run: (field) => mark(field, /^- /, () => "- ") },
  { icon: "numbered", label: "Liste numérotée", run: (field) => mark(field, /^\d+\. /, (row) => `${row + 1}. `) },
  { icon: "link", label: "Lien", keys: "Ctrl+K", shortcut: "Control+K", run: link },
  {
    icon: "space", label: "Espace insécable", keys: "Ctrl+Maj+Espace", shortcut: "Control+Shift+Space",
    run: (field) => type(field, NNBSP),
  },
];

/** Replace the selection as if typed: one step of the browser's own undo, and an input event. */
function type(field, text) {
  field.focus();
  const done = text === "" ? document.execCommand("delete") : document.execCommand("insertText", false, text);
  if (done) return;
  field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new InputEvent("input", { bubbles: true }));
}

/** Surround the selection with a mark, or take the mark away; with nothing selected, a word to replace. */
function wrap(field, sign, placeholder) {
  const { selectionStart: start, selectionEnd: end, value } = field;
  const chosen = value.slice(start, end);
  const size = sign.length;
  const isStar = (at) => value[at] === "*";
  const around = value.slice(start - size, start) === sign && value.slice(end, end + size) === sign
    && !(size === 1 && isStar(start - 2) && !isStar(start - 3)); // the star of a bold mark is not italic
  if (around) {
    field.setSelectionRange(start - size, end + size);
    type(field, chosen);
    field.setSelectionRange(start - size, end - size);
    return;
  }
  const text = chosen || placeholder;
  type(field, sign + text + sign);
  field.setSelectionRange(start + size, start + size + text.length);
}

/** Put a mark before each selected line, or remove it where every line has it. */
function mark(field, pattern, prefix) {
  const { selectionStart, selectionEnd, value } = field;
  const start = value.lastIndexOf("\n", selectionStart - 1) + 1;
  const stop = value.indexOf("\n", Math.max(selectionEnd - (selectionEnd > selectionStart ? 1 : 0), start));
  const end = stop === -1 ? value.length : stop;
  const lines = value.slice(start, end).split("\n");
  const bare = (line) => line.replace(/^(?:- |\d+\. |#{1,6} )/, "");
  const marked = lines.every((line) => pattern.test(line))
    ? lines.map(bare)
    : lines.map((line, row) => prefix(row) + bare(line));
  const text = marked.join("\n");
  field.setSelectionRange(start, end);
  type(field, text);
  if (lines.length > 1) field.setSelectionRange(start, start + text.length);
}

/** `[words](address)`, with what is still missing selected. */
function link(field) {
  const start = field.selectionStart;
  const chosen = field.value.slice(start, field.selectionEnd).trim();
  const isAddress = /^(?:https?:|mailto:|tel:)\S+$/.test(chosen);
  const words = isAddress || !chosen ? "texte du lien" : chosen;
  const address = isAddress ? chosen : "https://";
  type(field, `[${words}](${address})`);
  const from = chosen && !isAddress ? start + words.length + 3 : start + 1;
  field.setSelectionRange(from, from + (chosen && !isAddress ? address : words).length);
}

/** Entrée inside a list opens the next item; on an empty item it ends the list. True if it did. */
function continueList(field) {
  const { selectionStart: caret, selectionEnd, value } = field;
  if (caret !== selectionEnd) return false;
  const start = value.lastIndexOf("\n", caret - 1) + 1;
  const item = /^(\s*)(?:(-)|(\d+)\.) (.*)$/.exec(value.slice(start, caret));
  if (!item) return false;
  const [, indent, dash, number, text] = item;
  if (text.trim() === "") {
    field.setSelectionRange(start, caret);
    type(field, "");
  } else type(field, `\n${indent}${dash ? "-" : `${Number(number) + 1}.`} `);
  return true;
}

function countWords(text) {
  const n = (text.match(/[\p{L}\p{N}]+(?:[’'.@_-][\p{L}\p{N}]+)*/gu) ?? []).length;
  return `${n.toLocaleString("fr-FR")}${NBSP}mot${n > 1 ? "s" : ""}`;
}

const storage = {
  read: (key) => {
    try {
      return JSON.parse(localStorage.getItem(key));
    } catch {
      return null; // private window, or written by something else
    }
  },
  write: (key, copy) => {
    try {
      localStorage.setItem(key, JSON.stringify(copy));
      return true;
    } catch {
      return false; // full or forbidden
    }
  },
  forget: (key) => {
    try {
      localStorage.removeItem(key);
    } catch {
      /* nothing was kept */
    }
  },
};

const HTML = `
  <div class="secours" role="group" aria-label="Texte retrouvé" hidden>
    <p></p>
    <button type="button" class="reprendre">Le reprendre</button>
    <button type="button" class="effacer">L’effacer</button>
  </div>
  <label for="texte"></label>
  <div class="cadre">
    <div class="outils" role="toolbar" aria-label="Mise en forme" aria-controls="texte"></div>
    <textarea id="texte" spellcheck="true" lang="fr" aria-describedby="etat aide"></textarea>
  </div>
  <div class="pied"><span class="etat" id="etat"></span><span class="mots"></span></div>
  <p class="parle" id="aide">Le texte s’enregistre de lui-même. Ctrl+Entrée pour publier.</p>
  <p class="parle annonce" role="status"></p>`;

class Editor {
  constructor(root, component) {
    const { data } = component;
    this.component = component;
    this.root = document.createElement("div");
    this.root.className = "editeur";
    this.root.innerHTML = HTML;
    root.append(this.root);
    this.find = (selector) => this.root.querySelector(selector);
    this.field = this.find("textarea");
    this.mount = [...crypto.getRandomValues(new Uint32Array(2))].map((n) => n.toString(36)).join("");
    this.count = 0;
    this.sent = []; // pushes without an answer yet, oldest first: {id, text}
    this.field.value = data.value;
    this.saved = this.field.value; // what Python holds, as far as this tab knows (a textarea makes \r\n \n)
    this.revision = data.revision; // …and the revision the typed text was based on
    this.shown = data.revision;
    this.buildTools();
    this.listen();
    this.find("label").textContent = data.label;
    if (data.focus) this.field.focus();
    this.offerRescue();
  }

  // ---- Python -> here

  update(component) {
    const { data } = component;
    this.component = component;
    this.acknowledge(data);
    if (data.revision !== this.shown) this.receive(data);
    this.find("label").textContent = data.label;
    this.field.disabled = data.disabled;
    for (const button of this.root.querySelectorAll(".outils button")) button.disabled = data.disabled;
    this.show();
  }

  /** One of our pushes was saved: it, and those before it, need no answer any more. */
  acknowledge({ accepted, acceptedRevision }) {
    const at = this.sent.findIndex(({ id }) => id === accepted);
    if (at === -1) return;
    this.saved = this.sent[at].text;
    this.revision = acceptedRevision;
    this.shown = acceptedRevision;
    this.sent.splice(0, at + 1);
  }

  /** The saved text changed and not by our hand: take it, unless something is being typed. */
  receive({ value, revision }) {
    this.shown = revision;
    if (this.isDirty) return; // the next push says which revision it was based on; Python refuses it
    const { selectionStart, selectionEnd } = this.field;
    this.field.value = value;
    this.field.setSelectionRange(selectionStart, selectionEnd);
    this.saved = this.field.value;
    this.revision = revision;
  }

  // ---- here -> Python

  get isDirty() {
    return this.field.value !== this.saved;
  }

  dispatch() {
    const push = { id: `${this.mount}:${++this.count}`, text: this.field.value, revision: this.revision };
    this.sent.push(push);
    clearTimeout(this.waiting);
    this.waiting = setTimeout(this.retry, PATIENCE);
    return push;
  }

  /** No answer: the run failed, or the push was lost. Not after a refusal, which only a person can settle. */
  retry = () => {
    if (!this.sent.length || this.component.data.problem) return;
    this.sent = [];
    this.push();
  };

  /** Save now what is not saved and not on its way. */
  push = () => {
    clearTimeout(this.timer);
    if (this.isDirty) this.keepRescue();
    const last = this.sent.at(-1)?.text ?? this.saved;
    if (this.field.value !== last && !this.field.disabled && this.isConnected)
      this.component.setStateValue("draft", this.dispatch());
    this.show();
  };

  publish() {
    clearTimeout(this.timer);
    if (this.isDirty) this.keepRescue();
    if (!this.field.disabled && this.isConnected)
      this.component.setTriggerValue("publish", this.isDirty ? this.dispatch() : { saved: true });
    this.show();
  }

  // ---- what the person does

  listen() {
    const stop = new AbortController();
    this.stop = stop;
    const on = (target, name, handler) => target.addEventListener(name, handler, { signal: stop.signal });
    on(this.field, "input", () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(this.push, PAUSE);
      this.show();
    });
    on(this.field, "blur", this.push);
    // A finger leaves the text only as it lifts, with the click: too late, Streamlit would send the save
    // after the order to change screens, and stay here. A press says it sooner.
    on(document, "pointerdown", (event) => {
      if (!event.composedPath().includes(this.root)) this.push();
    });
    on(this.field, "keydown", (event) => this.press(event));
    on(window, "beforeunload", (event) => {
      if (this.isDirty) event.preventDefault();
    });
    on(window, "pagehide", () => this.isDirty && this.keepRescue());
    on(this.find(".reprendre"), "click", () => this.takeRescue());
    on(this.find(".effacer"), "click", () => this.forgetRescue());
    const app = document.querySelector('[data-testid="stApp"]');
    this.watcher = new MutationObserver(() => this.connectionChanged());
    if (app) this.watcher.observe(app, { attributeFilter: ["data-test-connection-state"] });
    this.app = app;
    this.wasConnected = this.isConnected;
  }

  press(event) {
    const command = event.ctrlKey || event.metaKey;
    if (event.isComposing) return;
    if (event.key === "Enter" && command) this.publish();
    else if (event.key === "Enter" && !event.shiftKey && !event.altKey && continueList(this.field)) {
      /* the list went on */
    } else if (command && event.shiftKey && event.code === "Space") type(this.field, NNBSP);
    else if (command && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "s") this.push();
    else {
      const tool = TOOLS.find(({ shortcut }) => shortcut === `Control+${event.key.toUpperCase()}`);
      if (!tool || !command || event.shiftKey || event.altKey) return;
      tool.run(this.field);
    }
    event.preventDefault();
    event.stopPropagation();
  }

  buildTools() {
    const bar = this.find(".outils");
    for (const [rank, { icon, label, keys, shortcut, run }] of TOOLS.entries()) {
      const button = document.createElement("button");
      button.type = "button";
      button.innerHTML = `<svg viewBox="0 0 24 24" aria-hidden="true">${ICONS[icon]}</svg>`;
      button.setAttribute("aria-label", label);
      button.title = keys ? `${label} (${keys})` : label;
      if (shortcut) button.setAttribute("aria-keyshortcuts", shortcut);
      button.tabIndex = rank === 0 ? 0 : -1; // one stop for Tab, arrows inside, as a toolbar should
      button.onmousedown = (event) => event.preventDefault(); // the selection stays in the text
      button.onclick = () => run(this.field);
      bar.append(button);
    }
    bar.onkeydown = (event) => {
      const buttons = [...bar.children];
      const here = buttons.indexOf(event.target);
      const moves = { ArrowRight: here + 1, ArrowLeft: here - 1, Home: 0, End: buttons.length - 1 };
      if (here === -1 || !(event.key in moves)) return;
      const next = buttons.at(moves[event.key] % buttons.length);
      for (const button of buttons) button.tabIndex = button === next ? 0 : -1;
      next.focus();
      event.preventDefault();
    };
  }

  // ---- the network

  get isConnected() {
    return !this.app || this.app.dataset.testConnectionState === "CONNECTED";
  }

  connectionChanged() {
    const connected = this.isConnected;
    if (connected === this.wasConnected) return;
    this.wasConnected = connected;
    if (!connected && this.isDirty) this.keepRescue();
    if (connected) {
      this.sent = []; // nobody answers for what was on its way
      clearTimeout(this.timer);
      this.timer = setTimeout(this.push, PAUSE);
    }
    this.show();
  }

  // ---- the copy in this browser

  get rescueKey() {
    return `faq-cms.editeur.${this.component.data.rescueKey}`;
  }

  keepRescue() {
    this.rescued = storage.write(this.rescueKey, {
      text: this.field.value, revision: this.revision, at: new Date().toISOString(),
    });
  }

  offerRescue() {
    const copy = storage.read(this.rescueKey);
    if (!copy || typeof copy.text !== "string" || copy.text === this.field.value) {
      storage.forget(this.rescueKey);
      return;
    }
    this.copy = copy;
    const at = new Date(copy.at).toLocaleString("fr-FR", { dateStyle: "long", timeStyle: "short" });
    this.find(".secours p").textContent = `Un texte non enregistré du ${at} est conservé dans ce navigateur.`;
    this.find(".secours").hidden = false;
    this.announce(this.find(".secours p").textContent);
  }

  takeRescue() {
    const { text, revision } = this.copy;
    this.closeRescue();
    this.revision = revision; // written on that one: if the text has changed since, Python will say so
    this.field.select();
    type(this.field, text);
    this.push();
  }

  forgetRescue() {
    storage.forget(this.rescueKey);
    this.closeRescue();
    this.field.focus();
  }

  closeRescue() {
    this.copy = null;
    this.find(".secours").hidden = true;
  }

  // ---- what is shown

  show() {
    const { data } = this.component;
    const [state, sentence] = this.state(data);
    const line = this.find(".etat");
    if (state === "enregistre" && !this.copy) storage.forget(this.rescueKey);
    if ((state === "hors-ligne" || state === "refuse") && line.dataset.etat !== state) this.announce(sentence);
    line.dataset.etat = state;
    line.textContent = sentence;
    this.find(".mots").textContent = countWords(this.field.value);
  }

  state({ savedAt, problem }) {
    if (problem && this.isDirty) return ["refuse", problem];
    if (!this.isConnected && this.isDirty)
      return this.rescued === false
        ? ["hors-ligne", `Hors connexion${NBSP}: copiez votre texte, ce navigateur ne peut pas le conserver`]
        : ["hors-ligne", `Hors connexion${NBSP}: texte conservé dans ce navigateur`];
    if (this.isDirty && this.sent.length) return ["envoi", "Enregistrement…"];
    if (this.isDirty) return ["modifie", "Modifications non enregistrées"];
    return savedAt ? ["enregistre", `Enregistré à ${savedAt}`] : ["initial", ""];
  }

  announce(sentence) {
    this.find(".annonce").textContent = sentence;
  }

  destroy() {
    clearTimeout(this.timer);
    clearTimeout(this.waiting);
    if (this.isDirty) this.keepRescue();
    this.watcher.disconnect();
    this.stop.abort();
    this.root.remove();
  }
}

const editors = new WeakMap();

export default function (component) {
  const { parentElement } = component;
  if (!editors.has(parentElement)) editors.set(parentElement, new Editor(parentElement, component));
  editors.get(parentElement).update(component);
  return () => {
    editors.get(parentElement)?.destroy();
    editors.delete(parentElement);
  };
}
