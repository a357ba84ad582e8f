import { EVENT_TYPES } from "../events.ts";
import { eventDefinition } from "../json_schema.ts";
import { integer, type JsonSchema, optional, string } from "../util/typed_schema.ts";
import { SERVE_SCHEMA_ID } from "./messages.ts";
import { MAX_NAME_LENGTH } from "./parse_input.ts";

const NAME = { type: "string", minLength: 1, maxLength: MAX_NAME_LENGTH };
const COUNT = { type: "integer", minimum: 0 };

const FAILURE = object("Why", {
  kind: { type: "string", description: "The reason, as in `exit`" },
  message: { type: "string" },
  hint: { type: "string", description: "What to do" },
}, ["hint"]);

/** The lines of the input, by their names in the schema. */
const INPUTS: { readonly [name: string]: JsonSchema } = {
  prompt: closedObject("A prompt for a conversation", {
    id: { ...NAME, description: "The name of the request in the output" },
    session: {
      ...NAME,
      description: "A name for the conversation, or the id of a session; without it, a new one",
    },
    prompt: { type: "string", minLength: 1 },
    model: { type: "string", description: "The model of this request" },
    permission_mode: {
      type: "string",
      description:
        "The permission mode of this request, which allows no more than that of the service",
    },
    timeout: { type: "string", description: "The time limit of this request, such as 90s" },
    cwd: { type: "string", description: "The working directory of a new conversation" },
    fork: {
      type: "boolean",
      description: "Whether the conversation continues in a copy of its session",
    },
    images: {
      type: "array",
      description: "Images that belong to the prompt",
      items: closedObject("An image", {
        media_type: { enum: ["image/png", "image/jpeg", "image/gif", "image/webp"] },
        data: { type: "string", description: "The bytes of the image in Base64" },
      }),
    },
  }, ["session", "model", "permission_mode", "timeout", "cwd", "fork", "images"]),
  cancel: closedObject("Stops a request", { cancel: NAME }),
  close: closedObject("Ends a conversation after its requests", { close: NAME }),
  stats: closedObject("Asks for the numbers of the service", { stats: { const: true } }),
};

/** The lines of the output that are no events, by their names in the schema. */
const OUTPUTS: { readonly [name: string]: JsonSchema } = {
  ready: object("The first line", {
    type: { const: "ready" },
    schema: { const: SERVE_SCHEMA_ID },
    ccrun: { type: "string", description: "The version of ccrun" },
    pid: { type: "integer", description: "The process id of the service" },
    cwd: { type: "string", description: "The working directory of conversations that name none" },
    jobs: { ...COUNT, description: "How many requests run at the same time" },
    max_processes: { ...COUNT, description: "How many claudes there can be" },
  }),
  input_error: object("A line of the input that is not valid, or a failure of the service", {
    type: { const: "error" },
    line: {
      type: ["integer", "null"],
      description: "The number of the line, from 1; null for a failure of the service",
    },
    request: { ...NAME, description: "The id in the line, which names an earlier request" },
    error: FAILURE,
    seq: { not: {}, description: "Never present: an error with seq is an event of a request" },
  }, ["request", "seq"]),
  canceled: object("The answer to cancel", {
    type: { const: "canceled" },
    request: NAME,
    state: { enum: ["waiting", "running", "unknown"], description: "What the request did" },
  }),
  closed: object("The answer to close, when the conversation has ended", {
    type: { const: "closed" },
    session: NAME,
    session_id: { type: ["string", "null"], description: "The id that resumes the conversation" },
    known: { type: "boolean", description: "Whether there was such a conversation" },
  }),
  stats_answer: object("The answer to stats", {
    type: { const: "stats" },
    conversations: { ...COUNT, description: "How many conversations the service remembers" },
    running: { ...COUNT, description: "How many requests run" },
    waiting: { ...COUNT, description: "How many requests wait" },
    processes: { ...COUNT, description: "How many claudes there are" },
  }),
};

/** What the events of a request have in addition to those of a run. */
const ADDED = {
  request: string("The id of the request"),
  session: string("The conversation, as the request named it; empty if the line was not valid"),
};

/** Where an error of a request that was rejected because of its line has the number of the line. */
const LINE = { line: optional(integer("The line of a request that is not valid")) };

/** Returns the JSON Schema of the lines that `ccrun serve` reads and writes. */
export function serveSchema(): JsonSchema {
  const events = EVENT_TYPES.map((type) => {
    const added = type === "error" ? { ...ADDED, ...LINE } : ADDED;
    return [`event_${type}`, eventDefinition(type, added)] as const;
  });
  const refs = (names: readonly string[]) => names.map((name) => ({ $ref: `#/$defs/${name}` }));
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    $id: SERVE_SCHEMA_ID,
    title: "A line of ccrun serve",
    description:
      "A line of the input, or of the output. Readers of the output ignore types and fields they do not know.",
    anyOf: refs(["input", "output"]),
    $defs: {
      input: { description: "A line of stdin", oneOf: refs(Object.keys(INPUTS)) },
      output: {
        description: "A line of stdout",
        oneOf: refs([...Object.keys(OUTPUTS), ...events.map(([name]) => name)]),
      },
      ...INPUTS,
      ...OUTPUTS,
      ...Object.fromEntries(events),
    },
  };
}

function object(
  description: string,
  properties: { readonly [field: string]: JsonSchema },
  optional: readonly string[] = [],
): JsonSchema {
  return {
    type: "object",
    description,
    properties,
    required: Object.keys(properties).filter((field) => !optional.includes(field)),
  };
}

/** Describes an object of the input, whose unknown fields are an error. */
function closedObject(
  description: string,
  properties: { readonly [field: string]: JsonSchema },
  optional: readonly string[] = [],
): JsonSchema {
  return { ...object(description, properties, optional), additionalProperties: false };
}
