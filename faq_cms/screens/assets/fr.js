// Runs before Streamlit boots: makes its page French, and says when the session has ended.
//
// Streamlit has no translations. Its widgets follow navigator.language where they format dates and
// numbers; the rest is English text in its bundle. Each entry below names the part of Streamlit's page
// where a sentence may appear, so that what people write (questions, names, files) is never touched,
// even when it happens to be the word "Search". Kept true by tests/test_gate.py against a real page.
(() => {
  "use strict";

  for (const [name, value] of [["language", "fr-FR"], ["languages", ["fr-FR", "fr"]]])
    Object.defineProperty(navigator, name, { get: () => value, configurable: true });

  // Otherwise Streamlit guesses its address from the page's and first tries /gestion/<screen>/_stcore.
  const base = new URL(".", document.currentScript.src).href.replace(/\/$/, "");
  window.__streamlit = { ...window.__streamlit, BACKEND_BASE_URL: base };

  const id = (...names) => names.map((name) => `[data-testid="${name}"]`).join(",");
  const size = (number, letter) =>
    `${number.replace(/\.0$/, "").replace(".", ",")}\u00a0${{ K: "Ko", M: "Mo", G: "Go" }[letter] ?? "o"}`;
  const day = (text) => {
    const date = new Date(text);
    return Number.isNaN(date.valueOf()) ? text : date.toLocaleDateString("fr-FR", { dateStyle: "long" });
  };
  const month = (text) => {
    const date = new Date(`${text} 1, 2000`);
    return Number.isNaN(date.valueOf()) ? text : date.toLocaleDateString("fr-FR", { month: "long" });
  };
  const SCALES = { discrete: "discrète", linear: "linéaire", time: "de temps", log: "logarithmique" };
  const extent = (text) =>
    text
      .replace(/^(\d+) values?: (.*?)(?:, ending with (.*))?$/s, (_, n, first, last) =>
        last ? `${n} valeurs\u00a0: ${first}, jusqu’à ${last}` : `${n} valeur${n > 1 ? "s" : ""}\u00a0: ${first}`)
      .replace(/^values from (.*) to (.*)$/s, "de $1 à $2");

  // [where, { English: French }] or [where, RegExp, replacement as in String.replace]
  const ENTRIES = [
    [id("stSkipToContent"), { "Skip to main content": "Aller au contenu" }],
    [id("stSidebar", "stSidebarCollapseButton", "stExpandSidebarButton", "stHeader"), {
      Sidebar: "Menu latéral", "Collapse sidebar": "Replier le menu", "Expand sidebar": "Déplier le menu",
      "App pages": "Écrans", "Navigate to home page": "Aller à l’accueil", "View less": "Voir moins",
      "Main menu": "Menu de l’application", Logo: "Logo",
    }],
    [id("stSidebarNavViewButton"), /^View (\d+) more$/, "Voir $1 de plus"],
    [id("stStatusWidget"), {
      Connecting: "Connexion…", "Connecting to Streamlit server": "Connexion au serveur",
      "Unable to connect to Streamlit server": "Le serveur ne répond pas", "Connection error": "Connexion perdue",
      Stop: "Arrêter", "Stopping...": "Arrêt…", "Running...": "En cours…", Rerun: "Relancer",
      "Always rerun": "Toujours relancer", "File change.": "Fichier modifié.",
    }],
    [id("stMainMenu", "stMainMenuPopover", "stMainMenuList"), {
      "Main menu": "Menu de l’application", Theme: "Apparence", System: "Système", Light: "Clair", Dark: "Sombre",
      "Use system setting": "Comme le système", Rerun: "Relancer", "Auto rerun": "Relance automatique",
      "Clear cache": "Vider le cache", Print: "Imprimer", "Record screen": "Filmer l’écran",
      "Record a screencast": "Filmer l’écran", "Cancel recording": "Annuler l’enregistrement",
      "Stop recording": "Arrêter l’enregistrement", "Get help": "Aide", "Report a bug": "Signaler un défaut",
      About: "À propos", "Made with Streamlit v": "Fait avec Streamlit v",
      "Copy version to clipboard": "Copier la version",
    }],
    [id("stDialog"), {
      Close: "Fermer", "Connection error": "Connexion perdue", "Page not found": "Page introuvable",
      "Is Streamlit still running? If you accidentally stopped Streamlit, just restart it in your terminal:":
        "Le serveur ne répond plus. Il redémarre peut-être : la page se reconnectera d’elle-même. S’il a été arrêté, il se relance par :",
      "Streamlit server is not responding. Are you connected to the internet?":
        "Le serveur ne répond pas. Votre connexion au réseau fonctionne-t-elle ?",
      "Connection timed out.": "Le serveur n’a pas répondu à temps.", "Unknown error": "Erreur inconnue",
      "Unknown Error": "Erreur inconnue", "Script execution error": "Une erreur est survenue",
      "The page that you have requested does not seem to exist. Running the app's main page.":
        "Cette page n’existe pas : voici l’accueil.",
      "Try again": "Réessayer", "Continue anyway": "Continuer", Cancel: "Annuler", "Clear caches": "Vider le cache",
      "Record a screencast": "Filmer l’écran", "Also record audio": "Enregistrer aussi le son",
      "Start recording!": "Commencer", "Next steps": "Ensuite", "Save video to disk": "Enregistrer la vidéo",
      "This will record a video with the contents of your screen, so you can easily share what you're seeing with others.":
        "Une vidéo de votre écran sera enregistrée sur votre poste.",
      "Due to limitations with some browsers, this feature is only supported on recent desktop versions of Chrome, Firefox, and Edge.":
        "Il faut une version récente de Chrome, Firefox ou Edge.",
    }],
    [id("stDialog"), /^You have requested page \/(.*), but no corresponding file was found.*$/s, "La page « $1 » n’existe pas : voici l’accueil."],
    [id("stDialog"), /^Connection failed with status (\d+)(?:, and response:|\.)$/, "Le serveur a refusé la connexion (code $1)."],
    [id("stException"), /^This app has encountered an error\..*$/s, "Une erreur est survenue. Rechargez la page ; si cela se reproduit, signalez-la."],
    [id("stToastContainer", "stToast"), { Notifications: "Notifications", Close: "Fermer" }],
    [id("stToast"), { "View more": "Voir plus", "View less": "Voir moins" }],
    [id("InputInstructions"), {
      "Press Enter to apply": "Entrée pour valider", "Press Enter to submit form": "Entrée pour envoyer",
      "Press Ctrl+Enter to apply": "Ctrl+Entrée pour valider", "Press ⌘+Enter to apply": "⌘+Entrée pour valider",
      "Press Ctrl+Enter to submit form": "Ctrl+Entrée pour envoyer",
      "Press ⌘+Enter to submit form": "⌘+Entrée pour envoyer",
    }],
    ["[data-has-shortcut] kbd", /^Shortcut (.*?)(?:Enter)?$/, (_, keys) => `Raccourci ${keys}${_.endsWith("Enter") ? "Entrée" : ""}`],
    ["[data-has-shortcut] kbd", /^((?:.+ \+ )?)Enter$/, "$1Entrée"],
    [id("stWidgetLabelRequired"), { "(required)": "(obligatoire)" }],
    [id("stTooltipIcon"), /^Help for (.*)$/s, "Aide : $1"],
    ['[role="alert"]', {
      "This field is required.": "Ce champ est obligatoire.", "Invalid value.": "Valeur non valide.",
      "Number is above the allowed range.": "Nombre trop grand.", "Number is below the allowed range.": "Nombre trop petit.",
      "Hours must be 0–23.": "Les heures vont de 0 à 23.", "Minutes must be 0–59.": "Les minutes vont de 0 à 59.",
      "Seconds must be 0–59.": "Les secondes vont de 0 à 59.",
      "Invalid time format. Please use HH:MM.": "Écrivez l’heure ainsi : 14:30.",
      "Only one file is allowed.": "Un seul fichier est accepté.", "File size is too small.": "Ce fichier est vide.",
      "Error:": "Erreur :",
    }],
    [id("stHeaderActionElements"), { "Link to heading": "Lien vers ce titre" }],
    // Widgets. In lists, only the lines Streamlit adds itself; the others are the author's.
    [id("stSelectbox", "stMultiSelect"), {
      "Choose an option": "Choisir", "Choose options": "Choisir", "Choose or add an option": "Choisir ou ajouter",
      "Choose or add options": "Choisir ou ajouter", "Add an option": "Ajouter", "Add options": "Ajouter",
      "No options to select": "Aucun choix possible", "Clear value": "Effacer", "Clear all": "Tout effacer",
      Open: "Ouvrir la liste", "Selected values": "Valeurs choisies", "Select all": "Tout choisir",
    }],
    [id("stMultiSelect"), /^Remove (.*)$/s, "Retirer $1"],
    [id("stSelectboxVirtualDropdown", "stMultiSelectDropdown"), { "No results": "Aucun résultat", Dismiss: "Fermer" }],
    [id("stSelectboxVirtualDropdown", "stMultiSelectDropdown"), /^Add: (.*)$/s, "Ajouter : $1"],
    [id("stMultiSelectDropdown"), { "Select all": "Tout choisir" }],
    [id("stMultiSelectDropdown"), /^Select (\d+) matches$/, "Choisir les $1 résultats"],
    [id("stMultiSelectDropdown"), /^You can only select up to (\d+) options?\. Remove an option first\.$/, "$1 au plus : retirez-en d’abord."],
    [id("stNumberInput", "stTextInput", "stTimeInput"), {
      Decrement: "Diminuer", Increment: "Augmenter", "Clear value": "Effacer", "Clear time": "Effacer l’heure",
      "Show password text": "Montrer le mot de passe", "Hide password text": "Cacher le mot de passe",
    }],
    ['[role="spinbutton"]', {
      yyyy: "aaaa", dd: "jj", HH: "hh", Empty: "Vide", "hour, ": "heure", "minute, ": "minute",
    }],
    ['[role="spinbutton"]', /^(day|month|year|hour|minute|second), (.*?)(?: (start|end) date)?$/s, (_, part, label, edge) =>
      `${{ day: "jour", month: "mois", year: "année", hour: "heure", minute: "minute", second: "seconde" }[part]}, ${label}${edge ? (edge === "start" ? ", début" : ", fin") : ""}`],
    ['[role="spinbutton"]', /^(\d+) – (January|February|March|April|May|June|July|August|September|October|November|December)$/, (_, n, name) => `${n} – ${month(name)}`],
    [`:is(${id("stDateInput", "stDateTimeInput")}) [role="group"]`, /^(.*) (start|end) date$/s, (_, label, edge) => `${label}, ${edge === "start" ? "début" : "fin"}`],
    [id("stDateInput", "stDateTimeInput", "stDateInputCalendar", "stDateTimeInputCalendar", "stDateInputQuickSelectPopover"), {
      "Choose date": "Choisir une date", "Choose date range": "Choisir une période",
      "Choose date and time": "Choisir un moment", "Clear date": "Effacer la date", "Clear dates": "Effacer les dates",
      "Clear date and time": "Effacer le moment", "Previous month": "Mois précédent", "Next month": "Mois suivant",
      "Date range": "Période", "Select...": "Choisir…", "Quick select a date range": "Périodes courantes", Time: "Heure",
      "Past Week": "7 derniers jours", "Past Month": "Dernier mois", "Past 3 Months": "3 derniers mois",
      "Past 6 Months": "6 derniers mois", "Past Year": "12 derniers mois", "Past 2 Years": "24 derniers mois",
      "Use arrow keys to navigate dates. Enter to select. Escape to close.":
        "Flèches pour parcourir les dates, Entrée pour choisir, Échap pour fermer.",
      "Use arrow keys to navigate. Enter to select. Tab to switch between calendar and time. Escape to close.":
        "Flèches pour parcourir, Entrée pour choisir, Tab pour passer du calendrier à l’heure, Échap pour fermer.",
    }],
    [id("stDateInputCalendar", "stDateTimeInputCalendar"), /^Choose date( range| and time)?, (.*)$/s, (_, kind, shown) =>
      `${{ " range": "Choisir une période", " and time": "Choisir un moment" }[kind] ?? "Choisir une date"}, ${shown}`],
    [id("stColorPicker"), /^(.*) color picker$/s, "$1, couleur"],
    ['[role="dialog"]', /^(.*) color picker$/s, "$1, couleur"],
    [id("stFeedback"), {
      "Feedback rating": "Appréciation", "Thumbs up": "Pouce levé", "Thumbs down": "Pouce baissé",
      "Very dissatisfied": "Très mécontent", Dissatisfied: "Mécontent", Neutral: "Neutre", Satisfied: "Satisfait",
      "Very satisfied": "Très satisfait",
    }],
    [id("stFeedback"), /^Rating (\d)$/, "Note $1"],
    [id("stPagination"), { Pagination: "Pages", "Previous page": "Page précédente", "Next page": "Page suivante" }],
    [id("stChatInput"), { "Send message": "Envoyer", "Stop script": "Arrêter" }],
    [id("stFileUploader"), {
      Upload: "Choisir un fichier", "Upload directories": "Choisir des dossiers", "Add files": "Ajouter des fichiers",
      "Drag and drop a file here": "Déposez un fichier ici", "Drag and drop files here": "Déposez des fichiers ici",
      "file upload": "Choisir un fichier", "Network Error": "Le réseau ne répond pas.",
    }],
    [id("stFileUploader"), /^([\d.]+)([KMG]?)B per file(.*)$/s, (_, number, letter, kinds) => `${size(number, letter)} par fichier${kinds}`],
    [id("stFileUploader"), /^File must be ([\d.]+)([KMG]?)B or smaller\.$/, (_, number, letter) => `${size(number, letter)} au plus par fichier.`],
    [id("stFileUploader"), /^(.*) files are not allowed\.$/s, "Ce genre de fichier n’est pas accepté ($1)."],
    [id("stFileChip"), /^(.*, )?([\d.]+)([KMG]?)B$/s, (_, file, number, letter) => `${file ?? ""}${size(number, letter)}`],
    [id("stFileChipDeleteBtn"), /^Remove (.*)$/s, "Retirer $1"],
    // Tables and charts
    [id("stElementToolbar", "stTooltipContent", "stCode", "stFullScreenFrame", "stJson"), {
      Fullscreen: "Plein écran", "Close fullscreen": "Quitter le plein écran", Search: "Chercher",
      "Download as CSV": "Télécharger en CSV", "Show/hide columns": "Colonnes visibles", "Add row": "Ajouter une ligne",
      "Delete row(s)": "Supprimer les lignes", "Clear selection": "Effacer le choix", "Show data": "Voir les données",
      "Show chart": "Voir le graphique", "Download as PNG": "Télécharger l’image",
      "Copy Vega-Lite spec": "Copier la définition", "Copy to clipboard": "Copier", "Copied!": "Copié", Copied: "Copié",
    }],
    [`${id("stDataFrameResizable")} :is(label, button, .gdg-search-status)`, {
      "Type to search": "Chercher dans le tableau", "Previous Result": "Résultat précédent", "Next Result": "Résultat suivant",
      "Close Search": "Fermer la recherche",
    }],
    ["#gdg-search-status, .gdg-search-status", /^(?:(\d+) of )?(over )?(\d+) results?$/, (_, rank, over, n) =>
      `${rank ? `${rank} sur ` : ""}${over ? "plus de " : ""}${n} résultat${n > 1 ? "s" : ""}`],
    [`${id("stDataFrameColumnMenu")} [role="menuitem"], ${id("stDataFrameColumnMenu")} button, ${id("stDataFrameColumnMenu")}, ${id("stDataFrameColumnFormattingMenu")} [role="menuitem"]`, {
      "Dataframe column menu": "Menu de la colonne", "Copy column name": "Copier le nom", Statistics: "Statistiques",
      "Sort ascending": "Tri croissant", "Sort descending": "Tri décroissant", Format: "Format", Autosize: "Ajuster la largeur",
      "Pin column": "Figer", "Unpin column": "Libérer", "Hide column": "Masquer", Automatic: "Automatique",
      Localized: "Usage local", Plain: "Sans mise en forme", Compact: "Abrégé", Dollar: "Dollar", Euro: "Euro", Yen: "Yen",
      Percent: "Pourcentage", Scientific: "Scientifique", Accounting: "Comptable", Distance: "Il y a…", Calendar: "Calendrier",
    }],
    [id("stDataFrameColumnVisibilityMenu"), { "Select all": "Toutes", Search: "Chercher" }],
    [id("stVegaLiteChart"), {
      "Vega visualization": "Graphique", visualization: "graphique", axis: "axe", legend: "légende", title: "titre",
      "group mark container": "groupe", "rect mark container": "barres", "line mark container": "lignes",
      "symbol mark container": "points", "rule mark container": "traits", "text mark container": "textes",
      "area mark container": "aires", bar: "barre", point: "point", "line mark": "ligne", "rule mark": "trait",
      "area mark": "aire", "text mark": "texte", "group mark": "groupe", circle: "point", tick: "trait",
    }],
    // The small line of a tile: shares, each said as one; the tile says between which they lie.
    [id("stMetric"), { "Vega visualization": "Courbe", "line mark container": "lignes", "symbol mark container": "points",
      "rule mark container": "traits", "line mark": "ligne", point: "point", "rule mark": "trait", circle: "point" }],
    [`${id("stMetric")} [aria-label]`, /^x: \d+; y: (?:0|1|0?\.\d+)$/, (label) => `${Math.round(100 * label.split("y: ")[1])}\u202f%`],
    [`${id("stVegaLiteChart")} [aria-roledescription]`, /^([XY])-axis(?: titled '(.*)')? for a (\w+) scale with (.*)$/s, (_, axis, title, scale, rest) =>
      `Axe ${axis}${title ? ` «\u202f${title}\u202f»` : ""}, échelle ${SCALES[scale] ?? scale}\u00a0: ${extent(rest)}`],
    // What is only spoken: a live region at the end of the page, outside every element.
    ["body > div", /^(\d+) options? available\.$/, (_, n) => `${n} choix.`],
    ["body > div", /^Selected Date: (.*)$/s, (_, date) => `Date choisie\u00a0: ${day(date)}`],
    ["body > div", /^Selected Range: (.*) to (.*)$/s, (_, from, to) => `Période choisie\u00a0: du ${day(from)} au ${day(to)}`],
  ];

  /** French spacing of a sentence of ours: no line may break before its punctuation. */
  const spaced = (sentence) =>
    sentence.replaceAll(" :", "\u00a0:").replace(/ ([?!;»])/g, "\u202f$1").replaceAll("« ", "«\u202f");

  const words = new Map();
  const patterns = [];
  for (const [where, what, replacement] of ENTRIES) {
    if (what instanceof RegExp)
      patterns.push([where, what, typeof replacement === "string" ? spaced(replacement) : replacement]);
    else
      for (const [english, french] of Object.entries(what))
        words.set(english, [...(words.get(english) ?? []), [where, spaced(french)]]);
  }

  /** The French of `text` where `element` stands, or null when it is not Streamlit's to say. */
  const french = (text, element) => {
    for (const [where, translation] of words.get(text) ?? []) if (element.closest(where)) return translation;
    for (const [where, pattern, replacement] of patterns)
      if (pattern.test(text) && element.closest(where)) return text.replace(pattern, replacement);
    return null;
  };

  // Author's words stand in Markdown, cells and file names, inside Streamlit's own containers too. A
  // few of Streamlit's own words are Markdown as well: a toolbar's tooltip, the uploader's button.
  const AUTHORED = `${id("stFileChipName", "stText")}, pre, [role="gridcell"]`;
  const MARKDOWN = `${id("stMarkdownContainer")}, textarea`;
  const OWN = id("stTooltipContent", "stFileUploaderDropzone", "stHeaderActionElements");
  const isAuthored = (element) =>
    element.closest(AUTHORED) !== null || (element.closest(MARKDOWN) !== null && element.closest(OWN) === null);

  const translateText = (node) => {
    const text = node.data.trim();
    const element = node.parentElement;
    if (!text || text.length > 300 || !element || isAuthored(element)) return;
    const translation = french(text, element);
    if (translation !== null && translation !== text) node.data = node.data.replace(text, () => translation);
  };

  const ATTRIBUTES = ["aria-label", "title", "placeholder", "alt", "aria-valuetext", "aria-roledescription"];
  const translateAttribute = (element, name) => {
    const text = element.getAttribute(name);
    if (!text || isAuthored(element)) return;
    const translation = french(text, element);
    if (translation !== null && translation !== text) element.setAttribute(name, translation);
  };

  const translateTree = (root) => {
    if (root.nodeType === Node.TEXT_NODE) return translateText(root);
    if (root.nodeType !== Node.ELEMENT_NODE) return;
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
    for (let node = root; node; node = walker.nextNode())
      if (node.nodeType === Node.TEXT_NODE) translateText(node);
      else for (const name of ATTRIBUTES) if (node.hasAttribute(name)) translateAttribute(node, name);
  };

  new MutationObserver((mutations) => {
    for (const { type, target, addedNodes, attributeName } of mutations)
      if (type === "characterData") translateText(target);
      else if (type === "attributes") translateAttribute(target, attributeName);
      else addedNodes.forEach(translateTree);
  }).observe(document.documentElement, {
    subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ATTRIBUTES,
  });

  // A refused reconnection looks like a broken network to Streamlit. Ask why, and offer the way back;
  // the editor has kept the text in this browser.
  const PATIENCE = 3000;
  let asking = null;
  const askWhy = async () => {
    const health = await fetch(`${base}/_stcore/health`, { cache: "no-store" }).catch(() => null);
    if (health?.status === 401) showSessionEnded();
  };
  const showSessionEnded = () => {
    if (document.getElementById("session-terminee")) return;
    const { backgroundColor, color } = getComputedStyle(document.querySelector(id("stApp")) ?? document.body);
    const notice = Object.assign(document.createElement("dialog"), { id: "session-terminee" });
    notice.setAttribute("aria-labelledby", "session-terminee-titre");
    const style = Object.assign(document.createElement("style"), {
      textContent: `
        #session-terminee { max-width: 28rem; padding: 1.5rem; border: 1px solid #8888; border-radius: .75rem;
          background: ${backgroundColor}; color: ${color}; font: 1rem/1.6 "Source Sans", system-ui, sans-serif }
        #session-terminee::backdrop { background: color-mix(in srgb, ${backgroundColor} 85%, ${color}); opacity: .96 }
        #session-terminee h2 { margin: 0 0 .5rem; padding: 0; font-size: 1.25rem; color: inherit }
        #session-terminee a { color: inherit; font-weight: 600 }`,
    });
    const title = Object.assign(document.createElement("h2"), {
      id: "session-terminee-titre", textContent: "Votre session est terminée",
    });
    const text = Object.assign(document.createElement("p"), {
      textContent: "Reconnectez-vous pour continuer. Le texte en cours est conservé dans ce navigateur.",
    });
    const link = Object.assign(document.createElement("a"), {
      href: `/connexion?suite=${encodeURIComponent(location.pathname + location.search)}`,
      textContent: "Se reconnecter",
    });
    notice.append(style, title, text, link);
    // Streamlit's own dialog may be open below: it makes the rest inert, except what says it is above.
    notice.dataset.reactAriaTopLayer = "true";
    document.body.append(notice);
    notice.showModal();
    link.focus();
  };
  addEventListener("DOMContentLoaded", () => {
    new MutationObserver(() => {
      const app = document.querySelector(id("stApp"));
      if (!app) return;
      const connected = app.dataset.testConnectionState === "CONNECTED";
      if (connected && asking) asking = clearInterval(asking) ?? null;
      if (!connected && !asking) asking = setInterval(askWhy, PATIENCE);
    }).observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ["data-test-connection-state"] });
  });
})();
