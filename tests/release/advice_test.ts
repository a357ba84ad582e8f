/**
 * Follows the advice that ccrun prints, and checks that it helps.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { FailureCause } from "../../lib/claude/failures.ts";
import { apiError, attempts, message, type Reply, text, toolUse } from "../support/api_reply.ts";
import type { ApiRequest } from "../support/api_request.ts";
import { type CcrunResult, shellCcrun } from "../support/ccrun.ts";
import { claudeAtLeast, sinceClaude } from "../support/claude.ts";
import { exists } from "../../lib/util/exists.ts";
import { testWith } from "../support/test_with.ts";
import {
  bash,
  eventOf,
  eventsOf,
  type JsonRun,
  type Scene,
  SKIP,
  withScene,
} from "../e2e/scene.ts";

const MODERN = sinceClaude("2.1.90", "this version words its denials in another way");

const WITH_SCHEMA = sinceClaude("2.1.0", "Claude Code 2.0 has no --json-schema");

/** Returns the notice about denied calls; an empty text if there is none. */
function denialsOf(run: JsonRun): string {
  return eventsOf(run, "notice").find(({ kind }) => kind === "denied")?.text ?? "";
}

function hintOf(run: JsonRun): string {
  return eventOf(run, "error").error.hint ?? "";
}

/** Runs the command that a hint contains, as it stands, where the first run was started. */
async function paste(hint: string, { sandbox, api }: Scene): Promise<CcrunResult> {
  const [command] = /ccrun --resume .*$/.exec(hint) ?? [];
  assert(command !== undefined, hint);
  return await shellCcrun(command, { sandbox, apiUrl: api.url });
}

testWith(
  MODERN,
  "the advice about missing approvals allows the calls, and no others",
  async () => {
    let others: readonly Reply[] = [];
    const reply = ({ userText: root, turn }: ApiRequest): Reply =>
      [
        bash(`cp ${root}/one/a ${root}/two/b`),
        bash("sed -i s/first/last/ notes.txt"),
        bash("mkdir sub && cd sub && touch c"),
        bash("bash -c true | tee out"),
        toolUse("Read", { file_path: `${root}/one, two/a` }),
        toolUse("Write", { file_path: `${root}/one, two/b`, content: "x" }),
        ...others,
        text("Done."),
      ][turn] ?? text("Done.");
    await withScene(reply, async (scene) => {
      const { json, sandbox: { root, project } } = scene;
      for (const name of ["one", "two", "one, two"]) await Deno.mkdir(`${root}/${name}`);
      for (const path of ["one/a", "one, two/a", "one, two/c"]) {
        await Deno.writeTextFile(`${root}/${path}`, "x");
      }
      const denied = await json([root]);
      const options = denialsOf(denied).match(/--[a-z-]+ (?:'[^']*'|[^\s,)']+)/g) ?? [];
      assertEquals(eventsOf(denied, "permission_denied").length, 6, denied.stdout);

      const words = options.flatMap((option) => option.replaceAll("'", "").split(/ (.*)/, 2));
      const allowed = await json([...words, root]);
      assertEquals(eventsOf(allowed, "permission_denied"), [], denialsOf(denied));
      for (const path of [`${root}/two/b`, `${project}/sub/c`]) assert(await exists(path), path);

      others = [
        bash("bash -c 'touch other'"),
        bash("sed -i s/last/first/ notes.txt"),
        bash("tee other </dev/null"),
        toolUse("Read", { file_path: `${root}/one, two/c` }),
        toolUse("Write", { file_path: `${root}/one, two/d`, content: "x" }),
      ];
      const again = await json([...words, root]);
      assertEquals(eventsOf(again, "permission_denied").length, others.length, again.stdout);
    });
  },
);

/** Denies and confirms calls, each for another reason. */
const RULES = {
  permissions: { deny: ["Edit(./a.txt)"], ask: ["Bash(mkdir:*)"] },
  hooks: {
    PreToolUse: [{
      matcher: "Read",
      hooks: [{
        type: "command",
        command: `echo '${
          JSON.stringify({
            hookSpecificOutput: {
              hookEventName: "PreToolUse",
              permissionDecision: "ask",
              permissionDecisionReason: "house rule",
            },
          })
        }'`,
      }],
    }],
  },
};

