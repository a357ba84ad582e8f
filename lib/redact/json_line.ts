import type { Redactor } from "./redactor.ts";

/** What JSON has nowhere outside of its strings. */
const NOT_JSON = /[^\s{}[\]:,0-9+.eEtrufalsn-]/;

/**
 * Takes the secrets out of the strings of a line of JSON, so that it stays JSON, and a line of
 * claude's stays a message of the same kind.
 *
 * @returns undefined when the line is no JSON object or list
 */
export function redactJsonLine(line: string, redactor: Redactor): string | undefined {
  if (!/^[\s\ufeff]{0,8}[{[]/.test(line)) return undefined;
  const place = makePlace(line.includes('"content_block_delta"'));
  let result = "";
  let copied = 0;
  for (let at = 0;;) {
    const open = line.indexOf('"', at);
    const outside = line.slice(at, open === -1 ? line.length : open);
    if (NOT_JSON.test(outside.replace(/^\ufeff/, ""))) return undefined;
    if (open === -1) return copied === 0 ? line : result + line.slice(copied);
    const close = endOfString(line, open + 1);
    if (close === -1) return undefined;
    const inside = line.slice(open + 1, close);
    const value = inside.includes("\\") ? decoded(inside) : inside;
    if (value === undefined) return undefined;
    place.pass(outside);
    let clean = value;
    if (/^\s*:/.test(line.slice(close + 1, close + 1 + MAX_SPACE))) {
      if (!place.name(value)) clean = redactor.name(value);
    } else if (place.isPiece) {
      clean = place.isOfProtocol(value) ? value : "";
    } else if (!place.isOfProtocol(value)) {
      clean = redactor.text(value);
    }
    if (clean !== value) {
      result += line.slice(copied, open) + JSON.stringify(clean);
      copied = close + 1;
    }
    at = close + 1;
  }
}

/** More space before a colon is nobody's JSON; what follows is then taken for a value. */
const MAX_SPACE = 16;

/** Where the string ends that begins before this place, or -1. */
function endOfString(line: string, from: number): number {
  for (let at = line.indexOf('"', from); at !== -1; at = line.indexOf('"', at + 1)) {
    let slash = at;
    while (slash > from && line[slash - 1] === "\\") slash--;
    if ((at - slash) % 2 === 0) return at;
  }
  return -1;
}

function decoded(inside: string): string | undefined {
  try {
    return JSON.parse(`"${inside}"`);
  } catch {
    return undefined;
  }
}

function setOf(words: string): ReadonlySet<string> {
  return new Set(words.trim().split(/\s+/));
}

/** Fields that say which message it is, of what, and whose. */
const IDS = setOf(`
  type subtype role id uuid session_id sessionId parent_tool_use_id tool_use_id task_id message_id
  request_id run_id agent_id hook_id model claude_code_version media_type
`);

/** Fields that say so in a word, and may have a text of somebody instead. */
const WORD_FIELDS = setOf(`
  stop_reason stop_sequence terminal_reason error error_category status state level outcome kind
  name tool_name subagent_type task_type agent_type permissionMode apiKeySource output_style
  hook_name hook_event service_tier key decision source reason_type rateLimitType trigger
  compact_result priority
`);

/** A word of claude's own. */
const WORD = /^[A-Za-z_<>]{1,64}$/;

/** The name of a field of claude's own. */
const NAME = /^[A-Za-z_]{1,64}$/;

/** Fields that hold what a model or a tool made up, in which a name means nothing. */
const FOREIGN = setOf(`
  input tool_input updatedInput updated_input tool_use_result toolUseResult structured_output
  structuredContent _meta mcp_meta
`);

/** Messages of claude's are not nested as deeply; what is deeper is foreign. */
const MAX_DEPTH = 32;

/** Where in a message a string is. */
interface Place {
  /** Goes over what is between two strings. */
  pass(outside: string): void;
  /** Takes the name of a field, and tells whether it is of claude's own. */
  name(name: string): boolean;
  /** Whether a value is to stay, for the message would be another one. */
  isOfProtocol(value: string): boolean;
  /**
   * Whether it is in a piece of a text, which comes whole in a later message. A secret may be
   * spread over several of them.
   */
  readonly isPiece: boolean;
}

/** @param isDelta whether it is a message with such a piece */
function makePlace(isDelta: boolean): Place {
  let depth = 0;
  /** How deep it became foreign. */
  let foreign = Infinity;
  /** By depth: the field that has that object or list, and the last field in it. */
  const owners: (string | undefined)[] = [];
  const fields: (string | undefined)[] = [];
  const isForeign = () => depth >= foreign;
  return {
    pass(outside) {
      for (const character of outside) {
        if (character === "{" || character === "[") {
          const owner = fields[depth];
          depth++;
          if (isForeign()) continue;
          if (depth > MAX_DEPTH || owner !== undefined && FOREIGN.has(owner)) {
            foreign = depth;
          } else {
            owners[depth] = owner;
            fields[depth] = undefined;
          }
        } else if (character === "}" || character === "]") {
          if (depth === foreign) foreign = Infinity;
          depth = Math.max(0, depth - 1);
        }
      }
    },
    name(name) {
      if (isForeign()) return false;
      fields[depth] = name;
      return NAME.test(name) || owners[depth] === "modelUsage";
    },
    isOfProtocol(value) {
      const field = isForeign() ? undefined : fields[depth];
      return field !== undefined && (IDS.has(field) || WORD_FIELDS.has(field) && WORD.test(value));
    },
    get isPiece() {
      return isDelta && depth >= 3 && owners[2] === "event" && owners[3] === "delta";
    },
  };
}
