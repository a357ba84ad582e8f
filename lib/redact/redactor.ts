import type { RunEvent } from "../events.ts";
import { findKeys } from "./key_patterns.ts";
import { type Found, makeNeedleSearch } from "./find_needles.ts";
import { formsOf } from "./forms_of.ts";
import { envSecrets } from "./env_secrets.ts";
import { type Range, through, withoutBreaks, withoutInvisible } from "./views.ts";
import { isByItself, isPlainWord } from "./placeholders.ts";
import type { Env } from "../util/env.ts";

export type { Range };

/** What stands in the place of a secret. */
export const REDACTED = "[redacted]";

/** Takes secrets out of what is kept or published. */
export interface Redactor {
  /** The text without secrets; the same string where there are none. */
  text(text: string): string;
  /** The name of a field without secrets. A plain word is none there, whoever has it as a password. */
  name(name: string): string;
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
const OWN_FIELDS: ReadonlySet<string> = new Set([
  "type",
  "seq",
  "schema",
  "level",
  "status",
  "subtype",
]);

/**
 * Makes a {@linkcode Redactor}, which knows the secrets that an environment holds, in the forms
 * in which they may appear, and the well-known formats of keys, whoever they belong to. Colours,
 * invisible characters and the line ends in Base64 do not hide them.
 *
 * A secret that is a plain word, as `hunter`, counts only where it is a word by itself: no part of
 * a longer one, of a path or of a name.
 *
 * @example
 * ```ts
 * import { createRedactor } from "./redactor.ts";
 *
 * const redactor = createRedactor({ DB_PASSWORD: "correct horse" });
 * console.log(redactor.text("it is correct%20horse")); // it is [redacted]
 * ```
 *
 * @param env the environment; only those variables count whose names look secret
 */
export function createRedactor(env: Env): Redactor {
  const secrets = envSecrets(env);
  const words = secrets.filter(isPlainWord);
  const forms = new Set(secrets.flatMap(formsOf));
  for (const word of words) forms.delete(word);
  const findWords = makeNeedleSearch(words);
  const findNeedles = makeNeedleSearch([...forms]);

  /** What is found in a text as it stands. */
  function search(text: string, asName: boolean): Range[] {
    const needles = collect((found) => findNeedles(text, found));
    const formats = collect((found) => findKeys(text, found));
    if (words.length === 0 || asName) return merged([needles, formats]);
    const plain = collect((found) =>
      findWords(text, (from, to) => {
        if (isByItself(text, from, to)) found(from, to);
      })
    );
    return merged([needles, formats, plain]);
  }

  function find(text: string, asName = false): Range[] {
    const found = [search(text, asName)];
    const plain = withoutInvisible(text);
    if (plain !== undefined) found.push(plain.locate(search(plain.text, asName)));
    const inOneLine = withoutBreaks(plain?.text ?? text);
    if (inOneLine !== undefined) {
      const view = plain === undefined ? inOneLine : through(plain, inOneLine);
      // The end of a line does end what has a key's format.
      found.push(view.locate(collect((found) => findNeedles(view.text, found))));
    }
    return merged(found);
  }

  function redact(text: string, asName: boolean): string {
    const found = find(text, asName);
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

  /** The log and the summary are given the same events, one after the other. */
  let lastEvent: { readonly given: RunEvent; readonly redacted: RunEvent } | undefined;

  const redactText = (text: string) => redact(text, false);
  const redactName = (name: string) => redact(name, true);

  function redactJson(value: unknown, depth: number): unknown {
    if (typeof value === "string") return redactText(value);
    if (typeof value !== "object" || value === null) return value;
    if (depth > MAX_DEPTH) return REDACTED;
    if (Array.isArray(value)) {
      const items = value.map((item) => redactJson(item, depth + 1));
      return items.every((item, at) => item === value[at]) ? value : items;
    }
    return redactFields(value, (key, item) => [redactName(key), redactJson(item, depth + 1)]);
  }

  return {
    find: (text) => find(text),
    text: redactText,
    name: redactName,
    json: (value) => redactJson(value, 0),
    event(event) {
      if (event === lastEvent?.given) return lastEvent.redacted;
      const redacted = redactFields(event, (key, item) => {
        const isOwn = OWN_FIELDS.has(key) || (key === "reason" && event.type === "exit");
        if (isOwn) return [key, item];
        if (key === "error" && event.type === "error") {
          return [key, { ...redactJson(item, 1) as object, kind: event.error.kind }];
        }
        return [key, redactJson(item, 1)];
      }) as RunEvent;
      lastEvent = { given: event, redacted };
      return redacted;
    },
  };
}

/** Gathers what a search finds whose beginnings never go back. */
function collect(search: (found: Found) => void): Range[] {
  const found: Range[] = [];
  search((from, to) => addTo(found, from, to));
  return found;
}

function addTo(found: Range[], from: number, to: number): void {
  const last = found.at(-1);
  if (last === undefined || from > last[1]) found.push([from, to]);
  else if (to > last[1]) found[found.length - 1] = [last[0], to];
}

/** One list of several, in order and apart from each other. */
function merged(lists: readonly Range[][]): Range[] {
  const [first = [], ...others] = lists.filter((list) => list.length > 0);
  if (others.length === 0) return first;
  const all: Range[] = [];
  for (const [from, to] of [first, ...others].flat().sort((a, b) => a[0] - b[0])) {
    addTo(all, from, to);
  }
  return all;
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
