/**
 * Tests `.ci/run` with stubs of npx and apt-get.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { writeExecutable } from "../support/executable.ts";
import { exists } from "../../lib/util/exists.ts";
import { linkPrograms } from "../support/link_programs.ts";
import { REPOSITORY } from "../support/paths.ts";
import { startProcess } from "../support/running_process.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { testWith } from "../support/test_with.ts";

const NEEDS = { commands: ["bash"] };

/** Programs of the system that the script uses. */
const PROGRAMS = ["bash", "awk", "cat", "dirname", "env", "grep", "mktemp", "rm", "sh", "tee"];

/** The programs that some tests need. */
const ALL = ["zsh", "fish", "shellcheck", "chromium"];

/** What the script finds, and what its programs do. */
interface Machine {
  /** The output of `deno task ok`. */
  readonly output: string;
  /** Its exit code. @default {0} */
  readonly code?: number;
  /** @default {1000} */
  readonly uid?: number;
  /** The programs that exist. @default {all that tests need} */
  readonly installed?: readonly string[];
  /** The exit code of apt-get, which does not exist by default. */
  readonly apt?: number;
}

/** Returns the exit code and the lines of the script, and the calls of apt-get. */
async function ciRun({ output, code = 0, uid = 1000, installed, apt }: Machine) {
  await using sandbox = await makeSandbox();
  const { root, bin } = sandbox;
  const stub = (name: string, script: string) =>
    writeExecutable(`${bin}/${name}`, `#!/bin/sh\n${script}\n`);
  await linkPrograms(bin, PROGRAMS);
  await Deno.writeTextFile(`${root}/output`, `${output}\n`);
  await stub("npx", `[ "$*" = "-y deno@2.9.6 task ok" ] && cat ../output; exit ${code}`);
  await stub("id", `echo ${uid}`);
  await stub("timeout", 'shift; exec "$@"');
  for (const name of installed ?? ALL) await stub(name, "");
  if (apt !== undefined) {
    await stub("apt-get", `echo "$*" >>'${root}/apt'; echo noise; echo noise >&2; exit ${apt}`);
  }
  await Deno.mkdir(`${sandbox.project}/.ci`);
  const script = await Deno.readFile(`${REPOSITORY}/.ci/run`);
  await writeExecutable(`${sandbox.project}/.ci/run`, script);
  await using process = startProcess([`${sandbox.project}/.ci/run`], {
    sandbox,
    env: { PATH: bin },
  });
  const { code: exitCode, stdout, stderr } = await process.finished;
  const calls = await exists(`${root}/apt`) ? await Deno.readTextFile(`${root}/apt`) : "";
  assertEquals(stderr, "");
  return {
    code: exitCode,
    lines: stdout.split("\n").slice(0, -1),
    calls: calls.split("\n").slice(0, -1),
  };
}

const GOOD = "Checked 3 files\nok | 12 passed (3 steps) | 0 failed | 1 ignored (9s)\n" +
  "ok | 30 passed | 0 failed (1s)\nok | 4 passed | 0 failed (200ms)";
const BAD = "FAILED | 11 passed (2 steps) | 2 failed (1 step) (1m1s)\n\nerror: Test failed";

testWith(
  NEEDS,
  ".ci/run prints the totals of all tests last, and exits like the tests",
  async () => {
    const rows = [
      [GOOD, 0, "46 passed, 0 failed"],
      [BAD, 1, "11 passed, 2 failed"],
      ["error: Found 1 not formatted file", 1, "0 passed, 1 failed"],
      ["npx: not found", 127, "0 passed, 1 failed"],
    ] as const;
    for (const [output, code, totals] of rows) {
      const run = await ciRun({ output, code });
      assertEquals([run.code, run.lines.at(-1)], [code, totals]);
      assertEquals(run.lines.slice(0, -1).join("\n"), output);
    }
  },
);

const SKIPPED = "Some tests are skipped, because these programs are not installed: zsh shellcheck";

testWith(
  NEEDS,
  ".ci/run installs missing programs quietly, or says that tests are skipped",
  async () => {
    const installs = ["-qq update", "-qq install --no-install-recommends zsh shellcheck"];
    const rows = [
      [{ uid: 0, apt: 0 }, installs, false],
      [{ uid: 0, apt: 100 }, installs, true],
      [{ uid: 0 }, [], true],
      [{ apt: 0 }, [], true],
    ] as const;
    for (const [machine, calls, isSkipped] of rows) {
      const run = await ciRun({ output: GOOD, installed: ["fish", "chromium"], ...machine });
      assertEquals([run.code, run.calls], [0, calls]);
      assertEquals(run.lines, [
        ...(isSkipped ? [SKIPPED] : []),
        ...GOOD.split("\n"),
        "46 passed, 0 failed",
      ]);
    }
  },
);

testWith(NEEDS, ".ci/run installs the browser by itself", async () => {
  const others = ALL.filter((name) => name !== "chromium");
  const run = await ciRun({ output: GOOD, installed: others, uid: 0, apt: 100 });
  assertEquals(run.calls, ["-qq update", "-qq install --no-install-recommends chromium"]);
  assertEquals([run.code, run.lines[0]], [0, SKIPPED.replace("zsh shellcheck", "chromium")]);
  const chrome = await ciRun({
    output: GOOD,
    installed: [...others, "google-chrome"],
    uid: 0,
    apt: 0,
  });
  assertEquals(chrome.calls, []);
});
