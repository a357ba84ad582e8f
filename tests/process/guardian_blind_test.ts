/**
 * A guardian that cannot see processes.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { makeSandbox } from "../support/sandbox.ts";
import { waitFor } from "../support/wait_for.ts";
import { FOREVER, LONG_MS, SHORT_MS, startGuarded } from "./guarded.ts";

for (
  const { what, script, graceMs, isAsked } of [
    {
      what: "that listens",
      script: `trap "exit 5" INT`,
      graceMs: LONG_MS,
      isAsked: true,
    },
    { what: "that is deaf", script: `trap "" INT`, graceMs: SHORT_MS, isAsked: false },
  ]
) {
  Deno.test(`Guardian that lacks awk still ends a child ${what}, and says that it is lost`, async () => {
    await using sandbox = await makeSandbox();
    const path = `${sandbox.root}/few`;
    await Deno.mkdir(path);
    for (const tool of ["sleep", "grep"]) {
      const { stdout } = await new Deno.Command("/bin/sh", { args: ["-c", `command -v ${tool}`] })
        .output();
      await Deno.symlink(new TextDecoder().decode(stdout).trim(), `${path}/${tool}`);
    }
    const child = startGuarded(sandbox, `${script}; : >"$HOME/ready"; ${FOREVER}`, { path });
    const isReady = () => Deno.stat(`${sandbox.home}/ready`).then(() => true, () => false);
    assert(await waitFor(isReady, LONG_MS));
    assertEquals(await child.guardian.end(graceMs), []);
    assertEquals((await child.ended).code, isAsked ? 5 : 137);
    assert(child.guardian.hasDied);
    await sandbox.assertNothingLeft();
  });
}
