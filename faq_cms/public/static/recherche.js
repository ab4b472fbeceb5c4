// Suggestions under the search field, as a list the arrows walk through. Without this script the
// form searches as it is.
"use strict";

(() => {
  const field = document.getElementById("recherche");
  if (!field) return;

  const PAUSE = 150; // milliseconds; a letter typed sooner replaces the question
  const list = document.createElement("ul");
  list.id = "suggestions";
  list.className = "suggestions";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Suggestions");
  field.form.append(list);
  for (const [name, value] of [["role", "combobox"], ["aria-expanded", "false"], ["aria-controls", list.id], ["aria-autocomplete", "list"]]) {
    field.setAttribute(name, value);
  }

  let timer = 0;
  let asked = 0;
  let active = -1;

  function show(offered) {
    active = -1;
    list.replaceChildren(...offered.map(({ question, url }, i) => {
      const option = document.createElement("li");
      option.id = `suggestion-${i}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.dataset.url = url;
      option.textContent = question;
      return option;
    }));
    list.hidden = !offered.length;
    field.setAttribute("aria-expanded", String(!list.hidden));
    field.removeAttribute("aria-activedescendant");
  }

  async function ask() {
    const turn = ++asked;
    const typed = field.value.trim();
    try {
      const answer = typed.length < 2 ? null : await fetch(`/aide/suggestions?q=${encodeURIComponent(typed)}`);
      const offered = answer?.ok ? await answer.json() : [];
      if (turn === asked) show(offered);
    } catch {
      if (turn === asked) show([]); // the network is away: the form still says so
    }
  }

  function close() {
    clearTimeout(timer);
    asked += 1;
    show([]);
  }

  function walk(step) {
    const options = [...list.children];
    // One place before the first is the field itself, with what was typed.
    active = (active + 1 + step + options.length + 1) % (options.length + 1) - 1;
    options.forEach((option, i) => option.setAttribute("aria-selected", String(i === active)));
    if (options[active]) {
      field.setAttribute("aria-activedescendant", options[active].id);
      options[active].scrollIntoView({ block: "nearest" });
    } else {
      field.removeAttribute("aria-activedescendant");
    }
  }

  field.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, PAUSE); });
  field.addEventListener("blur", close);
  field.addEventListener("keydown", (event) => {
    if (list.hidden || event.isComposing) return;
    if (event.key === "ArrowDown") walk(1);
    else if (event.key === "ArrowUp") walk(-1);
    else if (event.key === "Escape") close();
    else if (event.key === "Enter" && active >= 0) location.assign(list.children[active].dataset.url);
    else return;
    event.preventDefault();
  });
  // Before the field loses the focus, which closes the list.
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[data-url]");
    if (option) location.assign(option.dataset.url);
  });
})();
