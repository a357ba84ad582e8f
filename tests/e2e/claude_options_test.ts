/**
 * The options of Claude Code itself.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { COMMAND_CONTEXTS } from "../../lib/cli/completions/spec.ts";
import { findOption } from "../../lib/cli/options.ts";
import { text } from "../support/api_reply.ts";
import { claudePath, sinceClaude } from "../support/claude.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { testWith } from "../support/test_with.ts";
import { STORY, withFake } from "./fake_scene.ts";
import { eventsOf, withScene } from "./scene.ts";
import { emit } from "../support/fake_claude.ts";

const NEEDS_OPTIONS = sinceClaude("2.1.330", "this version does not have these options");

/** Returns the spellings of all options that `claude --help` prints. */
async function claudeSpellings(): Promise<string[]> {
  await using sandbox = await makeSandbox();
  const { stdout } = await new Deno.Command(await claudePath(), {
    args: ["--help"],
    clearEnv: true,
    env: sandbox.env(),
    cwd: sandbox.project,
    stdin: "null",
  }).output();
  const lines = new TextDecoder().decode(stdout).split("\n");
  const signatures = lines.filter((line) => /^ {2}-/.test(line))
    .map((line) => line.split(/ {2,}| [<[]/).find((part) => part !== "") ?? "");
  return signatures.flatMap((signature) => signature.trim().split(", "));
}

testWith(
  sinceClaude("2.1.0", "this version has --mcp-debug, which is gone"),
  "ccrun accepts and completes every option that claude --help prints, or refuses it with a reason",
  async () => {
    const spellings = await claudeSpellings();
    for (const known of ["--allowedTools", "--allowed-tools", "-c", "--effort", "--worktree"]) {
      assert(spellings.includes(known), `${known} in ${spellings.join(" ")}`);
    }
    // -p is the prompt of ccrun, and --print is refused.
    const missing = spellings.filter((spelling) => findOption(spelling) === undefined);
    assertEquals(missing, []);
    const accepted = spellings.filter((spelling) => !findOption(spelling)?.spec.refusal);
    const completed = COMMAND_CONTEXTS.find(({ name }) => name === "run")?.options
      .flatMap(({ spellings }) => spellings);
    assertEquals(accepted.filter((spelling) => !completed?.includes(spelling)), []);
  },
);

Deno.test("claude receives its options as they were typed, and paths from the directory of the caller", async () => {
  const recorded = `printf '%s\\n' "$@" >"$gates/args"\n${emit(...STORY)}`;
  await withFake(recorded, async ({ run, sandbox }) => {
    await Deno.writeTextFile(`${sandbox.root}/extra.txt`, "Extra.");
    await Deno.mkdir(`${sandbox.root}/project/plugin`);
    const { code, stderr } = await run([
      ...["-C", "project", "--effort=high", "--permission-mode", "manual", "--no-chrome"],
      ...["--append-system-prompt-file", "extra.txt", "--plugin-dir", "project/plugin"],
      ...["--worktree", "hi"],
      ...["--", "--fresh-option", "x"],
    ], { cwd: sandbox.root });
    assertEquals(code, 0, stderr);
    const args = (await Deno.readTextFile(`${sandbox.root}/args`)).trimEnd().split("\n");
    for (
      const arg of [
        "--effort=high",
        "--permission-mode=default",
        "--no-chrome",
        `--append-system-prompt-file=${sandbox.root}/extra.txt`,
        `--plugin-dir=${sandbox.project}/plugin`,
        "--worktree",
      ]
    ) {
      assert(args.includes(arg), `${arg} in ${args.join(" ")}`);
    }
    assertEquals(args.slice(-2), ["--fresh-option", "x"]);
  });
});

Deno.test("every version leaves out the settings that --setting-sources leaves out", async () => {
  await withScene([text("Done.")], async ({ json, sandbox, turns }) => {
    await Deno.writeTextFile(`${sandbox.project}/CLAUDE.md`, "PROJECT-MEMORY");
    const { code } = await json(["--setting-sources", "user", "hi"]);
    assertEquals(code, 0);
    assert(!JSON.stringify(turns()[0]?.body).includes("PROJECT-MEMORY"));
  });
});

testWith(NEEDS_OPTIONS, "the real claude follows the options that ccrun passes on", async () => {
  await withScene([text("Done.")], async ({ json, sandbox, turns }) => {
    const { root, project } = sandbox;
    await Deno.writeTextFile(`${root}/extra.txt`, "EXTRA-PROMPT");
    const server = { mcpServers: { gone: { command: "/nonexistent" } } };
    await Deno.writeTextFile(`${project}/.mcp.json`, JSON.stringify(server));
    const agents = { reviewer: { description: "AGENT-DESCRIPTION", prompt: "Review." } };
    await Deno.writeTextFile(`${root}/agents.json`, JSON.stringify(agents));
    const events = await json([
      ...["-C", "project", "--effort", "low", "--append-system-prompt-file", "extra.txt"],
      ...["--agents", "agents.json", "--setting-sources", "user", "--strict-mcp-config"],
      ...["--tools", "Agent,Read", "--permission-mode", "manual", "hi"],
    ], { cwd: root });
    assertEquals([events.code, events.stderr], [0, ""], events.stdout);
    const session = eventsOf(events, "session_info").at(-1);
    assertEquals([session?.mcp_servers, session?.permission_mode], [[], "default"]);
    assertEquals(
      session?.tools?.filter((tool) => ["Task", "Read", "Bash"].includes(tool)).sort(),
      [
        "Read",
        "Task",
      ],
    );
    const request = JSON.stringify(turns()[0]?.body);
    for (const words of ["EXTRA-PROMPT", "AGENT-DESCRIPTION", '"effort":"low"']) {
      assertStringIncludes(request, words);
    }
  });
});

Deno.test("a resumed session gets the system prompt of its run", async () => {
  await withScene([text("Done.")], async ({ json, turns }) => {
    const first = await json(["--append-system-prompt", "FIRST-PROMPT", "One."]);
    assertStringIncludes(turns().at(-1)?.systemText ?? "", "FIRST-PROMPT");
    const { session_id } = first.exit;
    const resumed = await json([
      ...["--resume", String(session_id), "--append-system-prompt", "SECOND-PROMPT", "Two."],
    ]);
    assertEquals([resumed.code, resumed.stderr], [0, ""]);
    assertStringIncludes(turns().at(-1)?.systemText ?? "", "SECOND-PROMPT");
    assertEquals(resumed.exit.session_id, session_id);
    const continued = await json(["--continue", "--system-prompt", "THIRD-PROMPT", "Three."]);
    assertEquals([continued.code, continued.stderr], [0, ""]);
    assertStringIncludes(turns().at(-1)?.systemText ?? "", "THIRD-PROMPT");
  });
});

Deno.test("ccrun warns about variables of a git hook, which the agent inherits", async () => {
  await withFake(STORY, async ({ run }) => {
    const env = { GIT_DIR: ".git", GIT_INDEX_FILE: ".git/index", GIT_AUTHOR_NAME: "Ada" };
    const { stderr, code } = await run(["-q", "hi"], { env });
    assertEquals([code, stderr.split("\n").length], [0, 2], stderr);
    assertStringIncludes(stderr, "inherit GIT_DIR, GIT_INDEX_FILE, as a git hook");
    assertStringIncludes(stderr, "unset GIT_DIR GIT_INDEX_FILE");
  });
});
