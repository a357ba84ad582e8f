(() => {
  "use strict";

  /** More hits are counted, but neither marked nor unfolded. */
  const MAX_MARKS = 1_000;
  const MAX_UNFOLDED = 50;
  const SEARCH_DELAY_MS = 120;

  const root = document.documentElement;
  const search = document.getElementById("search");
  const count = document.getElementById("count");
  const conversation = document.getElementById("conversation");
  const noHits = document.getElementById("no-hits");
  const help = document.getElementById("help");
  const problemsOnly = document.getElementById("problems");
  const filters = [...document.querySelectorAll("button[data-kind]")];
  const turns = [...document.querySelectorAll("section.turn")];
  const steps = [...document.querySelectorAll(".step")];
  const problems = steps.filter((step) => step.matches(".problem"));
  const places = new Map(steps.map((step, index) => [step, index]));

  /** The texts of steps in lower case. They are read at the first search. */
  const texts = new Map();
  /** The folds that a search has opened. */
  let unfolded = [];
  /** The steps that are searched for, without those that only contain them. */
  let hits = [];
  let current = null;
  let searchTimer = 0;

  function isPressed(button) {
    return button.getAttribute("aria-pressed") === "true";
  }

  function press(button, pressed) {
    button.setAttribute("aria-pressed", String(pressed));
  }

  function textOf(step) {
    if (!texts.has(step)) texts.set(step, step.textContent.toLowerCase());
    return texts.get(step);
  }

  /** Returns the closed folds around an element. */
  function foldsAround(element) {
    const folds = [];
    for (let at = element; at; at = at.parentElement) {
      if (at.localName === "details" && !at.open) folds.push(at);
    }
    return folds;
  }

  function reveal(element) {
    for (const fold of foldsAround(element)) fold.open = true;
  }

  /** Returns whether a filter hides a step, whether or not the step is folded. */
  function isHidden(step) {
    for (let at = step; at; at = at.parentElement.closest(".step, section.turn")) {
      if (getComputedStyle(at).display === "none") return true;
    }
    return false;
  }

  function goTo(step) {
    current?.classList.remove("current");
    current = step;
    step.classList.add("current");
    reveal(step.parentElement);
    step.tabIndex = -1;
    step.focus({ preventScroll: true });
    step.scrollIntoView({ block: step.offsetHeight > innerHeight / 2 ? "start" : "center" });
  }

  /** Goes to the nearest step after the current one, or before it. */
  function move(list, isForward, isAllowed) {
    const place = places.get(current) ?? (isForward ? -1 : Infinity);
    const step = isForward
      ? list.find((step) => places.get(step) > place && isAllowed(step))
      : list.findLast((step) => places.get(step) < place && isAllowed(step));
    if (step) goTo(step);
  }

  /** Shows the steps that the search and the filters ask for. */
  function update() {
    const words = search.value.trim().toLowerCase();
    const hidden = filters.filter((button) => !isPressed(button))
      .map((button) => `.step.${button.dataset.kind}`).join();
    const isWanted = (step) =>
      !(hidden && step.closest(hidden)) && textOf(step).includes(words) &&
      (!isPressed(problemsOnly) || step.matches(".problem") || step.querySelector(".step.problem"));
    const isFiltered = words !== "" || isPressed(problemsOnly);
    for (const button of filters) {
      root.classList.toggle(`hide-${button.dataset.kind}`, !isPressed(button));
    }
    const matched = new Set(isFiltered ? steps.filter(isWanted) : steps);
    const containing = new Set();
    for (const step of matched) containing.add(step.parentElement.closest(".step, section.turn"));
    for (const step of steps) step.classList.toggle("unmatched", !matched.has(step));
    for (const turn of turns) {
      turn.classList.toggle("unmatched", isFiltered && !containing.has(turn));
    }
    hits = isFiltered ? [...matched].filter((step) => !containing.has(step)) : [];
    count.value = isFiltered ? describe(hits.length) : "";
    noHits.hidden = !isFiltered || hits.length > 0;
    if (isFiltered) conversation.scrollIntoView();
    mark(words);
  }

  function describe(hitCount) {
    if (hitCount === 0) return "no hits";
    return hitCount === 1 ? "1 hit" : `${hitCount.toLocaleString("en-US")} hits`;
  }

  /** Marks the words in the shown steps, and unfolds the first of them. */
  function mark(words) {
    for (const fold of unfolded) fold.open = false;
    unfolded = [];
    const ranges = words === "" ? [] : rangesOf(words);
    for (const { startContainer } of ranges.slice(0, MAX_UNFOLDED)) {
      const folds = foldsAround(startContainer.parentElement);
      for (const fold of folds) fold.open = true;
      unfolded.push(...folds);
    }
    if (globalThis.Highlight) CSS.highlights.set("search", new Highlight(...ranges));
  }

  function rangesOf(words) {
    const ranges = [];
    for (const step of steps) {
      if (step.matches(".unmatched") || step.parentElement.closest(".step")) continue;
      const walker = document.createTreeWalker(step, NodeFilter.SHOW_TEXT);
      while (walker.nextNode() && ranges.length < MAX_MARKS) {
        const node = walker.currentNode;
        const text = node.data.toLowerCase();
        for (let at = text.indexOf(words); at >= 0; at = text.indexOf(words, at + words.length)) {
          const range = new Range();
          range.setStart(node, Math.min(at, node.length));
          range.setEnd(node, Math.min(at + words.length, node.length));
          ranges.push(range);
        }
      }
    }
    return ranges;
  }

  /** Shows all steps, with the hit that was gone to in its place among them. */
  function clear() {
    const hit = hits.includes(current) ? current : undefined;
    search.value = "";
    press(problemsOnly, false);
    for (const button of filters) press(button, true);
    update();
    if (hit) goTo(hit);
  }

  /** Goes to the step that a link or the address of the page names. */
  function follow(hash) {
    const target = document.getElementById(hash.slice(1));
    if (!target?.closest("section.turn")) return;
    if (isHidden(target)) clear();
    if (target.matches(".step")) goTo(target);
  }

  function switchTheme() {
    const { colorScheme } = getComputedStyle(root);
    const isDark = colorScheme === "dark" ||
      colorScheme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = isDark ? "light" : "dark";
  }

  function toggleFold() {
    const fold = current?.querySelector("details");
    if (fold) fold.open = !fold.open;
  }

  function toggleFolds() {
    const folds = [...document.querySelectorAll(".conversation details")];
    const isFolded = folds.some((fold) => !fold.open);
    for (const fold of folds) fold.open = isFolded;
  }

  const isVisible = (step) => step.checkVisibility();
  const isShown = (step) => !isHidden(step);

  const KEYS = {
    "/": () => search.focus(),
    "?": () => help.showModal(),
    j: () => move(steps, true, isVisible),
    k: () => move(steps, false, isVisible),
    n: () => move(problems, true, isShown),
    p: () => move(problems, false, isShown),
    o: toggleFold,
    e: toggleFolds,
    t: switchTheme,
    Escape: clear,
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || help.open) return;
    if (event.target === search) return;
    const action = Object.hasOwn(KEYS, event.key) ? KEYS[event.key] : undefined;
    if (!action) return;
    event.preventDefault();
    action();
  });

  search.addEventListener("keydown", (event) => {
    if (event.key === "Enter") move(hits, !event.shiftKey, isShown);
    if (event.key === "Enter") search.focus({ preventScroll: true });
    if (event.key !== "Escape") return;
    event.preventDefault();
    clear();
    search.blur();
  });

  search.addEventListener("input", () => {
    clearTimeout(searchTimer);
    searchTimer = setTimeout(update, SEARCH_DELAY_MS);
  });

  for (const button of [...filters, problemsOnly]) {
    button.addEventListener("click", () => {
      press(button, !isPressed(button));
      update();
    });
  }

  document.getElementById("theme").addEventListener("click", switchTheme);
  document.getElementById("keys").addEventListener("click", () => help.showModal());
  document.getElementById("show-all").addEventListener("click", clear);
  document.getElementById("close").addEventListener("click", () => help.close());

  document.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#"]');
    if (link) follow(link.getAttribute("href"));
  });
  addEventListener("hashchange", () => follow(location.hash));

  document.getElementById("toolbar").hidden = false;
  root.classList.add("scripted");
  follow(location.hash);
})();
