// « Cet article a-t-il été utile ? » on any site, by one tag:
//   <script src="https://…/widget/faq-feedback.js" data-article="address-of-the-article" defer></script>
// data-version: the version the page shows, if it knows; data-source: a name for this site in the
// figures; data-target: a selector of where to stand, instead of beside the tag.
// No cookie, no third party, nothing a strict Content-Security-Policy forbids: no markup from text,
// no inline style. The page's font and colour are inherited.
"use strict";

(() => {
  const WORDS = "__WORDS__"; // put here when it is served: the product's own French
  const STYLE = "__STYLE__";
  const KEPT = 30 * 24 * 3600 * 1000; // milliseconds; as long as the help centre's own cookie
  const MOMENT = 15000; // milliseconds; a phone that lost its network must be told

  const tag = document.currentScript;
  const { article, version, source, target } = tag.dataset;
  const api = new URL("../api/v1/", tag.src);
  const key = `faq-feedback ${api.host} ${article}`;

  // -- what this browser already said ------------------------------------------------------------

  function recall() {
    try {
      const said = JSON.parse(localStorage.getItem(key));
      return said && Date.now() - said.at < KEPT ? said : {};
    } catch {
      return {}; // storage refused: each visit is a new reader
    }
  }

  function keep() {
    try {
      localStorage.setItem(key, JSON.stringify({ ...said, at: Date.now() }));
    } catch { /* the token lives as long as the page */ }
  }

  const said = recall();

  // -- what is on the page -----------------------------------------------------------------------

  function make(name, attributes = {}, ...inside) {
    const element = document.createElement(name);
    for (const [attribute, value] of Object.entries(attributes)) element.setAttribute(attribute, value);
    element.append(...inside);
    return element;
  }

  function choice(label, group, onTap) {
    const button = make("button", { type: "button", "aria-pressed": "false" }, label);
    button.addEventListener("click", () => onTap(button));
    group.push(button);
    return button;
  }

  const verdicts = [], reasons = [];
  const yes = choice(WORDS.yes, verdicts, (button) => vote(true, button));
  const no = choice(WORDS.no, verdicts, (button) => vote(false, button));
  const told = make("div", { class: "told", role: "status", tabindex: "-1" });
  const refusal = make("p", { class: "refusal", role: "alert" });
  const note = make("p", { class: "small", role: "status" });
  const why = make("fieldset", {}, make("legend", {}, WORDS.why),
    make("div", { class: "row" }, ...Object.entries(WORDS.reasons).map(
      ([code, label]) => choice(label, reasons, (button) => reason(code, button)))),
    note);
  const label = make("span");
  const text = make("textarea", { rows: "3", "aria-describedby": "advice" });
  const send = make("button", {}, WORDS.send);
  // Words that seem to name somebody wait here for their author to choose.
  const warning = make("p", { class: "refusal", role: "alert" });
  const ways = make("div", { class: "row" }, ...["mask", "anyway"].map((way) => {
    const button = make("button", { type: "button" }, WORDS[way]);
    button.addEventListener("click", () => remark(way === "mask" ? way : "keep"));
    return button;
  }));
  const form = make("form", {},
    make("label", {}, label, text),
    make("p", { id: "advice", class: "small" }, WORDS.advice),
    send, warning, ways);
  form.addEventListener("submit", (event) => { event.preventDefault(); remark("ask"); });
  text.addEventListener("input", () => hold(""));
  const support = WORDS.contact
    ? make("p", {}, make("a", { href: new URL("../aide/contact?de=widget", tag.src) }, WORDS.contact)) : "";
  const box = make("section", { "aria-labelledby": "question" },
    make("p", { id: "question" }, WORDS.question),
    make("div", { class: "row", role: "group", "aria-labelledby": "question" }, yes, no),
    told, refusal, why, form, support);

  function press(group, chosen) {
    const before = group.map((each) => each.getAttribute("aria-pressed"));
    group.forEach((each) => each.setAttribute("aria-pressed", String(each === chosen)));
    return () => group.forEach((each, i) => each.setAttribute("aria-pressed", before[i]));
  }

  function tell(message) {
    told.replaceChildren(...message.split("\n").map((line) => make("p", {}, line)));
  }

  function hold(sentence) {
    warning.textContent = sentence;
    ways.hidden = !sentence;
    send.hidden = !!sentence;
  }

  function offer(helpful) {
    why.hidden = helpful !== false;
    form.hidden = helpful === undefined;
    if (support) support.hidden = helpful !== false;
    label.textContent = helpful ? WORDS.remark : WORDS.more;
  }

  // -- what is sent ------------------------------------------------------------------------------

  async function post(path, body) {
    let answer, content;
    try {
      answer = await fetch(new URL(path, api), {
        method: "POST",
        credentials: "omit",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout ? AbortSignal.timeout(MOMENT) : undefined,
      });
      content = await answer.json();
    } catch {
      throw new Error(WORDS.lost);
    }
    if (!answer.ok) throw Object.assign(new Error(), { message: WORDS.lost }, content.error);
    return content;
  }

  // What was tapped first is sent first; thanks come only after the server has stored it.
  let last = Promise.resolve();

  function enqueue(send, show, undo) {
    box.setAttribute("aria-busy", "true");
    last = last.then(send).then(
      (content) => { refusal.textContent = ""; show(content); },
      (error) => { undo(error); refusal.textContent = error.message; },
    ).finally(() => box.removeAttribute("aria-busy"));
  }

  function vote(helpful, button) {
    const undo = press(verdicts, button);
    const body = () => ({
      helpful,
      source: source || "widget",
      ...(said.vote && { vote: said.vote }),
      ...(version && { version: Number(version) }),
    });
    enqueue(() => post(`articles/${encodeURIComponent(article)}/votes`, body()), (content) => {
      if (said.helpful !== helpful) { press(reasons, null); note.textContent = ""; }
      Object.assign(said, { vote: content.vote, helpful });
      keep();
      tell(content.message);
      offer(helpful);
    }, undo);
  }

  function about(body) { return () => post(`votes/${encodeURIComponent(said.vote)}/remark`, body); }

  function reason(code, button) {
    const undo = press(reasons, button);
    note.textContent = "";
    enqueue(about({ reason: code }), () => { note.textContent = WORDS.noted; }, undo);
  }

  function remark(care) {
    const words = text.value.trim();
    const isLong = [...words].length > WORDS.most;
    refusal.textContent = isLong ? WORDS.tooLong : "";
    if (!words || isLong) return text.focus();
    form.inert = true;
    enqueue(about({ text: words, personal_data: care }), (content) => {
      text.value = "";
      form.inert = false;
      hold("");
      offer(undefined);
      tell(`${content.message}\n${WORDS.reference}${content.reference}`);
      told.focus();
    }, (error) => {
      form.inert = false;
      if (error.code !== "personal_data") return text.focus();
      hold(error.message);
      error.message = "";
      ways.firstChild.focus();
    });
  }

  // -- where it stands ---------------------------------------------------------------------------

  const host = make("div", { lang: "fr", "data-faq-feedback": article });
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);
  root.adoptedStyleSheets = [sheet];
  root.append(box);
  offer(undefined);
  hold("");
  if (said.vote) press(verdicts, said.helpful ? yes : no);

  const place = target && document.querySelector(target);
  if (place) place.append(host);
  else if (document.head.contains(tag)) document.body.append(host);
  else tag.after(host);
})();
