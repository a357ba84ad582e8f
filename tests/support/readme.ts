/**
 * What the README says, for tests that try it.
 *
 * @module
 */

import { REPOSITORY } from "./paths.ts";

/** The text below a heading of the README, such as `### GitLab CI`, up to the next heading of its level or a higher one. */
export function readmeSection(heading: string): string | undefined {
  const text = `\n${Deno.readTextFileSync(`${REPOSITORY}/README.md`)}`;
  const start = text.indexOf(`\n${heading}\n`);
  if (start === -1) return undefined;
  const rest = text.slice(start + heading.length + 2);
  const level = /^#+/.exec(heading)?.[0].length ?? 0;
  // In a fence, too, a line can begin with a hash.
  let isFenced = false;
  const lines: string[] = [];
  for (const line of rest.split("\n")) {
    if (line.startsWith("```")) isFenced = !isFenced;
    if (!isFenced && new RegExp(`^#{1,${level}} `).test(line)) break;
    lines.push(line);
  }
  return lines.join("\n");
}

/** The fenced blocks of a language in a text. */
export function fences(text: string, language: string): readonly string[] {
  const blocks = text.matchAll(/^```(\S*)\n([\s\S]*?)^```$/gm);
  return [...blocks].filter(([, name]) => name === language).map(([, , block = ""]) => block);
}
