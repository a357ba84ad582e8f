/**
 * Finds faults in the layout of the page that is open. It runs in the page, and returns the faults in words.
 */
(() => {
  /** Differences below this are rounding, in CSS pixels. */
  const TOLERANCE = 2;
  const MAX_FAULTS = 20;
  /** What WCAG 2 requires of text, and of large text. */
  const MIN_CONTRAST = 4.5;
  const MIN_CONTRAST_LARGE = 3;

  const view = document.documentElement;

  function nameOf(element) {
    const path = [];
    for (let at = element; at !== null && at !== view && path.length < 4; at = at.parentElement) {
      path.unshift(at.localName + [...at.classList].map((name) => `.${name}`).join(""));
    }
    return path.join(" > ");
  }

  const isVisible = (element) =>
    element.checkVisibility({ opacityProperty: true, visibilityProperty: true });

  /** Returns the boxes of each visible text, as far as its ancestors do not hide them. */
  function visibleTexts() {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const texts = [];
    while (walker.nextNode()) {
      const node = walker.currentNode;
      const element = node.parentElement;
      if (node.data.trim() === "" || !isVisible(element)) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      const area = visibleArea(element);
      const boxes = [...range.getClientRects()].map((box) => intersection(box, area))
        .filter(({ left, top, right, bottom }) => right - left > 1 && bottom - top > 1);
      if (boxes.length > 0) {
        texts.push({ element, node, text: node.data.trim().slice(0, 40), boxes });
      }
    }
    return texts;
  }

  /** Returns the area in which the content of an element is visible. */
  function visibleArea(element) {
    let area = { left: -Infinity, top: -Infinity, right: Infinity, bottom: Infinity };
    for (let at = element; at !== view && at !== document.body; at = at.parentElement) {
      const { overflowX, overflowY, position } = getComputedStyle(at);
      const { left, top, right, bottom } = at.getBoundingClientRect();
      if (overflowX !== "visible") area = intersection(area, { ...area, left, right });
      if (overflowY !== "visible") area = intersection(area, { ...area, top, bottom });
      if (position === "fixed") break;
    }
    return area;
  }

  function intersection(one, other) {
    return {
      left: Math.max(one.left, other.left),
      top: Math.max(one.top, other.top),
      right: Math.min(one.right, other.right),
      bottom: Math.min(one.bottom, other.bottom),
    };
  }

  // Otherwise only what is near the window has a layout.
  for (const element of document.querySelectorAll("*")) {
    if (getComputedStyle(element).contentVisibility === "auto") {
      element.style.contentVisibility = "visible";
    }
  }
  const texts = visibleTexts();

  function overflowFaults() {
    const { scrollWidth, clientWidth } = view;
    const page = scrollWidth > clientWidth + TOLERANCE
      ? [`the page is ${scrollWidth}px wide in a window of ${clientWidth}px`]
      : [];
    const wide = texts.filter(({ boxes }) =>
      boxes.some(({ left, right }) => left < -TOLERANCE || right > clientWidth + TOLERANCE)
    );
    return [
      ...page,
      ...wide.map(({ element, text }) => `outside the window: "${text}" in ${nameOf(element)}`),
    ];
  }

  /** Texts in layers of their own, such as a head that stays on top, cover others. */
  function isLayer(element) {
    for (let at = element; at !== null; at = at.parentElement) {
      if (["fixed", "sticky"].includes(getComputedStyle(at).position)) return true;
    }
    return false;
  }

  function overlapFaults() {
    const boxes = texts.filter(({ element }) => !isLayer(element))
      .flatMap(({ boxes, ...text }) => boxes.map((box) => ({ ...text, ...box })))
      .sort((one, other) => one.top - other.top);
    const faults = [];
    for (const [at, one] of boxes.entries()) {
      for (let next = at + 1; next < boxes.length; next++) {
        const other = boxes[next];
        if (other.top > one.bottom - TOLERANCE) break;
        // The line of a text that is cut off, and its ellipsis.
        if (other.node === one.node) continue;
        const width = Math.min(one.right, other.right) - Math.max(one.left, other.left);
        const height = Math.min(one.bottom, other.bottom) - other.top;
        const lineHeight = Math.min(one.bottom - one.top, other.bottom - other.top);
        // The boxes of lines that are set solid overlap, but not their glyphs.
        if (width > TOLERANCE && height > lineHeight / 3) {
          faults.push(
            `overlap: "${one.text}" in ${nameOf(one.element)} and "${other.text}" in ` +
              nameOf(other.element),
          );
        }
      }
    }
    return faults;
  }

  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const colors = new Map();

  /** Returns red, green, blue and alpha of a CSS color, each from 0 to 1. */
  function parsed(color) {
    if (!colors.has(color)) {
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = color;
      canvas.fillRect(0, 0, 1, 1);
      colors.set(color, [...canvas.getImageData(0, 0, 1, 1).data].map((part) => part / 255));
    }
    return colors.get(color);
  }

  const over = ([r, g, b, alpha], below) =>
    [r, g, b].map((part, at) => part * alpha + below[at] * (1 - alpha));

  /** Returns the color behind an element. A page that sets none is white. */
  function backgroundOf(element) {
    const layers = [];
    for (let at = element; at !== null; at = at.parentElement) {
      layers.push(parsed(getComputedStyle(at).backgroundColor));
      if (layers.at(-1)[3] === 1) break;
    }
    return layers.reduceRight((below, layer) => over(layer, below), [1, 1, 1]);
  }

  function opacityOf(element) {
    let opacity = 1;
    for (let at = element; at !== null; at = at.parentElement) {
      opacity *= Number(getComputedStyle(at).opacity);
    }
    return opacity;
  }

  function luminance(color) {
    const [r, g, b] = color.map((part) =>
      part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
    );
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  }

  function contrastFaults() {
    return texts.flatMap(({ element, text }) => {
      const style = getComputedStyle(element);
      const background = backgroundOf(element);
      const [r, g, b, alpha] = parsed(element.closest("svg") === null ? style.color : style.fill);
      const color = over([r, g, b, alpha * opacityOf(element)], background);
      const [dark, light] = [luminance(color), luminance(background)].sort((a, z) => a - z);
      const contrast = (light + 0.05) / (dark + 0.05);
      const size = parseFloat(style.fontSize);
      const isLarge = size >= 24 || size >= 18.66 && Number(style.fontWeight) >= 700;
      return contrast < (isLarge ? MIN_CONTRAST_LARGE : MIN_CONTRAST)
        ? [`contrast ${contrast.toFixed(2)}: "${text}" in ${nameOf(element)}`]
        : [];
    });
  }

  /** Returns the shapes of drawings that are outside their drawing. */
  function drawingFaults() {
    return [...document.querySelectorAll("svg")].flatMap((svg) => {
      const outer = svg.getBoundingClientRect();
      return [...svg.querySelectorAll("rect, text, line, path, circle")].filter((shape) => {
        const box = shape.getBoundingClientRect();
        return box.width > 0 && box.height > 0 &&
          (box.left < outer.left - TOLERANCE || box.right > outer.right + TOLERANCE ||
            box.top < outer.top - TOLERANCE || box.bottom > outer.bottom + TOLERANCE);
      }).map((shape) => `outside its drawing: ${nameOf(shape)}`);
    });
  }

  const faults = [overflowFaults(), overlapFaults(), contrastFaults(), drawingFaults()];
  return faults.flatMap((some) => [...new Set(some)].slice(0, MAX_FAULTS));
})();
