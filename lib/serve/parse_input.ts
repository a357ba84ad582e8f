import { parseDuration } from "../util/duration.ts";
import { isJsonObject, type JsonObject } from "../util/json.ts";
import { TRUNCATION_MARK } from "../util/lines.ts";
import { isName } from "../util/plausible.ts";
import type { ServeInput } from "./messages.ts";

/** The longest id of a request, and the longest name of a conversation, in characters. */
export const MAX_NAME_LENGTH = 200;

/** A line of the input, or what is wrong with it. */
export type ParsedInput =
  | { readonly input: ServeInput }
  | {
    readonly problem: string;
    readonly hint?: string | undefined;
    /** The id of the request, if it is valid. */
    readonly id?: string | undefined;
    /** The conversation, if its name is valid. */
    readonly session?: string | undefined;
  };

/** Returns what a value must be, unless it is that. */
type Check = (value: unknown) => string | undefined;

/** The fields of each kind of line, by the field that identifies it. */
const KINDS: { readonly [identifying: string]: { readonly [field: string]: Check } } = {
  cancel: { cancel: checkName },
  close: { close: checkName },
  stats: { stats: (value) => value === true ? undefined : "true" },
  id: {
    id: checkName,
    session: checkName,
    prompt: checkPrompt,
    model: (value) => isName(value) ? undefined : "the name of a model",
    permission_mode: (value) => isName(value) ? undefined : "the name of a permission mode",
    timeout: (value) =>
      typeof value === "string" && parseDuration(value) !== undefined
        ? undefined
        : "a duration such as 90s, 10m, or 1h30m",
    cwd: checkPath,
    fork: (value) => typeof value === "boolean" ? undefined : "true or false",
    images: checkImages,
  },
};

const KINDS_HINT =
  `use {"id":"1","prompt":"..."}, {"cancel":"1"}, {"close":"NAME"}, or {"stats":true}`;

/**
 * Parses a line of the input. A problem names the field, and quotes nothing else of the line.
 *
 * @example
 * ```ts
 * import { parseInput } from "./parse_input.ts";
 *
 * console.log(parseInput('{"id":"r1","prompt":"hello"}')); // { input: { id: "r1", prompt: "hello" } }
 * console.log(parseInput('{"id":"r1"}')); // { problem: "prompt is missing", hint: ..., id: "r1" }
 * ```
 */
export function parseInput(line: string): ParsedInput {
  if (line.endsWith(TRUNCATION_MARK)) return { problem: "the line is too long" };
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    return {
      problem: "the line is not JSON",
      hint: "write each request on one line",
      id: undefined,
    };
  }
  if (!isJsonObject(json)) {
    return { problem: "the line is not a JSON object", hint: KINDS_HINT };
  }
  const problem = findProblem(json);
  if (problem !== undefined) {
    return { problem, hint: KINDS_HINT, id: nameIn(json, "id"), session: nameIn(json, "session") };
  }
  return { input: json as unknown as ServeInput };
}

function nameIn(json: JsonObject, field: string): string | undefined {
  const name = json[field];
  return checkName(name) === undefined ? name as string : undefined;
}

/** Returns what is wrong with the fields of a line. */
function findProblem(json: JsonObject): string | undefined {
  const kind = Object.keys(KINDS).find((field) => Object.hasOwn(json, field));
  if (kind === undefined) return "id is missing";
  const checks = KINDS[kind] ?? {};
  for (const [field, value] of Object.entries(json)) {
    if (!Object.hasOwn(checks, field)) return unknownFieldProblem(field, kind);
    const expected = checks[field]?.(value);
    if (expected !== undefined) return `${field} must be ${expected}`;
  }
  return kind === "id" && !Object.hasOwn(json, "prompt") ? "prompt is missing" : undefined;
}

/** Names a field only if it is a word, because it may be a part of a prompt. */
function unknownFieldProblem(field: string, kind: string): string {
  const name = /^[a-z_]{1,40}$/i.test(field) ? `the field ${field}` : "a field";
  return kind === "id" ? `${name} is unknown` : `${name} cannot be combined with ${kind}`;
}

/** The names are shown in logs, and compared. */
function checkName(value: unknown): string | undefined {
  const isValid = typeof value === "string" && value.length <= MAX_NAME_LENGTH &&
    /^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]+$/u.test(value);
  return isValid ? undefined : `a text of 1 to ${MAX_NAME_LENGTH} printable characters`;
}

function checkPrompt(value: unknown): string | undefined {
  const isValid = typeof value === "string" && value.trim() !== "";
  return isValid ? undefined : "a text that is not empty";
}

function checkPath(value: unknown): string | undefined {
  const isValid = typeof value === "string" && value !== "" && value.length <= 4096 &&
    !value.includes("\0");
  return isValid ? undefined : "the path of a directory";
}

/** The session checks what the images contain. */
function checkImages(value: unknown): string | undefined {
  const isValid = Array.isArray(value) && value.every(isImage);
  return isValid ? undefined : 'a list of {"media_type":"image/png","data":"BASE64"}';
}

function isImage(value: unknown): boolean {
  return isJsonObject(value) && Object.keys(value).length === 2 &&
    typeof value["media_type"] === "string" && typeof value["data"] === "string";
}
