/** The name of the placeholder `{}`, which is replaced by the id of the task. */
export const ID_PLACEHOLDER = "";

const PLACEHOLDER = /\{([^{}]*)\}/g;

/**
 * Returns the texts between braces, which can be the names of fields.
 *
 * @example
 * ```ts
 * import { placeholdersOf } from "./prompt_template.ts";
 *
 * console.log(placeholdersOf("Translate {} to {language}")); // Set { "", "language" }
 * ```
 */
export function placeholdersOf(template: string): ReadonlySet<string> {
  return new Set([...template.matchAll(PLACEHOLDER)].map(([, name = ""]) => name));
}

/**
 * Replaces the placeholders that have a value. Other braces stay, and so do those in the values.
 *
 * @example
 * ```ts
 * import { fillTemplate } from "./prompt_template.ts";
 *
 * const values = new Map([["", "a.js"]]);
 * console.log(fillTemplate("Rename {} to {new}", values)); // Rename a.js to {new}
 * ```
 */
export function fillTemplate(template: string, values: ReadonlyMap<string, string>): string {
  return template.replace(PLACEHOLDER, (braces, name: string) => values.get(name) ?? braces);
}
