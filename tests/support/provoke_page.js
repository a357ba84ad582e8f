/**
 * Sends events to each element of the page that is open, as a user and the browser do, and unfolds everything. It
 * runs in the page, and returns what a page of ccrun must not contain.
 */
(() => {
  const ELEMENTS = new Set([
    ..."html head meta title style body script main header footer section nav article".split(" "),
    ..."h1 h2 h3 h4 h5 h6 p div span b em strong s small a code pre kbd br hr blockquote".split(
      " ",
    ),
    ..."ul ol li dl dt dd table thead tbody tr th td details summary time img output".split(" "),
    ..."svg g rect line text label button input dialog del ins".split(" "),
  ]);
  const EVENTS = ["mouseover", "mouseenter", "focus", "pointerdown", "error", "load"];

  function faultsOf(element) {
    const { localName } = element;
    const faults = ELEMENTS.has(localName) ? [] : [`<${localName}>`];
    for (const { name, value } of element.attributes) {
      if (isForbidden(name, value)) faults.push(`${name}=${value}`);
    }
    const isLinkToWeb = localName === "a" && /^https?:/.test(element.getAttribute("href") ?? "");
    if (isLinkToWeb && !element.relList.contains("noreferrer")) faults.push("a without noreferrer");
    return faults;
  }

  function isForbidden(name, value) {
    if (name === "src") return !/^data:image\/(png|jpeg|gif|webp);base64,[\w+/=]*$/.test(value);
    if (name === "href") return !value.startsWith("#") && !/^https?:\/\//.test(value);
    return /^on|^style$|^srcdoc$|^action$|^formaction$|^srcset$|^target$/.test(name);
  }

  function provoke(element) {
    if (element.localName === "details") element.open = true;
    for (const type of EVENTS) element.dispatchEvent(new Event(type, { bubbles: true }));
    // A click on a link to the web would open it.
    const isLink = element.localName === "a" && element.hasAttribute("href");
    if (isLink && !/^https?:/.test(element.getAttribute("href"))) element.click?.();
  }

  /** Returns the elements that a text has added to the frame of the page, or hidden from it. */
  function frameFaults() {
    return ["script", "style", "main", "footer", "title"].flatMap((name) => {
      const { length } = [...document.getElementsByTagName(name)]
        .filter((element) => element.namespaceURI === document.documentElement.namespaceURI);
      return length === 1 ? [] : [`${length} <${name}>`];
    });
  }

  const elements = [...document.querySelectorAll("*")];
  const faults = [...elements.flatMap(faultsOf), ...frameFaults()];
  elements.forEach(provoke);
  return faults;
})();
