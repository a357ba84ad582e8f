/**
 * What other users of the machine see in the command lines of a run.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { FAKE_CLAUDE_VERSION } from "../support/fake_claude.ts";
import { exists } from "../../lib/util/exists.ts";
import { testWith } from "../support/test_with.ts";
import { withFake } from "../e2e/fake_scene.ts";

const LINUX = { unless: Deno.build.os === "linux" ? undefined : "command lines are read in /proc" };

/** A text that stands for a secret in every option. */
const SECRET = "correct-horse-battery-staple";

/** A claude that runs until it is stopped. */
const WAIT = "while :; do sleep 0.2; done";

const OPTIONS = [
  ...["--system-prompt", SECRET],
  ...["--append-system-prompt", `${SECRET}\n`],
  ...["--append-subagent-system-prompt", SECRET],
  ...["--agents", JSON.stringify({ helper: { description: "d", prompt: SECRET } })],
  ...["--mcp-config", JSON.stringify({ mcpServers: { a: { command: "a", args: [SECRET] } } })],
  ...["--settings", JSON.stringify({ env: { API_KEY: SECRET } })],
];

async function commandLine(pid: number): Promise<string> {
  return await Deno.readTextFile(`/proc/${pid}/cmdline`).catch(() => "");
}

testWith(
  LINUX,
  "no command line of a run but that of ccrun has a prompt, settings or MCP servers in it",
  async () => {
    await withFake(WAIT, async ({ start, created, sandbox }) => {
      await using ccrun = await start(["--json", ...OPTIONS, "-p", `prompt ${SECRET}`]);
      await created("prompt");
      const pids = (await sandbox.processes()).filter((pid) => pid !== ccrun.pid);
      const lines = await Promise.all(pids.map(commandLine));
      assert(lines.some((line) => line.includes("--input-format")), "claude is among them");
      assertEquals(lines.filter((line) => line.includes(SECRET)), []);

      const claude = lines.find((line) => line.includes("--input-format")) ?? "";
      const files = claude.split(/[\0=]/).filter((word) => word.startsWith(`${sandbox.root}/tmp/`));
      assertEquals(files.length, OPTIONS.length / 2, claude);
      for (const path of files) {
        assertStringIncludes(await Deno.readTextFile(path), SECRET);
        const modes = [path, path.replace(/\/[^/]*$/, "")].map((name) => Deno.statSync(name).mode);
        assertEquals(modes.map((mode) => (mode ?? 0) & 0o777), [0o600, 0o700]);
      }
      ccrun.kill("SIGTERM");
      await ccrun.finished;
      for (const path of files) assertEquals(await exists(path), false, path);
    });
  },
);

Deno.test("a claude that does not print its version gets its system prompt in a file", async () => {
  await withFake(`printf '%s\\n' "$@" >"$gates/args"`, async ({ run, sandbox }) => {
    const claude = `${sandbox.bin}/claude`;
    const script = await Deno.readTextFile(claude);
    await Deno.writeTextFile(claude, script.replace(FAKE_CLAUDE_VERSION, "unreleased"));
    await run(["--append-system-prompt", SECRET, "hi"]);
    const args = await Deno.readTextFile(`${sandbox.root}/args`);
    assertStringIncludes(args, "--append-system-prompt-file=");
    assertEquals(args.includes(SECRET), false, args);
  });
});
