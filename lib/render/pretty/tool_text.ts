/** The marks that Claude Code puts around its own errors, for the model. */
const WRAPPED = /^\s*<tool_use_error>([\s\S]*)<\/tool_use_error>\s*$/;

/**
 * What a person is shown of a failed tool's text: the marks for the model are taken off.
 *
 * @example
 * ```ts
 * import { failureText } from "./tool_text.ts";
 *
 * console.log(failureText("<tool_use_error>Unknown skill: x</tool_use_error>")); // Unknown skill: x
 * ```
 */
export function failureText(text: string): string {
  return WRAPPED.exec(text)?.[1] ?? text;
}
