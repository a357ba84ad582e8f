/**
 * Compares the messages that the tests know with the types that the Agent SDK declares for them.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { Normalizer } from "../../lib/claude/normalizer.ts";
import { createEventFactory, type RunEvent } from "../../lib/events.ts";
import { agentSdkModules } from "../support/agent_sdk.ts";
import type { JsonObject } from "../support/json.ts";
import { assistant, KINDS } from "./kinds.ts";

const modules = await agentSdkModules();

function readDeclarations(path: string): string {
  return Deno.readTextFileSync(`${modules}/@anthropic-ai/${path}`).replaceAll("\r\n", "\n");
}

const SDK = readDeclarations("claude-agent-sdk/sdk.d.ts");
const API = readDeclarations("sdk/resources/beta/messages/messages.d.ts");

/** Returns the bodies of the object types that a type is or unites. */
function objectTypes(declarations: string, name: string): string[] {
  const own = name.replace(/^\w+\./, "");
  const object = new RegExp(`^.*\\b(?:type ${own} =|interface ${own}) \\{\\n([^]*?)^\\}`, "m");
  const body = object.exec(declarations)?.[1];
  if (body !== undefined) return [body];
  const union = new RegExp(`\\btype ${own} = (.+);$`, "m").exec(declarations)?.[1];
  assert(union !== undefined, `${name} is declared`);
  return union.split(" | ").flatMap((member) => objectTypes(declarations, member));
}

/** Returns the strings that a field of an object type can be. */
function literals(body: string, field: string): string[] {
  const type = new RegExp(`^    ${field}: (.+);$`, "m").exec(body)?.[1] ?? "";
  return [...type.matchAll(/'(\w+)'/g)].flatMap(([, literal]) => literal ?? []);
}

/** Returns the kinds of a message: its type with each of its subtypes. */
function messageKinds(body: string): string[] {
  const [type = ""] = literals(body, "type");
  const subtypes = literals(body, "subtype");
  return subtypes.length === 0 ? [type] : subtypes.map((subtype) => `${type}/${subtype}`);
}

function eventsOf(message: JsonObject): RunEvent[] {
  const normalizer = new Normalizer({ createEvent: createEventFactory(() => null) });
  return normalizer.read(JSON.stringify(message));
}

Deno.test("KINDS has every message that Claude Code writes according to the Agent SDK", () => {
  const declared = objectTypes(SDK, "StdoutMessage").flatMap(messageKinds);
  assert(declared.length >= 49, `only ${declared.length} kinds were found`);
  const known = new Set(
    KINDS.map(({ message: { type, subtype } }) =>
      subtype === undefined ? type : `${type}/${subtype}`
    ),
  );
  assertEquals(declared.filter((kind) => !known.has(kind)), []);
});

Deno.test("Normalizer reports each control request of the Agent SDK as a notice", () => {
  const subtypes = objectTypes(SDK, "SDKControlRequestInner")
    .flatMap((body) => literals(body, "subtype"));
  assert(subtypes.length >= 41, `only ${subtypes.length} requests were found`);
  for (const subtype of subtypes) {
    const [event, ...others] = eventsOf({
      type: "control_request",
      request_id: "r1",
      request: { subtype },
    });
    assert(event?.type === "notice");
    assertEquals([event.kind, event.text, others], ["control", `control_request ${subtype}`, []]);
  }
});

Deno.test("Normalizer knows every block that an assistant message can contain", () => {
  const bodies = objectTypes(API, "BetaContentBlock");
  assert(bodies.length >= 16, `only ${bodies.length} blocks were found`);
  for (const body of bodies) {
    const [type] = literals(body, "type");
    const hasCall = body.includes("    tool_use_id: string;");
    const block = { type, ...(hasCall ? { tool_use_id: "t1", content: "found" } : {}) };
    const types = eventsOf(assistant([block])).map((event) => event.type);
    assert(!types.includes("unknown"), type);
    if (hasCall) assertEquals(types, ["tool_result"], type);
  }
});
