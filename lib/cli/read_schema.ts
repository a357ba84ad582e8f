import { resolve } from "@std/path";
import { describeReadError } from "../util/file_errors.ts";
import { jsonErrorPosition } from "../util/json_position.ts";
import { shellQuote } from "../util/shell_quote.ts";
import { usageError } from "./usage_error.ts";

/**
 * Reads the value of `--json-schema`, which is JSON or names a file.
 *
 * @returns the schema on one line
 * @throws {CcrunError} `usage` if it cannot be read or is not a JSON object
 */
export async function readSchema(value: string, cwd: string): Promise<string> {
  const isInline = value.trimStart().startsWith("{");
  const name = isInline ? "--json-schema" : `--json-schema ${value}`;
  const text = isInline ? value : await readFile(value, cwd);
  let schema: unknown;
  try {
    schema = JSON.parse(text);
  } catch {
    // The message of the parser quotes the text, which may contain a secret.
    const position = jsonErrorPosition(text);
    const where = position && `: error at line ${position.line}, column ${position.column}`;
    throw usageError(
      `${name} is not JSON${where ?? ""}`,
      isInline
        ? "correct it (single quotes protect it from the shell), or name a file"
        : `see where it is wrong: jq . ${shellQuote(value)}`,
    );
  }
  if (typeof schema !== "object" || schema === null || Array.isArray(schema)) {
    throw usageError(`${name} is not a JSON object`, 'use a schema such as {"type": "object"}');
  }
  return JSON.stringify(schema);
}

async function readFile(path: string, cwd: string): Promise<string> {
  try {
    return await Deno.readTextFile(resolve(cwd, path));
  } catch (error) {
    throw usageError(
      `cannot read --json-schema ${path}: ${describeReadError(error)}`,
      "name another file, or pass the JSON itself as {...}",
    );
  }
}
