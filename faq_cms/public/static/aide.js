// Votes and remarks without leaving the page: the same addresses as the forms, and the same places
// taken from the page they lead to. Without this script everything works by ordinary loading.
"use strict";

(() => {
  const box = document.getElementById("avis");
  if (!box) return;

  const MOMENT = 15000; // milliseconds; a phone that lost its network must be told
  const LOST = "La connexion a été interrompue\u00a0: nous ne savons pas si votre réponse est arrivée. Réessayez.";
  const SIZE = new Intl.NumberFormat("fr-FR");
  const part = (id, from = document) => from.getElementById(id);

  // What was sent first is answered first, whatever the network does.
  let last = Promise.resolve();
  let waiting = 0;

  async function send(address, fields) {
    let answer, page;
    try {
      answer = await fetch(address, {
        method: "POST",
        body: new URLSearchParams(fields),
        signal: AbortSignal.timeout ? AbortSignal.timeout(MOMENT) : undefined,
      });
      page = new DOMParser().parseFromString(await answer.text(), "text/html");
    } catch {
      throw new Error(LOST);
    }
    if (answer.ok && page.getElementById("avis-texte")) return page;
    // Beside the remark, on a page of ours that refuses, or on the gate's plain one.
    const refusal = part("avis-remarque-refus", page) ?? page.querySelector("[data-refusal]") ?? page.querySelector("main p");
    throw Object.assign(new Error(refusal?.textContent || LOST), { page });
  }

  // `place` is where a refusal is said: beside what was tapped.
  function enqueue(place, address, fields, show, undo) {
    waiting += 1;
    box.setAttribute("aria-busy", "true");
    last = last.then(() => send(address, fields())).then(
      (page) => { say(place, ""); show(page); },
      (error) => { undo(error); say(place, error.message); },
    ).finally(() => {
      waiting -= 1;
      if (!waiting) box.removeAttribute("aria-busy");
    });
  }

  function say(place, sentence) {
    const found = part(place);
    if (found) found.textContent = sentence;
  }

  function take(id, page) { part(id).replaceChildren(...document.importNode(part(id, page), true).childNodes); }

  function press(button) {
    const group = button.parentElement.querySelectorAll("button");
    const before = [...group].map((each) => each.getAttribute("aria-pressed"));
    group.forEach((each) => each.setAttribute("aria-pressed", String(each === button)));
    return () => group.forEach((each, i) => each.setAttribute("aria-pressed", before[i]));
  }

  function token() { return part("avis-vote").elements.token.value; }

  function vote(form, button) {
    const undo = press(button);
    const fields = () => ({ helpful: button.value, version: form.elements.version.value, token: token() });
    enqueue("avis-refus", form.action, fields, (page) => {
      const words = part("avis-remarque-texte")?.value;
      const address = part("avis-contact")?.value;
      form.elements.token.value = part("avis-vote", page).elements.token.value;
      take("avis-texte", page);
      take("avis-suite", page);
      const text = part("avis-remarque-texte");
      if (words && text) text.value = words;
      const contact = part("avis-contact");
      if (address && contact) {
        contact.value = address;
        contact.closest("details").open = true;
      }
      count();
    }, undo);
  }

  function reason(form, button) {
    const undo = press(button);
    say("avis-note", "");
    const fields = () => ({ token: token(), reason: button.value });
    enqueue("avis-remarque-refus", form.action, fields, (page) => {
      say("avis-note", part("avis-note", page)?.textContent ?? "");
    }, undo);
  }

  function remark(form, button) {
    const text = part("avis-remarque-texte");
    if (button.disabled) return;
    button.disabled = true;
    const fields = () => ({ token: token(), text: text.value, donnees: button.value, contact: part("avis-contact")?.value ?? "" });
    enqueue("avis-remarque-refus", form.action, fields, (page) => {
      take("avis-texte", page);
      take("avis-suite", page);
      part("avis-texte").focus({ preventScroll: true });
      part("avis-texte").scrollIntoView({ block: "nearest" });
    }, (error) => {
      button.disabled = false;
      // What seems to name somebody is sent once its author has chosen how.
      if (error.page?.getElementById("avis-donnees")) take("avis-donnees", error.page);
      (part("avis-donnees").querySelector("button") ?? text).focus();
    });
  }

  function count() {
    const text = part("avis-remarque-texte");
    if (!text) return;
    const most = Number(text.dataset.max);
    const length = [...text.value.trim()].length;
    const over = length - most;
    const shown = part("avis-compte");
    shown.classList.toggle("over", over > 0);
    shown.textContent = over > 0
      ? `${SIZE.format(over)} caractère${over > 1 ? "s" : ""} de trop`
      : `${SIZE.format(length)} sur ${SIZE.format(most)} caractères`;
    text.setAttribute("aria-invalid", String(over > 0));
  }

  box.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (!button) return;
    event.preventDefault();
    const act = button.name === "helpful" ? vote : button.name === "reason" ? reason : remark;
    act(event.target, button);
  });
  box.addEventListener("input", count);
  count();

  // The thank-you is on the screen: a copied address must not carry it.
  if (new URLSearchParams(location.search).has("avis")) history.replaceState(null, "", location.pathname);
})();

for (const box of document.querySelectorAll("[data-reveals]")) {
  const field = document.getElementById(box.dataset.reveals);
  box.parentElement.hidden = false;
  box.addEventListener("change", () => { field.type = box.checked ? "text" : "password"; });
}
