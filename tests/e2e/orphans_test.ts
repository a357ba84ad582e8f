/**
 * Orphans of a run, which another process than PID 1 may adopt.
 *
 * @module
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { emit, initLine, resultLine } from "../support/fake_claude.ts";
import { type Needs, succeeds, testWith } from "../support/test_with.ts";
import { withFake } from "./fake_scene.ts";
import { assertGone, makeLeftovers } from "./leftovers.ts";
import { assertNothingLeft, checked, eventsOf } from "./scene.ts";

/** Runs a command as a process that adopts orphans, like the manager of a user's session. */
const AS_SUBREAPER = `python3 -c '
import ctypes, subprocess, sys
ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)
sys.exit(subprocess.call(sys.argv[1:]))'`;

/** Runs a command in a container whose first process is a shell. */
const IN_CONTAINER = `unshare --pid --fork --mount-proc --kill-child sh -c '"$@"; exit $?' sh`;

const rows: readonly (readonly [where: string, prefix: string, needs: Needs])[] = [
  ["under a subreaper", AS_SUBREAPER, { commands: ["python3", "setsid"] }],
  ["in a container whose first process is a shell", IN_CONTAINER, {
    commands: ["setsid"],
    unless: succeeds("unshare", "--pid", "--fork", "--mount-proc", "true")
      ? undefined
      : "unshare cannot create namespaces here",
  }],
];

for (const [where, prefix, needs] of rows) {
  testWith(needs, `ccrun stops the orphans of a run ${where}`, async () => {
    await withFake('. "$gates/commands"', async ({ sandbox, shell }) => {
      await using leftovers = makeLeftovers(sandbox, ["daemon", "child"]);
      const { daemon, child } = leftovers;
      // A daemon forks, begins a session, and forks again.
      const daemonize = `(setsid sh -c '("$@" &)' sh ${daemon.command} &)`;
      await Deno.writeTextFile(
        `${sandbox.root}/commands`,
        `${emit(initLine())}${daemonize}; (${child.command} &)
        ${daemon.waitCommand}; ${child.waitCommand}; ${emit(resultLine())}`,
      );
      const events = checked(await shell(`${prefix} ccrun --json hi`));
      assertEquals(events.code, 0);
      const notices = eventsOf(events, "notice").map(({ text }) => text).join("\n");
      for (const { name } of [daemon, child]) assertStringIncludes(notices, name);
      await assertGone(daemon, child);
      await assertNothingLeft(sandbox);
    });
  });
}
