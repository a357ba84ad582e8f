/**
 * Denied tool calls, and how ccrun reports them.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { text, toolUse } from "../support/api_reply.ts";
import type { ApiRequest } from "../support/api_request.ts";
import { shellCcrun } from "../support/ccrun.ts";
import { claudeAtLeast } from "../support/claude.ts";
import { testWith } from "../support/test_with.ts";
import { bash, checked, eventOf, eventsOf, exists, SKIP, withScene } from "./scene.ts";

/** Calls of tools that need permission. Each prompt is the root of the sandbox. */
const GREEDY = [
  bash("touch made && rm -f made"),
  ({ userText: root }: ApiRequest) =>
    toolUse("Write", { file_path: `${root}/project/new.txt`, content: "new" }),
  ({ userText: root }: ApiRequest) =>
    toolUse("Write", { file_path: `${root}/out side/new.txt`, content: "new" }),
  ({ userText: root }: ApiRequest) => toolUse("Read", { file_path: `${root}/other/seen.txt` }),
  text("That is that."),
];

/** Before 2.1.90, only the result of the turn identifies a denial. */
const BY_TEXT = {
  unless: claudeAtLeast("2.1.90") ? undefined : "this version does not mark the output of commands",
};

Deno.test("ccrun lists denied calls with the options that allow them", async () => {
  await withScene(GREEDY, async ({ claude, api, json, run, sandbox }) => {
    const { root } = sandbox;
    for (const folder of ["out side", "other"]) await Deno.mkdir(`${root}/${folder}`);
    await Deno.writeTextFile(`${root}/other/seen.txt`, "Here it is.\n");

    const events = await json([root]);
    assertEquals([events.code, eventOf(events, "result").ok], [0, true]);
    const uses = eventsOf(events, "tool_use");
    const denied = eventsOf(events, "permission_denied");
    assertEquals(denied.map(({ name }) => name), ["Bash", "Write", "Write", "Read"]);
    assertEquals(denied.map(({ tool_use_id }) => tool_use_id), uses.map(({ id }) => id));
    if (claudeAtLeast("2.1.330")) {
      assertStringIncludes(denied[0]?.reason ?? "", "require approval: touch made, rm -f made");
    }
    assert(eventsOf(events, "tool_result").every(({ is_error }) => is_error));
    const notice = eventsOf(events, "notice").find(({ kind }) => kind === "denied")?.text ?? "";
    for (
      const options of [
        "--allowed-tools 'Bash(touch:*)' --allowed-tools 'Bash(rm:*)'",
        `--add-dir '${root}/out side' --permission-mode acceptEdits`,
        `--add-dir ${root}/other`,
      ]
    ) assertStringIncludes(notice, options);
    assertEquals(events.stderr, `ccrun: warning: ${notice}\n`);

    const strict = await run(["-q", "--fail-on-denied", root]);
    assertEquals([strict.code, strict.stdout], [7, ""]);
    assert(strict.stderr.startsWith(`ccrun: warning: ${notice}\n`), strict.stderr);
    assertStringIncludes(strict.stderr, "\n  That is that.\n");
    assertMatch(strict.stderr, /\nccrun: error: .*--fail-on-denied/);

    const pretty = await run([root]);
    assertEquals([pretty.code, pretty.stdout], [0, "That is that.\n"]);
    assert(!pretty.stderr.includes("That is that."), `the answer twice:\n${pretty.stderr}`);
    assertStringIncludes(pretty.stderr, "--permission-mode acceptEdits");
    assertMatch(pretty.stderr, / · 4 tools \(4 denied\) · /);
    assertEquals(await exists(`${root}/project/new.txt`), false);

    // The options, pasted into a shell.
    const options = notice.match(/--[a-z-]+ (?:'[^']*'|[^\s,)']+)/g)?.join(" ");
    const allowed = checked(
      await shellCcrun(`ccrun --json --fail-on-denied ${options} '${root}'`, {
        sandbox,
        apiUrl: api.url,
        env: { CCRUN_CLAUDE: claude },
      }),
    );
    assertEquals(allowed.code, 0, allowed.stdout);
    assertEquals(eventsOf(allowed, "tool_result").map(({ is_error }) => is_error), [
      false,
      false,
      false,
      false,
    ], allowed.stdout);
    assertEquals(eventsOf(allowed, "permission_denied"), []);
    for (const folder of ["project", "out side"]) {
      assertEquals(await Deno.readTextFile(`${root}/${folder}/new.txt`), "new");
    }
  });
});

