import { element, type Html } from "./html.ts";
import type { PageContext } from "./page_context.ts";
import { shorten } from "./shorten.ts";

/** Returns a text with its white space, for example code or the output of a tool. */
export function preformatted(text: string, { textLimit }: PageContext): Html {
  const { head, missing, tail } = shorten(text, textLimit);
  return element("pre", {}, head, missingNote(missing), tail);
}

/** Returns a text of a person or a program, in the font of the page. */
export function plainText(text: string, { textLimit }: PageContext): Html {
  const { head, missing, tail } = shorten(text, textLimit);
  return element("div", { class: "plain" }, head, missingNote(missing), tail);
}

/** Returns what a shortened text shows in place of its middle. */
export function missingNote(missing: string): Html | false {
  return missing !== "" && element("span", { class: "missing" }, `${missing} are not shown`);
}

/** Returns a text that is marked as the answer to a prompt. */
export function renderAnswer(text: Html): Html {
  return element("div", { class: "answer" }, element("b", { class: "who" }, "Answer"), text);
}
