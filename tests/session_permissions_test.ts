/**
 * What the library reports if Deno has not granted a permission.
 *
 * @module
 */

import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { CcrunError, ClaudeSession, type ClaudeSessionOptions, replay } from "../lib/mod.ts";
import { fakeClaude, initLine, resultLine } from "./support/fake_claude.ts";
import { exitOf } from "./support/events_of_type.ts";
import { errorOf, eventsOf, SUCCEED } from "./support/fake_session.ts";
import { makeSandbox } from "./support/sandbox.ts";

// The tests themselves lack the permissions to create these.
const sandbox = await makeSandbox();
const claudePath = await fakeClaude(sandbox, SUCCEED);
const env = sandbox.env();

Deno.test.afterAll(async () => await sandbox[Symbol.asyncDispose]());

function runWith(options: ClaudeSessionOptions) {
  return eventsOf(new ClaudeSession({ workspace: sandbox.project, claudePath, env, ...options }));
}

const ALL = { run: true, env: true, read: true, write: true } as const;

type Row = readonly [
  permissions: Deno.PermissionOptionsObject,
  options: ClaudeSessionOptions,
  error: RegExp,
];

const FAILURES: readonly Row[] = [
  [{ run: false }, {}, /^cannot continue: Deno denies run access .* \| run Deno with --allow-run$/],
  [{ run: [claudePath] }, {}, /run access to "\/bin\/sh" \| run Deno with --allow-run$/],
  [{ run: ["/bin/sh"] }, {}, /run access to ".*fake-claude-1" \| run Deno with --allow-run$/],
  [{ env: false }, { env: undefined }, / denies env access \| run Deno with --allow-env$/],
  [
    { env: ["PATH", "HOME"] },
    { env: undefined },
    / denies env access \| run Deno with --allow-env$/,
  ],
  [{ env: false }, { settings: "{}" }, / denies env access to "\w+" \| run Deno with --allow-env$/],
  [
    { read: false },
    {},
    /^cannot find Claude Code .* \| run Deno with --allow-read, without a list/,
  ],
  [{ read: [sandbox.root] }, {}, /^cannot find Claude Code .* \| run Deno with --allow-read, /],
  // With run permission, a helper process that removes temporary files could outlive the test.
  [
    { run: false, write: false },
    { settings: "{}" },
    / denies write access .* \| run Deno with --allow-write$/,
  ],
];

for (const [permissions, options, error] of FAILURES) {
  const missing = JSON.stringify(permissions).replace(sandbox.root, "...");
  Deno.test({
    name: `ClaudeSession.run reports a missing permission as an error event: ${missing}`,
    permissions: { ...ALL, ...permissions },
    async fn() {
      const events = await runWith(options);
      assertEquals(events.map(({ type }) => type), ["start", "error", "exit"]);
      assertEquals(exitOf(events).reason, "usage");
      assertMatch(errorOf(events), error);
    },
  });
}

Deno.test({
  name:
    "ClaudeSession.run needs run permission only for claude and the shell, and none for env or write",
  permissions: { run: [claudePath, "/bin/sh"], read: true },
  async fn() {
    assertEquals(exitOf(await runWith({})).reason, "success");
  },
});

Deno.test({
  name: "replay needs no permission",
  permissions: "none",
  async fn() {
    const recording = new Blob([`${initLine()}\n${resultLine()}\n`]);
    const events = await Array.fromAsync(replay(recording.stream()));
    assertEquals(exitOf(events).reason, "success");
  },
});

const DENIED = [
  [{ run: false }, "cannot continue: Deno denies run access", env],
  [{ env: false }, "cannot continue: Deno denies env access", undefined],
] as const;

for (const [permissions, message, env] of DENIED) {
  Deno.test(`warmUp reports ${message}`, { permissions: { ...ALL, ...permissions } }, async () => {
    const workspace = sandbox.project;
    const session = new ClaudeSession({ workspace, claudePath, env, keepAliveMs: 60_000 });
    await assertRejects(() => session.warmUp(), CcrunError, message);
    assertEquals([session.busy, session.hasProcess], [false, false]);
  });
}