testWith(
  MODERN,
  "the advice about rules, hooks and safety checks names no option that changes nothing",
  async () => {
    const replies = [
      bash("touch made"),
      toolUse("Write", { file_path: "a.txt", content: "x" }),
      bash("mkdir sub"),
      toolUse("Read", { file_path: "notes.txt" }),
      toolUse("Write", { file_path: ".git/config", content: "x" }),
      toolUse("Nonesuch", {}),
      text("Done."),
    ];
    await withScene(replies, async ({ json }) => {
      const useless = ["Bash", "Write", "Read"].map((tool) => `--allowed-tools=${tool}`);
      const rules = [
        "--disallowed-tools",
        "Bash(touch:*)",
        "--settings",
        JSON.stringify(RULES),
        ...useless,
      ];
      const denied = await json([...rules, "Go."]);
      const advice = denialsOf(denied);
      for (
        const part of [
          "Bash: a rule denies it; remove the rule from --disallowed-tools or permissions.deny",
          "Bash: a rule demands a confirmation; remove the rule from permissions.ask",
          "Write: a safety check denied it; only --dangerously-skip-permissions",
        ]
      ) assertStringIncludes(advice, part);
      assertMatch(advice, /Read.* see the hooks in the settings/);
      // 2.1.197 does not report a denied file, and no version has an approval for a missing tool.
      if (claudeAtLeast("2.1.330")) {
        assertStringIncludes(advice, "Write: a rule denies it");
        assert(!advice.includes("--allowed-tools"), advice);
      }
      assert(!advice.includes("Nonesuch"), advice);

      const allowed = await json([SKIP, "Go."]);
      assertEquals(denialsOf(allowed), "");
      const failed = eventsOf(allowed, "tool_result").filter(({ is_error }) => is_error);
      assertEquals(failed.map(({ name }) => name), ["Nonesuch"]);
    });
  },
);

testWith(WITH_SCHEMA, "the advice about a denied structured output provides it", async () => {
  // claude asks for the output again and again.
  const replies = [toolUse("StructuredOutput", { n: 7 }), ...Array(9).fill(text("It is seven."))];
  await withScene(replies, async ({ json }) => {
    const schema = ["--json-schema", '{"type":"object","properties":{"n":{"type":"number"}}}'];
    const denied = await json([...schema, "--disallowed-tools", "*", "How many?"]);
    assertEquals(denied.code, 6);
    assertStringIncludes(hintOf(denied), "use --tools '' instead");
    assertStringIncludes(denialsOf(denied), "use --tools '' instead");
    const allowed = await json([...schema, "How many?", "--", "--tools="]);
    assertEquals(allowed.code, 0, allowed.stdout);
    assertEquals(eventOf(allowed, "result").structured_output, { n: 7 });
  });
});

/** A failure in the second turn, and what provokes it. */
interface MidRunFailure {
  readonly code: number;
  readonly args?: readonly string[];
  /** The replies from the second turn on. The last one is repeated. */
  readonly replies?: readonly Reply[];
}

const FAILURES: { readonly [name: string]: MidRunFailure } = {
  api: { code: 4, replies: [apiError(400, "invalid_request_error", "no")] },
  auth: { code: 3, replies: [apiError(401, "authentication_error", "invalid x-api-key")] },
  limit: { code: 5, args: ["--max-turns", "1"] },
  denied: { code: 7, args: ["--fail-on-denied"], replies: [bash("curl --version"), text("Fine.")] },
};

Deno.test("the command that resumes a failed run works in the same directory, with the same permissions", async () => {
  let reply: Reply = text("Never.");
  await withScene(({ hasTools }) => hasTools ? reply : text("Ready"), async (scene) => {
    const { json, turns, sandbox: { root, project } } = scene;
    for (const name of ["work here", "more"]) await Deno.mkdir(`${root}/${name}`);
    for (const [name, { code, args = [], replies = [] }] of Object.entries(FAILURES)) {
      reply = attempts(bash("echo one"), ...replies);
      const failed = await json([
        ...["-C", "../work here", "--add-dir", "../more", "--allowed-tools", "Bash(touch:*)"],
        ...["--max-retries", "0", ...args, "Start."],
      ]);
      assertEquals(failed.code, code, failed.stdout);
      assertEquals(hintOf(failed).match(/ccrun --resume/g)?.length, 1, hintOf(failed));
      assertStringIncludes(hintOf(failed), `${failed.exit.resume} "..."`);

      reply = attempts(bash(`touch ../more/${name}`), text("Resumed."));
      const resumed = await paste(hintOf(failed), scene);
      assertEquals([resumed.code, resumed.stdout], [0, "Resumed.\n"], resumed.stderr);
      assertStringIncludes(JSON.stringify(turns().at(-1)?.body.messages), "Start.");
      assert(await exists(`${root}/more/${name}`), resumed.stderr);
      assertEquals(await exists(`${project}/${name}`), false);
    }
  });
});

testWith(MODERN, "a session that claude does not store has no command to resume it", async () => {
  await withScene([bash("echo one"), text("Never.")], async ({ json }) => {
    const args = ["--max-turns", "1", "Start.", "--", "--no-session-persistence"];
    const { code, exit, stderr } = await json(args);
    assertEquals([code, exit.resume], [5, undefined]);
    assert(exit.session_id !== undefined && !stderr.includes("--resume"), stderr);
  });
});

