/**
 * Denied tool calls, and how ccrun reports them.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { text, toolUse } from "../support/api_reply.ts";
import type { ApiRequest } from "../support/api_request.ts";
import { claudeAtLeast, sinceClaude } from "../support/claude.ts";
import { exists } from "../../lib/util/exists.ts";
import { testWith } from "../support/test_with.ts";
import { bash, checked, eventOf, eventsOf, SKIP, withScene } from "./scene.ts";

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

/** The first version in which not only the result of the turn identifies a denial. */
const MARKS_DENIALS = "2.1.90";

Deno.test("ccrun --fail-on-denied lists denied calls with the options that allow them", async () => {
  await withScene(GREEDY, async ({ json, shell, sandbox }) => {
    const { root } = sandbox;
    for (const folder of ["out side", "other"]) await Deno.mkdir(`${root}/${folder}`);
    await Deno.writeTextFile(`${root}/other/seen.txt`, "Here it is.\n");

    const denied = await json(["--fail-on-denied", root]);
    assertEquals([denied.code, eventOf(denied, "result").ok], [7, true]);
    const denials = eventsOf(denied, "permission_denied");
    assertEquals(denials.map(({ name }) => name), ["Bash", "Write", "Write", "Read"]);
    const uses = eventsOf(denied, "tool_use");
    assertEquals(denials.map(({ tool_use_id }) => tool_use_id), uses.map(({ id }) => id));
    if (claudeAtLeast("2.1.330")) {
      assertStringIncludes(denials[0]?.reason ?? "", "require approval: touch made, rm -f made");
    }
    const results = eventsOf(denied, "tool_result");
    assert(results.every(({ is_error }) => is_error));
    if (claudeAtLeast(MARKS_DENIALS)) {
      for (const result of results.slice(1)) {
        const before = denied.events[result.seq - 1];
        assert(before?.type === "permission_denied");
        assertEquals([before.tool_use_id, before.reason], [result.tool_use_id, result.text]);
      }
    }
    const notice = eventsOf(denied, "notice").find(({ kind }) => kind === "denied")?.text ?? "";
    for (
      const options of [
        "--allowed-tools 'Bash(touch made && rm -f made)'",
        "--permission-mode acceptEdits",
        `--allowed-tools 'Edit(/${root}/out side/new.txt)'`,
        `--allowed-tools 'Read(/${root}/other/seen.txt)'`,
      ]
    ) assertStringIncludes(notice, options);
    assert(denied.stderr.startsWith(`ccrun: warning: ${notice}\n`), denied.stderr);
    assertMatch(denied.stderr, /\nccrun: error: .*--fail-on-denied/);
    assertEquals(await exists(`${root}/project/new.txt`), false);

    // The options, pasted into a shell.
    const options = notice.match(/--[a-z-]+ (?:'[^']*'|[^\s,)']+)/g)?.join(" ");
    const allowed = checked(
      await shell(`ccrun --json --fail-on-denied ${options} '${root}'`),
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
      assertEquals(eventsOf(events, "session_info").at(-1)?.permission_mode, "plan");
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

Deno.test("ccrun does not mistake the output of a failed command for a denial", async () => {
  const output = "This command requires approval";
  const commands = [`echo '${output}' >&2; exit 1`, `echo '${output}'; exit 1`];
  const replies = [...commands.map((command) => bash(command)), text("They failed.")];
  await withScene(replies, async ({ json }) => {
    const events = await json(["--allowed-tools", "Bash", "--fail-on-denied", "Go."]);
    assertEquals(events.code, 0, events.stdout);
    assertEquals(eventsOf(events, "permission_denied"), []);
    assertEquals(eventsOf(events, "tool_result").map(({ is_error }) => is_error), [true, true]);
  });
});

testWith(
  sinceClaude(MARKS_DENIALS, "this version does not mark the output of commands"),
  "ccrun suggests no option if a hook denied a call",
  async () => {
    const hooks = {
      PreToolUse: [{ hooks: [{ type: "command", command: "echo no >&2; exit 2" }] }],
    };
    const replies = [
      toolUse("Write", { file_path: "made", content: "x" }),
      bash("touch made"),
      text("I could not."),
    ];
    await withScene(replies, async ({ json, sandbox }) => {
      const events = await json(["--settings", JSON.stringify({ hooks }), SKIP, "Do it."]);
      const denied = eventsOf(events, "permission_denied");
      assertEquals([events.code, denied.map(({ name }) => name)], [0, ["Write", "Bash"]]);
      for (const { name, reason } of denied) {
        assertStringIncludes(reason ?? "", `PreToolUse:${name} hook error: `);
      }
      assertStringIncludes(events.stderr, "hook");
      assert(!events.stderr.includes("--"), events.stderr);
      assertEquals(await exists(`${sandbox.project}/made`), false);
    });
  },
);

testWith(
  { unless: Deno.uid() === 0 ? undefined : "only root is refused" },
  "ccrun suggests what root can do if claude refuses to skip permissions",
  async () => {
    await withScene([text("Never.")], async ({ json, turns }) => {
      const events = await json([SKIP, "Do it."], { env: { IS_SANDBOX: undefined } });
      assertEquals([events.code, events.exit.reason], [1, "failed"]);
      const { error } = eventOf(events, "error");
      assertMatch(error.message, /^claude refused to start: .*root\/sudo privileges/);
      assertStringIncludes(error.hint ?? "", "IS_SANDBOX=1");
      assertMatch(events.exit.stderr ?? "", /root\/sudo/);
      assertEquals([events.exit.session_id, events.exit.claude_exit_code], [undefined, 1]);
      assertEquals(turns(), []);
    });
  },
);
