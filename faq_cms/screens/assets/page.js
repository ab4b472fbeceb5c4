// What only the browser knows of a screen: where its reader was in it, and that they are leaving it.
(() => {
  "use strict";

  // One gesture is one step of the history. Streamlit takes two to another screen, its query under the
  // present path, then its path, and Back would stop between them, on a list without its filters; it
  // takes three to open a view that sets three filters.
  const ONE_GESTURE = 100; // ms between what it writes at once
  const ARRIVAL = 5000; // ms for the screen that was asked for to come
  const push = history.pushState;
  let step = null; // the last one on the same path: {address, at}
  history.pushState = (state, title, address) => {
    const target = new URL(address, location.href);
    const age = step?.address === location.href ? performance.now() - step.at : Infinity;
    const stays = target.pathname === location.pathname;
    const isSame = stays ? age < ONE_GESTURE : age < ARRIVAL && target.search === location.search;
    if (isSame) history.replaceState(state, title, address);
    else push.call(history, state, title, address);
    step = stays ? { address: location.href, at: performance.now() } : null;
  };

  // Back restores the place: Streamlit draws the screen anew, from its top. A place is the height it was
  // scrolled to and the link that had the focus, kept for this tab by the address of the screen.
  const KEY = "faq-cms.places";
  const PATIENCE = 8000; // ms for the screen to be drawn again as far down
  const KEPT = 50; // addresses: a history longer than that is not walked back
  const main = () => document.querySelector('[data-testid="stMain"]');
  let returning = 0; // of the last Back: an older one gives up

  const places = () => {
    try {
      return new Map(JSON.parse(sessionStorage.getItem(KEY)) ?? []);
    } catch {
      return new Map(); // forbidden, or written by something else
    }
  };
  const keep = (change) => {
    if (returning) return;
    const all = places();
    const place = { ...all.get(location.href), ...change };
    all.delete(location.href);
    all.set(location.href, place);
    try {
      sessionStorage.setItem(KEY, JSON.stringify([...all].slice(-KEPT)));
    } catch {
      /* the place is lost, and nothing else */
    }
  };

  let drawing = 0;
  document.addEventListener("scroll", ({ target }) => {
    if (target !== main()) return;
    cancelAnimationFrame(drawing);
    const address = location.href;
    drawing = requestAnimationFrame(() => address === location.href && keep({ top: target.scrollTop }));
  }, { capture: true, passive: true });
  const touched = ({ target }) => {
    const link = target instanceof Element && target.closest("a[href]");
    if (link && main()?.contains(link)) keep({ link: link.getAttribute("href") });
  };
  document.addEventListener("focusin", touched);
  document.addEventListener("pointerdown", touched);

  const goBackTo = (place) => {
    const turn = (returning = performance.now());
    const stop = new AbortController();
    const end = () => {
      stop.abort();
      if (turn === returning) returning = 0;
    };
    // Whoever scrolls, presses or types meanwhile has chosen another place.
    for (const gesture of ["wheel", "touchstart", "pointerdown", "keydown"])
      addEventListener(gesture, end, { signal: stop.signal, capture: true, passive: true });
    const restore = () => {
      if (stop.signal.aborted || turn !== returning) return;
      const screen = main();
      const link = place.link && [...(screen?.querySelectorAll("a[href]") ?? [])]
        .find((each) => each.getAttribute("href") === place.link);
      const isTall = screen && screen.scrollHeight - screen.clientHeight >= (place.top ?? 0);
      const isLate = performance.now() - turn > PATIENCE;
      if (!isLate && !(isTall && (link || !place.link))) {
        requestAnimationFrame(restore);
        return;
      }
      link?.focus({ preventScroll: true });
      if (isTall) screen.scrollTop = place.top ?? 0;
      setTimeout(end, 0);
    };
    restore();
  };
  addEventListener("popstate", () => {
    const place = places().get(location.href);
    if (place) goBackTo(place);
  });

  // A closed tab says so: colleagues would otherwise read for a minute that its person is still there.
  const base = new URL(".", document.currentScript.src).href;
  addEventListener("pagehide", () => {
    const article = /\/article$/.test(location.pathname) && new URLSearchParams(location.search).get("article");
    if (article) navigator.sendBeacon(`${base}presence/${encodeURIComponent(article)}`);
  });
})();