Deno.test("the advice about an unknown session finds it in another directory", async () => {
  await withScene([text("Done.")], async (scene) => {
    const { json, shell, sandbox } = scene;
    const other = `${sandbox.root}/other`;
    await Deno.mkdir(other);
    const { exit: { session_id: id = "" } } = await json(["-C", other, "Start."]);
    const unknown = await json(["--resume", id, "Go on."]);
    // Newer versions find the session themselves.
    assertEquals(unknown.exit.ok, claudeAtLeast("2.1.330"));
    if (!unknown.exit.ok) {
      const resumed = await paste(hintOf(unknown), scene);
      assertEquals([resumed.code, resumed.stdout], [0, "Done.\n"], resumed.stderr);
    }

    const taken = await json(["-C", other, "--session-id", id, "Again."]);
    assert(!taken.exit.ok);
    assertEquals((await paste(hintOf(taken), scene)).code, 0, hintOf(taken));

    // Without such a session, the advice is to list those that exist.
    const nowhere = "00000000-0000-4000-8000-00000000dead";
    const missing = await json(["--resume", nowhere, "Go on."]);
    assertStringIncludes(hintOf(missing), "ccrun sessions");
    assert(!hintOf(missing).includes("--resume"), hintOf(missing));
    const listed = await shell(`ccrun sessions --cwd ${other} --json`);
    assertStringIncludes(listed.stdout, id);
  });
});

Deno.test("the advice about a full context window makes room", async () => {
  let isFull = true;
  const full = message(text("cut off"), { stopReason: "model_context_window_exceeded" });
  const reply = () => isFull ? full : text("<summary>We spoke of cats.</summary>");
  await withScene(reply, async (scene) => {
    const { json, turns } = scene;
    const failed = await json(["Tell me about cats."]);
    assertEquals([failed.code, failed.exit.reason], [4, "api"]);
    assert(!hintOf(failed).includes("CLAUDE_CODE_MAX_OUTPUT_TOKENS"), hintOf(failed));
    isFull = false;
    await paste(hintOf(failed), scene);
    const resumed = await json(["--resume", failed.exit.session_id ?? "", "Go on."]);
    assertEquals(resumed.code, 0);
    const last = JSON.stringify(turns().at(-1));
    assertStringIncludes(last, "We spoke of cats.");
    assert(!last.includes("cut off"), "the conversation was not compacted");
  });
});

/** For each cause of a failure: the test that follows its hint, or why no test does. */
const FOLLOWED_BY: { readonly [cause in FailureCause]: string } = {
  account: "not followed: it needs an account",
  agent_error: "not followed: it has no hint of its own",
  api_error: "not followed: it has no hint of its own",
  broken_config: "ccrun names a configuration file that claude cannot parse, and how to repair it",
  budget: "ccrun exits with 5 at --max-budget-usd",
  cloud_credential: "not followed: it needs an account of a cloud provider",
  command_failed: "not followed: it has no hint of its own",
  connection: "not followed: the address of the API is the test's own",
  connection_lost: "not followed: it has no hint of its own",
  context_window: "the advice about a full context window makes room",
  credential: "not followed: it needs an account",
  credit: "not followed: it needs an account",
  hook_stopped: "not followed: the hooks are the user's",
  incomplete_recording: "not followed: every test of replay uses a complete recording",
  interrupted: "ccrun exits with 130 on SIGINT during a tool, and its session can be resumed",
  invalid_choice: "not followed: the error lists the values",
  invalid_session_id: "the advice about an unknown session finds it in another directory",
  killed: "not followed: it needs a machine whose memory is full",
  model_not_found: "not followed: the scripted API accepts every model",
  output_limit: "not followed: the scripted API counts no tokens",
  output_schema: "not followed: the scripted model has no understanding of schemas",
  overloaded: "not followed: it advises to wait",
  prompt_blocked: "not followed: the hooks are the user's",
  prompt_too_long: "not followed: the scripted API accepts prompts of every length",
  rate_limit: "not followed: it advises to wait",
  refusal: "not followed: the scripted model declines nothing by itself",
  root: "not followed: all tests set IS_SANDBOX",
  session_in_use: "the advice about an unknown session finds it in another directory",
  tool_deferred: "not followed: the hooks are the user's",
  truncated_result: "not followed: it has no hint of its own",
  turns: "the command that resumes a failed run works in the same directory",
  unexplained: "ccrun doctor",
  unfinished: "not followed: it has no hint of its own",
  unknown_command: "not followed: newer versions pass an unknown command to the model",
  unknown_option: "not followed: it advises to leave the option out",
  unknown_session: "the advice about an unknown session finds it in another directory",
  usage_limit: "not followed: it advises to wait",
};

Deno.test("each hint for a cause is followed by a test, if a test can follow it", async () => {
  let tests = "";
  for (const folder of [".", "../e2e"]) {
    for await (const { name } of Deno.readDir(`${import.meta.dirname}/${folder}`)) {
      if (!name.endsWith("_test.ts")) continue;
      const source = await Deno.readTextFile(`${import.meta.dirname}/${folder}/${name}`);
      tests += source.split("const FOLLOWED_BY")[0];
    }
  }
  for (const [cause, test] of Object.entries(FOLLOWED_BY)) {
    if (!test.startsWith("not followed: ")) assertStringIncludes(tests, test, cause);
  }
});