Deno.test("ccrun changes nothing in plan mode", async () => {
  await withScene(
    GREEDY.slice(0, 2).concat(text("Here is my plan.")),
    async ({ json, sandbox }) => {
      const events = await json(["--permission-mode", "plan", sandbox.root]);
      assertEquals(events.code, 0);
      assertEquals(eventOf(events, "session_info").permission_mode, "plan");
      assertEquals(eventOf(events, "result").text, "Here is my plan.");
      const denied = eventsOf(events, "permission_denied");
      assertEquals(denied.map(({ name }) => name), ["Bash", "Write"]);
      assertEquals(await exists(`${sandbox.project}/new.txt`), false);
    },
  );
});

Deno.test("ccrun removes tools with --disallowed-tools, and allows one with --allowed-tools", async () => {
  const replies = [
    toolUse("Write", { file_path: "x", content: "x" }),
    bash("touch made"),
    text("Done."),
  ];
  await withScene(replies, async ({ json, sandbox, turns }) => {
    const events = await json([
      "--disallowed-tools=Write,Edit",
      "--allowedTools",
      "Bash(touch:*)",
      "Touch.",
    ]);
    assertEquals(events.code, 0);
    const offered = turns()[0]?.tools ?? [];
    assertEquals(["Write", "Edit", "Bash"].filter((tool) => offered.includes(tool)), ["Bash"]);
    const [write, touch] = eventsOf(events, "tool_result");
    assertEquals([write?.is_error, touch?.is_error], [true, false], events.stdout);
    assertEquals(await exists(`${sandbox.project}/made`), true);
  });
});

testWith(BY_TEXT, "ccrun reports each denial before the tool result, with its reason", async () => {
  await withScene(GREEDY.slice(1), async ({ json, sandbox }) => {
    const { root } = sandbox;
    await Deno.mkdir(`${root}/other`);
    await Deno.writeTextFile(`${root}/other/seen.txt`, "Here it is.\n");
    const { events } = await json([root]);
    const results = events.filter(({ type }) => type === "tool_result");
    assertEquals(results.length, 3);
    for (const result of results) {
      const before = events[result.seq - 1];
      assert(before?.type === "permission_denied" && result.type === "tool_result");
      assertEquals([before.tool_use_id, before.reason], [result.tool_use_id, result.text]);
    }
  });
});

Deno.test("ccrun does not mistake the output of a failed command for a denial", async () => {
  const said = "This command requires approval";
  const commands = [`echo '${said}' >&2; exit 1`, `echo '${said}'; exit 1`];
  const replies = [...commands.map((command) => bash(command)), text("They failed.")];
  await withScene(replies, async ({ json }) => {
    for (const options of [[SKIP], ["--allowed-tools", "Bash"]]) {
      const events = await json([...options, "--fail-on-denied", "Go."]);
      assertEquals(events.code, 0, events.stdout);
      assertEquals(eventsOf(events, "permission_denied"), []);
      assertEquals(eventsOf(events, "tool_result").map(({ is_error }) => is_error), [true, true]);
    }
  });
});

testWith(BY_TEXT, "ccrun suggests no option if a hook denied a call", async () => {
  const hooks = {
    PreToolUse: [{ hooks: [{ type: "command", command: "echo no >&2; exit 2" }] }],
  };
  const args = ["--settings", JSON.stringify({ hooks }), SKIP, "Do it."];
  const calls = [
    ["Write", toolUse("Write", { file_path: "made", content: "x" })],
    ["Bash", bash("touch made")],
  ] as const;
  for (const [name, call] of calls) {
    await withScene([call, text("I could not.")], async ({ json, sandbox }) => {
      const events = await json(args);
      const denied = eventOf(events, "permission_denied");
      assertEquals([events.code, denied.name], [0, name]);
      assertStringIncludes(denied.reason ?? "", `PreToolUse:${name} hook error: `);
      assertStringIncludes(events.stderr, "hook");
      assert(!events.stderr.includes("--"), events.stderr);
      assertEquals(await exists(`${sandbox.project}/made`), false);
    });
  }
});

testWith(
  { unless: Deno.uid() === 0 ? undefined : "only root is refused" },
  "ccrun suggests what root can do if claude refuses to skip permissions",
  async () => {
    await withScene([text("Never.")], async ({ json, run, turns }) => {
      const options = { env: { IS_SANDBOX: undefined } };
      const events = await json([SKIP, "Do it."], options);
      assertEquals([events.code, events.exit.reason], [1, "failed"]);
      const { error } = eventOf(events, "error");
      assertMatch(error.message, /^claude refused to start: .*root\/sudo privileges/);
      assertStringIncludes(error.hint ?? "", "IS_SANDBOX=1");
      assertMatch(events.exit.stderr ?? "", /root\/sudo/);
      assertEquals([events.exit.session_id, events.exit.claude_exit_code], [undefined, 1]);

      const quiet = await run(["-q", "--permission-mode", "bypassPermissions", "Do it."], options);
      assertEquals([quiet.code, quiet.stdout, quiet.stderr], [1, "", events.stderr]);
      assertEquals(turns(), []);
    });
  },
);
