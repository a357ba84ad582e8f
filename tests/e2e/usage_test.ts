/**
 * Usage errors, and options from the environment.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { asObject } from "../support/json.ts";
import {
  ANSWER,
  assertClearMessage,
  type FakeScene,
  type FakeSceneOptions,
  STORY,
  withFake,
} from "./fake_scene.ts";
import { checked, eventOf } from "./scene.ts";

/** An invalid command line, and a part of the error message. */
type Invalid = readonly [args: readonly string[], message: string, options?: FakeSceneOptions];

/** Asserts that ccrun rejects a command line on stderr only. */
async function assertRejected({ run }: FakeScene, [args, message, options]: Invalid) {
  const { stdout, stderr, code } = await run(args, options);
  assertEquals([stdout, code], ["", 2], `${args.join(" ")}\n${stderr}`);
  assertClearMessage(stderr);
  assertStringIncludes(stderr, message);
}

Deno.test("ccrun rejects an invalid command line of each command before it starts claude", async () => {
  await withFake(STORY, async (scene) => {
    await Deno.writeTextFile(`${scene.sandbox.project}/file`, "");
    const invalid: readonly Invalid[] = [
      [["--modle", "x", "hi"], "unknown option --modle\nccrun: did you mean --model?"],
      [
        ["schema", "x"],
        "no schema of x\nccrun: use ccrun schema, or ccrun schema serve, batch or results;",
      ],
      [["doctor", "x"], "ccrun doctor takes no arguments"],
      [["doctor", "--banana"], "unknown option --banana\nccrun: see: ccrun help doctor\n"],
      [["sessions", "-C", "file"], `cannot use the workspace ${scene.sandbox.project}/file`],
      [["replay", "x", "--", "y"], "no arguments after --\nccrun: see: ccrun help replay\n"],
      [["replay", "file", "-o", "file"], "the recording and -o are the same file"],
    ];
    for (const one of invalid) await assertRejected(scene, one);
    assertEquals(await scene.prompt(), undefined, "claude was started");
  });
});

/** Usage errors of every stage of the start. */
const STAGES: readonly Invalid[] = [
  [["--banana", "hi"], "unknown option --banana"],
  [["hi", "--max-turns", "x"], "--max-turns must be a whole number"],
  [["hi", "-q"], "--json cannot be combined with -q"],
  [["hi", "--fork"], "--fork needs a session"],
  [["hi"], "CCRUN_DEBUG must be 1 or 0", { env: { CCRUN_DEBUG: "2" } }],
  [["hi", "--json-schema", "{"], "--json-schema is not JSON"],
  [["hi", "--settings", "{"], "--settings is not JSON"],
  [["hi"], "cannot read CCRUN_MCP_CONFIG", { env: { CCRUN_MCP_CONFIG: "no.json" } }],
  [[], "no prompt"],
  [["--prompt-file", "nowhere"], "cannot read --prompt-file"],
  [["hi", "--output", "no/where"], "cannot write --output"],
  [["hi", "--record", "no/where"], "cannot write --record"],
  [["hi", "--cwd", "nowhere"], "does not exist"],
  [["sesions"], "unknown command sesions"],
  [["hi", "--permission-mode", "yolo"], "--permission-mode must be one of default, manual, "],
  [["hi", "--tmux"], "--tmux is for interactive sessions"],
  [["hi", "--append-system-prompt-file", "none"], "cannot read --append-system-prompt-file"],
  [["hi", "--agents", "[]"], "--agents"],
  [["hi", "--plugin-dir", "none"], "cannot read --plugin-dir"],
  [["hi", "--resume", "none.jsonl"], "cannot resume "],
  [["hi", "--", "--verbose"], "--verbose is not allowed after --"],
];

Deno.test("ccrun --json reports every usage error as start, error, and exit", async () => {
  await withFake(STORY, async ({ run, prompt, sandbox }) => {
    const files = () => Array.from(Deno.readDirSync(sandbox.project), ({ name }) => name).sort();
    const before = files();
    for (const [args, message, options] of STAGES) {
      const result = checked(await run(["--json", ...args], options));
      assertEquals(result.events.map(({ type }) => type), ["start", "error", "exit"], message);
      const { error } = eventOf(result, "error");
      assertEquals([error.kind, result.code], ["usage", 2]);
      assertStringIncludes(error.message, message);
      assertClearMessage(result.stderr);
      assertStringIncludes(result.stderr, message);
    }
    assertEquals(files(), before, "a file was left");
    assertEquals(await prompt(), undefined, "claude was started");
  });
});

Deno.test("ccrun reports a usage error as events if an option or CCRUN_FORMAT requests them", async () => {
  await withFake(STORY, async (scene) => {
    const env = { CCRUN_FORMAT: "json" };
    const requests: readonly (readonly [readonly string[], FakeSceneOptions?])[] = [
      [["run", "--banana", "-fjson"]],
      [["replay", "--banana", "--json"]],
      [["--banana"], { env }],
    ];
    for (const [args, options] of requests) {
      const { events, code } = await scene.run(args, options);
      assertEquals(events?.map(({ type }) => type), ["start", "error", "exit"], args.join(" "));
      assertEquals(code, 2);
    }
    await assertRejected(scene, [["-q", "--banana"], "--banana", { env }]);
    await assertRejected(scene, [["-p", "--json", "--banana"], "--banana"]);
  });
});

Deno.test("ccrun -f raw reports a usage error as two events with the source ccrun", async () => {
  await withFake(STORY, async ({ run }) => {
    const { stdout, code } = await run(["-f", "raw", "--banana"]);
    assertEquals(code, 2);
    const events = stdout.trimEnd().split("\n").map((line) => asObject(JSON.parse(line)));
    assertEquals(events.map(({ source, type }) => [source, type]), [
      ["ccrun", "error"],
      ["ccrun", "exit"],
    ]);
  });
});

Deno.test("ccrun uses the format of CCRUN_FORMAT unless an option sets another", async () => {
  await withFake(STORY, async ({ run }) => {
    const env = { CCRUN_FORMAT: "json" };
    checked(await run(["hi"], { env }));
    assertEquals((await run(["-q", "hi"], { env })).stdout, `${ANSWER}\n`);
    assert((await run(["help"], { env })).stdout.startsWith("Usage: "));
  });
});

Deno.test("ccrun warns about an unknown variable and suggests the nearest one", async () => {
  await withFake(STORY, async ({ run }) => {
    assertEquals(
      (await run(["-q", "hi"], { env: { CCRUN_MODLE: "1" } })).stderr,
      "ccrun: warning: unknown variable CCRUN_MODLE; did you mean CCRUN_MODEL?\n",
    );
  });
});
