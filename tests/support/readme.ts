/**
 * Reads the README and the help topics, for tests that try what they say.
 *
 * @module
 */

import { REPOSITORY } from "./paths.ts";

/** The documents of users: path from the root of the repository. */
export const DOCUMENTS: readonly string[] = [
  "README.md",
  ...Array.from(Deno.readDirSync(`${REPOSITORY}/lib/cli/help`), ({ name }) => name)
    .filter((name) => name.endsWith(".md"))
    .toSorted()
    .map((name) => `lib/cli/help/${name}`),
];

/** Returns the text of a document. */
export function readDocument(path: string): string {
  return Deno.readTextFileSync(`${REPOSITORY}/${path}`);
}

/**
 * Returns the section below a heading such as `## GitLab CI`, up to the next heading of its level or
 * a higher one. Returns undefined if the document has no such heading.
 */
export function documentSection(path: string, heading: string): string | undefined {
  const text = `\n${readDocument(path)}`;
  const start = text.indexOf(`\n${heading}\n`);
  if (start === -1) return undefined;
  const rest = text.slice(start + heading.length + 2);
  const level = heading.indexOf(" ");
  // Comments in fenced code look like headings.
  let isFenced = false;
  const lines: string[] = [];
  for (const line of rest.split("\n")) {
    if (line.startsWith("```")) isFenced = !isFenced;
    if (!isFenced && new RegExp(`^#{1,${level}} `).test(line)) break;
    lines.push(line);
  }
  return lines.join("\n");
}

/** Returns the fenced blocks of a language. */
export function fences(markdown: string, language: string): readonly string[] {
  const blocks = markdown.matchAll(/^```(\S*)\n([\s\S]*?)^```$/gm);
  return [...blocks].filter(([, name]) => name === language).map(([, , block = ""]) => block);
}

/** Returns the cells of each table, without its header. */
export function markdownTables(markdown: string): readonly string[][][] {
  const tables = markdown.matchAll(/(?:^\|.*\|\n)+/gm);
  return [...tables].map(([table]) =>
    table.trim().split("\n").slice(2).map((row) =>
      row.split("|").slice(1, -1).map((cell) => cell.trim())
    )
  );
}
