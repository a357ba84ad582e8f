/**
 * Runs that claude calls a success although their work was not done, and good ones that look alike.
 *
 * @module
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import type { ExitReason } from "../../lib/exit_codes.ts";
import { apiError, message, type Reply, text } from "../support/api_reply.ts";
import type { ApiRequest } from "../support/api_request.ts";
import { claudeAtLeast } from "../support/claude.ts";
import type { JsonObject } from "../support/json.ts";
import { testWith } from "../support/test_with.ts";
import { bash, eventOf, SKIP, withScene, writeSettings } from "./scene.ts";

/** Settings with one hook. */
function hook(event: string, command: string): JsonObject {
  return { hooks: { [event]: [{ hooks: [{ type: "command", command }] }] } };
}

/** Prints a decision of a hook. */
function printing(decision: JsonObject): string {
  return `echo '${JSON.stringify(decision)}'`;
}

interface Situation {
  readonly name: string;
  readonly replies: readonly Reply[];
  readonly prompt?: string;
  readonly settings?: JsonObject;
  /** The user's command `/broken`. */
  readonly command?: string;
  /** The first version that behaves like this. */
  readonly since?: string;
  /** The first version that does not. */
  readonly until?: string;
  readonly reason: ExitReason;
  /** What the error says. */
  readonly message?: string;
}

const SITUATIONS: readonly Situation[] = [
  {
    name: "the connection is lost in the middle of a text",
    replies: Array(30).fill(({ stream }: ApiRequest) =>
      // Without streaming, claude would receive the whole message.
      stream
        ? message(text("I begin to say it"), { breaksAfter: 3 })
        : apiError(529, "overloaded_error", "Overloaded")
    ),
    since: "2.1.330",
    reason: "api",
  },
  {
    name: "a hook stops the agent after a tool",
    replies: [bash("echo hi"), text("Never.")],
    settings: hook("PostToolUse", printing({ continue: false, stopReason: "no more" })),
    since: "2.1.330",
    reason: "failed",
    message: "a hook",
  },
  {
    name: "a hook defers a tool call",
    replies: [bash("echo hi"), text("Never.")],
    settings: hook(
      "PreToolUse",
      printing({
        hookSpecificOutput: { hookEventName: "PreToolUse", permissionDecision: "defer" },
      }),
    ),
    since: "2.1.330",
    reason: "failed",
    message: "a hook",
  },
  {
    name: "a Stop hook ends the run",
    replies: [text("Done.")],
    settings: hook("Stop", printing({ continue: false, stopReason: "not good enough" })),
    since: "2.1.330",
    reason: "failed",
    message: "a hook",
  },
  {
    name: "a hook blocks the prompt",
    replies: [text("Never.")],
    settings: hook("UserPromptSubmit", "echo 'no cats' >&2; exit 2"),
    since: "2.1.0",
    reason: "failed",
    message: "no cats",
  },
  {
    name: "a hook of old versions blocks the prompt",
    replies: [text("Never.")],
    settings: hook("UserPromptSubmit", "echo 'no cats' >&2; exit 2"),
    until: "2.1.0",
    reason: "failed",
    message: "did not pass the prompt",
  },
  {
    name: "there is nothing to compact",
    replies: [text("Never.")],
    prompt: "/compact",
    reason: "failed",
    message: "No messages to compact",
  },
  {
    name: "the slash command is unknown",
    replies: [text("Never.")],
    prompt: "/nope",
    until: "2.1.330",
    reason: "failed",
  },
  {
    name: "the preamble of a command fails",
    replies: [text("Never.")],
    prompt: "/broken",
    command: "---\nallowed-tools: Bash(cat:*)\n---\nSee: !`cat /nonexistent`\n",
    reason: "failed",
    message: "/nonexistent",
  },
  {
    name: "the model declines",
    replies: Array(5).fill(message(text("I can"), { stopReason: "refusal" })),
    reason: "refused",
  },
  {
    name: "a local command answers",
    replies: [text("Never.")],
    prompt: "/context",
    since: "2.1.0",
    reason: "success",
  },
];

for (const situation of SITUATIONS) {
  const { name, replies, prompt = "cats", settings, command, since, until, reason } = situation;
  const isOld = since !== undefined && !claudeAtLeast(since);
  const isNew = until !== undefined && claudeAtLeast(until);
  const unless = isOld || isNew ? "this version behaves differently" : undefined;
  testWith({ unless }, `the run ends as ${reason} if ${name}`, async () => {
    await withScene(replies, async ({ json, sandbox }) => {
      if (command !== undefined) {
        const folder = `${sandbox.home}/.claude/commands`;
        await Deno.mkdir(folder, { recursive: true });
        await Deno.writeTextFile(`${folder}/broken.md`, command);
      }
      if (settings !== undefined) await writeSettings(sandbox, settings);
      const events = await json(["--max-retries", "0", SKIP, "-p", prompt]);
      assertEquals(events.exit.reason, reason, events.stdout);
      assertEquals(eventOf(events, "result").ok, reason === "success");
      if (reason === "success") return;
      const { error } = eventOf(events, "error");
      assertStringIncludes(error.message, situation.message ?? "");
      assertStringIncludes(events.stderr, situation.message ?? "ccrun: error:");
    });
  });
}
