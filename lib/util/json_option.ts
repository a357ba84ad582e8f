import { resolve } from "@std/path/resolve";
import { CcrunError } from "../errors.ts";
import { readInputFile } from "./bounded_file.ts";
import { describeReadError } from "./file_errors.ts";
import { isInlineJson, isJsonObject, type JsonObject } from "./json.ts";
import { jsonErrorPosition } from "./json_position.ts";
import type { PrivateFiles } from "./private_files.ts";
import { shellQuotePath } from "./shell_quote.ts";

/** The largest JSON that is read. The values in it take many times its size in memory. */
const MAX_JSON_BYTES = 1024 * 1024;

/** The value of an option that is JSON, or names a file with JSON. */
export interface JsonOption {
  /** The option or variable, for messages. */
  readonly source: string;
  readonly value: string;
  /** The directory that a relative file name starts from. */
  readonly baseDirectory: string;
}

/**
 * Reads the object of a JSON option.
 *
 * @throws {CcrunError} `usage` if there is none
 */
export async function readJsonOption(
  { source, value, baseDirectory }: JsonOption,
): Promise<JsonObject> {
  if (isInlineJson(value)) return parseObject(value, source, value);
  const path = resolve(baseDirectory, value);
  try {
    return parseObject(await readInputFile(path, MAX_JSON_BYTES), `${source} ${path}`, path);
  } catch (error) {
    if (error instanceof CcrunError) throw error;
    if (looksLikeJson(value)) throw notAnObject(source);
    throw new CcrunError(
      "usage",
      `cannot read ${source} ${path}: ${describeReadError(error)}`,
      "name another file, or pass the JSON itself: {...}",
    );
  }
}

/**
 * Returns a file with the JSON of an option. Inline JSON must not show in `ps`, and a pipe can be
 * read only once, so both are written to a private file.
 *
 * @throws {CcrunError} `usage` if the JSON is not an object
 */
export async function jsonOptionFile(
  option: JsonOption,
  name: string,
  files: PrivateFiles,
): Promise<string> {
  const content = await readJsonOption(option);
  const path = isInlineJson(option.value) ? undefined : resolve(option.baseDirectory, option.value);
  if (path !== undefined && (await Deno.stat(path)).isFile) return path;
  return files.write(name, JSON.stringify(content));
}

/** Returns whether a value that is no file was meant as JSON. A message must not quote the secrets in it. */
function looksLikeJson(value: string): boolean {
  return /^[\s\ufeff]*["'[{]|\n/.test(value);
}

function parseObject(text: string, what: string, value: string): JsonObject {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    // The message of the parser quotes the text, which may contain a secret.
    const position = jsonErrorPosition(text);
    const where = position && `: error at line ${position.line}, column ${position.column}`;
    throw new CcrunError("usage", `${what} is not JSON${where ?? ""}`, jsonHint(value));
  }
  if (isJsonObject(parsed)) return parsed;
  throw notAnObject(what);
}

function notAnObject(what: string): CcrunError {
  return new CcrunError("usage", `${what} is not a JSON object`, "pass an object: {...}");
}

/** Returns how to correct a value that is not JSON, or the file that it names. */
function jsonHint(value: string): string {
  return isInlineJson(value)
    ? "correct it (single quotes protect it from the shell), or name a file"
    : `see where it is wrong: jq . ${shellQuotePath(value)}`;
}
