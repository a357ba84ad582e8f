/**
 * The options that ccrun passes to claude.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { text, toolUse } from "../support/api_reply.ts";
import type { ApiRequest } from "../support/api_request.ts";
import { claudeAtLeast } from "../support/claude.ts";
import { writeExecutable } from "../support/executable.ts";
import { exists } from "../../lib/util/exists.ts";
import { bash, eventOf, eventsOf, type Scene, withScene } from "./scene.ts";

/** Text that ccrun passes in a file, except to 2.0.25, which has no option for that. */
const ADVICE = "The LAST-WORD.";

const PRIVATE = [
  "--settings",
  "--mcp-config",
  ...claudeAtLeast("2.1.0") ? ["--append-system-prompt-file"] : [],
];

/** A file that an option of claude named, as it was when claude started. */
interface SeenFile {
  readonly path: string;
  readonly text: string;
  /** The permissions of the file and of its directory, as `ls -l` prints them. */
  readonly modes: readonly string[];
}

/** Creates a claude that records its arguments and their files, and then runs the real one. */
async function makeSpy({ sandbox, claude }: Scene) {
  const path = `${sandbox.bin}/spy`;
  const seen = `${sandbox.root}/seen`;
  await Deno.mkdir(seen);
  await writeExecutable(
    path,
    `#!/bin/sh
printf '%s\\0' "$@" >'${seen}/args'
for word; do
  case $word in --*=*) option=\${word%%=*} file=\${word#*=};; *) file=$word;; esac
  if [ -f "$file" ]; then
    cp "$file" "${seen}/$option"
    { ls -l "$file"; ls -ld "\${file%/*}"; } | cut -c 1-10 >"${seen}/$option.modes"
    printf %s "$file" >"${seen}/$option.path"
  fi
  option=$word
done
exec '${claude}' "$@"
`,
  );
  const read = (name: string) => Deno.readTextFile(`${seen}/${name}`);
  return {
    path,
    args: async () => (await read("args")).split("\0").slice(0, -1),
    file: async (option: string): Promise<SeenFile> => ({
      path: await read(`${option}.path`),
      text: await read(option),
      modes: (await read(`${option}.modes`)).trim().split("\n"),
    }),
  };
}

Deno.test("ccrun passes options and variables to claude, and secret values in private files", async () => {
  const replies = [
    ({ userText: root }: ApiRequest) => toolUse("Read", { file_path: `${root}/shared/x/seen.txt` }),
    bash("touch allowed && mkdir allowed.d"),
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
      ...["--append-system-prompt", ADVICE, "--max-turns=9"],
      ...[root, "--", "--disallowedTools", "WebSearch"],
    ], {
      cwd: root,
      env: { CCRUN_MODEL: "claude-haiku-4-5", CCRUN_ALLOWED_TOOLS: "Bash(mkdir:*)" },
    });
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
    assertStringIncludes(turns()[0]?.systemText ?? "", ADVICE);

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
    const passed = JSON.parse(files[0]?.text ?? "");
    assertEquals([passed.permissions, passed.env.TOKEN, passed.plansDirectory], [
      settings.permissions,
      settings.env.TOKEN,
      `${root}/plans`,
    ]);
    assertEquals(JSON.parse(files[1]?.text ?? ""), mcp);
    assertEquals(files[2]?.text ?? ADVICE, ADVICE);
    for (const { path, modes } of files) {
      assertEquals(modes, ["-rw-------", "drwx------"], path);
      assertEquals(await exists(path), false, path);
    }
  });
});
