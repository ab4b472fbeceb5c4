/* Search without a server: every word typed must be in the article, accents and case aside. */
(function () {
  "use strict";
  var form = document.querySelector(".search");
  var field = form.querySelector("input");
  var status = form.querySelector("[role=status]");
  var items = Array.prototype.slice.call(document.querySelectorAll(".questions li"));
  var sections = Array.prototype.slice.call(document.querySelectorAll("main section"));
  var asked = false;

  // The texts are fetched by a script element: a page opened from a disk may not read other files.
  function texts(then) {
    if (window.TEXTES) { then(); return; }
    if (asked) { return; }
    asked = true;
    var script = document.createElement("script");
    script.src = "recherche-textes.js";
    script.onload = then;
    document.head.appendChild(script);
  }

  function folded(words) {
    return words.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase()
      .replace(/œ/g, "oe").replace(/æ/g, "ae").replace(/[’']/g, " ");
  }

  function search() {
    if (!window.TEXTES) { return; }
    var words = folded(field.value).split(/[^a-z0-9]+/).filter(Boolean);
    var found = 0;
    items.forEach(function (item, number) {
      var text = window.TEXTES[number];
      var matches = words.every(function (word) { return text.indexOf(word) >= 0; });
      item.hidden = !matches;
      if (matches) { found += 1; }
    });
    sections.forEach(function (section) {
      section.hidden = !section.querySelector("li:not([hidden])");
    });
    status.textContent = !words.length ? ""
      : found === 0 ? "Aucun article ne contient ces mots."
      : found + (found === 1 ? " article trouvé" : " articles trouvés");
  }

  if (!items.length) { return; }
  form.hidden = false;
  form.addEventListener("submit", function (event) { event.preventDefault(); });
  field.addEventListener("focus", function () { texts(search); });
  field.addEventListener("input", function () { texts(search); search(); });
}());
