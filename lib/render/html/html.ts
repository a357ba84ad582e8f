import { sanitize } from "../../terminal/sanitize.ts";

/** HTML that is safe to write, because every foreign text in it is escaped. */
export class Html {
  readonly text: string;

  /** Declares a text as safe HTML. Everything foreign in it must be escaped. */
  constructor(text: string) {
    this.text = text;
  }
}

/** The content of an element. Strings and numbers are escaped. Null, undefined and false are empty. */
export type Content = Html | string | number | null | undefined | false | readonly Content[];

/** The attributes of an element. Those that are true have no value, and the last three are left out. */
export type Attributes = {
  readonly [name: string]: string | number | true | null | undefined | false;
};

/** The elements of HTML without an end tag. */
const VOID_ELEMENTS: ReadonlySet<string> = new Set(["img", "input", "meta"]);

/**
 * Creates an element. Its attributes and its content are escaped, so they can be foreign. Its name and the
 * names of its attributes cannot.
 *
 * @example
 * ```ts
 * import { element } from "./html.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const { text } = element("p", { class: "note", title: '"' }, "1 < 2 ", element("b", {}, "yes"));
 * assertEquals(text, '<p class="note" title="&quot;">1 &lt; 2 <b>yes</b></p>');
 * ```
 */
export function element(name: string, attributes: Attributes, ...content: Content[]): Html {
  let start = `<${name}`;
  for (const attribute in attributes) {
    const value = attributes[attribute];
    if (value === true) start += ` ${attribute}`;
    else if (typeof value === "number") start += ` ${attribute}="${value}"`;
    else if (value) start += ` ${attribute}="${escapeHtml(value)}"`;
  }
  if (VOID_ELEMENTS.has(name)) return new Html(`${start}>`);
  return new Html(`${start}>${textOf(content)}</${name}>`);
}

/** Joins contents to HTML. */
export function fragment(...content: Content[]): Html {
  return new Html(textOf(content));
}

function textOf(content: Content): string {
  if (content instanceof Html) return content.text;
  if (typeof content === "string") return escapeHtml(content);
  if (typeof content === "number") return String(content);
  if (!content) return "";
  let text = "";
  for (const item of content) text += textOf(item);
  return text;
}

const ENTITIES: { readonly [character: string]: string } = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
};

/** Escapes a text for elements and attributes in double quotes, and makes invisible characters visible. */
export function escapeHtml(text: string): string {
  return toVisible(text).replace(/[&<>"]/g, (character) => ENTITIES[character] ?? "");
}

/**
 * Makes invisible characters in finished HTML visible, for example those that Markdown writes as entities.
 */
export function toVisibleHtml(html: string): string {
  return toVisible(html).replace(/<(U\+[0-9A-F]+)>/g, "&lt;$1&gt;");
}

/** Most texts have nothing to make visible. */
const SPECIAL = /[^\t\n -~]/;

function toVisible(text: string): string {
  return SPECIAL.test(text) ? sanitize(text) : text;
}
