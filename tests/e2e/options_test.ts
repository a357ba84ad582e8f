/**
 * The options that ccrun passes to claude.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { text, toolUse } from "../support/api_reply.ts";
import type { ApiRequest } from "../support/api_request.ts";
import { claudeAtLeast } from "../support/claude.ts";
import { bash, eventOf, eventsOf, exists, withScene } from "./scene.ts";
import { makeSpy } from "./claude_spy.ts";

/** Text that ccrun passes in a file, except to 2.0.25, which has no option for that. */
const LONG = `${"Long advice. ".repeat(claudeAtLeast("2.1.0") ? 400 : 4)}The LAST-WORD.`;

const PRIVATE = [
  "--settings",
  "--mcp-config",
  ...claudeAtLeast("2.1.0") ? ["--append-system-prompt-file"] : [],
];

Deno.test("ccrun passes options to claude, and long or secret values in private files", async () => {
  const replies = [
    ({ userText: root }: ApiRequest) => toolUse("Read", { file_path: `${root}/shared/x/seen.txt` }),
    bash("touch allowed"),
    text("Done."),
  ];
  await withScene(replies, async (scene) => {
    const { json, sandbox, turns } = scene;
    const { root } = sandbox;
    const spy = await makeSpy(scene);
    await Deno.mkdir(`${root}/shared/x`, { recursive: true });
    await Deno.writeTextFile(`${root}/shared/x/seen.txt`, "Here it is.\n");
    const mcp = { mcpServers: { gone: { command: "/nonexistent", env: { TOKEN: "MCP-SECRET" } } } };
    const settings = { permissions: { allow: ["Bash(touch:*)"] }, env: { TOKEN: "SET-SECRET" } };
    const events = await json([
      ...["--claude", spy.path],
      ...["-C", "project", "--add-dir", "project/..//shared/./x/", "--plans-dir", "plans"],
      ...["--settings", JSON.stringify(settings), "--mcp-config", JSON.stringify(mcp)],
      ...["--append-system-prompt", LONG, "--model", "claude-haiku-4-5", "--max-turns=9"],
      ...[root, "--", "--disallowedTools", "WebSearch"],
    ], { cwd: root });
    assertEquals(events.code, 0, events.stdout);
    assertEquals(events.stderr, "");
    assertEquals(eventOf(events, "start").cwd, sandbox.project);
    const session = eventOf(events, "session_info");
    assertEquals([session.cwd, session.model], [sandbox.project, "claude-haiku-4-5"]);
    assertEquals(session.mcp_servers?.map(({ name }) => name), ["gone"]);
    assert(session.tools?.includes("Bash") && !session.tools.includes("WebSearch"));
    const results = eventsOf(events, "tool_result");
    assertEquals(results.map(({ is_error }) => is_error), [false, false], events.stdout);
    assertStringIncludes(results[0]?.text ?? "", "Here it is.");
    assertEquals(turns()[0]?.model, "claude-haiku-4-5");
    assertStringIncludes(turns()[0]?.systemText ?? "", LONG);

    const args = await spy.args();
    assertEquals(args.slice(0, 4), [
      "-p",
      "--input-format=stream-json",
      "--output-format=stream-json",
      "--verbose",
    ]);
    assertEquals(args.slice(-2), ["--disallowedTools", "WebSearch"]);
    for (const arg of [`--add-dir=${root}/shared/x`, "--max-turns=9"]) {
      assert(args.includes(arg), arg);
    }
    for (const secret of ["SECRET", ...claudeAtLeast("2.1.0") ? ["LAST-WORD"] : []]) {
      assert(!args.join(" ").includes(secret), `${secret} in ${args.join(" ")}`);
    }
    const files = await Promise.all(PRIVATE.map(spy.file));
    assertEquals(JSON.parse(files[0]?.text ?? ""), {
      ...settings,
      plansDirectory: `${root}/plans`,
    });
    assertEquals(JSON.parse(files[1]?.text ?? ""), mcp);
    assertEquals(files[2]?.text ?? LONG, LONG);
    for (const { path, modes } of files) {
      assertEquals(modes, ["-rw-------", "drwx------"], path);
      assertEquals(await exists(path), false, path);
    }
  });
});

Deno.test("ccrun merges a settings file with --plans-dir, and reads options from the environment", async () => {
  const replies = [bash("touch made && mkdir made.d && rmdir made.d"), text("Done.")];
  await withScene(replies, async (scene) => {
    const { json, sandbox, turns } = scene;
    const spy = await makeSpy(scene);
    const settings = { permissions: { allow: ["Bash(touch:*)"] } };
    await Deno.writeTextFile(`${sandbox.project}/mine.json`, JSON.stringify(settings));
    const events = await json(
      ["--claude", spy.path, "--settings", "mine.json", "--system-prompt", "Be terse.", "Do it."],
      {
        env: {
          CCRUN_PLANS_DIR: "plans/../plans",
          CCRUN_MODEL: "claude-haiku-4-5",
          CCRUN_ALLOWED_TOOLS: "Bash(mkdir:*)\nBash(rmdir:*)",
          CCRUN_MAX_RETRIES: "0",
        },
      },
    );
    assertEquals([events.code, events.stderr], [0, ""]);
    assertEquals(eventsOf(events, "permission_denied"), []);
    assertStringIncludes(turns()[0]?.systemText ?? "", "Be terse.");
    assertEquals(turns()[0]?.model, "claude-haiku-4-5");
    assertEquals(JSON.parse((await spy.file("--settings")).text), {
      ...settings,
      plansDirectory: `${sandbox.project}/plans`,
    });
  });
});
