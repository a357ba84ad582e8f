import type { RunEvent } from "./events.ts";
import { findFormats } from "./redact/find_formats.ts";
import { makeNeedleSearch } from "./redact/find_needles.ts";
import { formsOf } from "./redact/forms_of.ts";
import { secretsOf } from "./redact/secrets_of.ts";

/** What stands in the place of a secret. */
export const REDACTED = "[redacted]";

/** A part of a text: where it begins, and where it ends. */
export type Range = readonly [from: number, to: number];

/** Takes secrets out of what is kept or published. */
export interface Redactor {
  /** The text without secrets; the same string where there are none. */
  text(text: string): string;
  /**
   * The event without secrets, in its values and in the names of foreign fields; the same
   * event where there are none. What says which event it is stays, and so do numbers. The given
   * one is not changed.
   */
  event(event: RunEvent): RunEvent;
  /** A JSON value without secrets, in its values and names; the same value where there are none. */
  json(value: unknown): unknown;
  /** Where the secrets are, in order and apart from each other. */
  find(text: string): Range[];
}

/** What is nested deeper is left out: it could not be written as JSON either. */
const MAX_DEPTH = 1_000;

/** Fields of an event that are of ccrun's own vocabulary. */
const OWN_FIELDS: ReadonlySet<string> = new Set(["type", "seq", "schema", "level", "status"]);

/**
 * Makes a {@linkcode Redactor}, which knows the secrets that an environment holds, in the forms
 * in which they may appear, and the well-known formats of keys, whoever they belong to.
 *
 * @example
 * ```ts
 * import { makeRedactor } from "./redact.ts";
 *
 * const redactor = makeRedactor({ DB_PASSWORD: "correct horse" });
 * console.log(redactor.text("it is correct%20horse")); // it is [redacted]
 * ```
 *
 * @param env the environment; only those variables count whose names look secret
 */
export function makeRedactor(env: { readonly [name: string]: string }): Redactor {
  const forms = new Set(secretsOf(env).flatMap(formsOf));
  const findNeedles = makeNeedleSearch([...forms]);

  function find(text: string): Range[] {
    const found: Range[] = [];
    const add = (from: number, to: number) => {
      const last = found.at(-1);
      // Beginnings never go back, within one search.
      if (last !== undefined && from <= last[1]) {
        if (to > last[1]) found[found.length - 1] = [last[0], to];
      } else found.push([from, to]);
    };
    findNeedles(text, add);
    const known = found.splice(0);
    findFormats(text, (from, to) => found.push([from, to]));
    if (known.length === 0 && found.length <= 1) return found;
    const all = [...known, ...found.splice(0)].sort((a, b) => a[0] - b[0]);
    for (const [from, to] of all) add(from, to);
    return found;
  }

  function redactText(text: string): string {
    const found = find(text);
    if (found.length === 0) return text;
    let redacted = "";
    let at = 0;
    for (const [from, to] of found) {
      redacted += text.slice(at, from) + REDACTED;
      at = to;
    }
    redacted += text.slice(at);
    // What was redacted before is found again, where its place tells that it is a secret.
    return redacted === text ? text : redacted;
  }

  function redactJson(value: unknown, depth: number): unknown {
    if (typeof value === "string") return redactText(value);
    if (typeof value !== "object" || value === null) return value;
    if (depth > MAX_DEPTH) return REDACTED;
    if (Array.isArray(value)) {
      const items = value.map((item) => redactJson(item, depth + 1));
      return items.every((item, at) => item === value[at]) ? value : items;
    }
    return redactFields(value, (key, item) => [redactText(key), redactJson(item, depth + 1)]);
  }

  return {
    find,
    text: redactText,
    json: (value) => redactJson(value, 0),
    event(event) {
      return redactFields(event, (key, item) => {
        const isOwn = OWN_FIELDS.has(key) || (key === "reason" && event.type === "exit");
        if (isOwn) return [key, item];
        if (key === "error" && event.type === "error") {
          return [key, { ...redactJson(item, 1) as object, kind: event.error.kind }];
        }
        return [key, redactJson(item, 1)];
      }) as RunEvent;
    },
  };
}

/** An object with each field passed through a function; the same object when none has changed. */
function redactFields(
  object: object,
  redact: (key: string, item: unknown) => [key: string, item: unknown],
): object {
  const fields = new Map<string, unknown>();
  let isChanged = false;
  for (const [key, item] of Object.entries(object)) {
    const [newKey, newItem] = redact(key, item);
    if (newKey !== key || newItem !== item) isChanged = true;
    let free = newKey;
    for (let n = 2; fields.has(free); n++) free = `${newKey} ${n}`;
    fields.set(free, newItem);
  }
  return isChanged ? Object.fromEntries(fields) : object;
}
