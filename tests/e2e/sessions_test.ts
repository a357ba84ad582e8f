/**
 * Resumed and forked sessions.
 *
 * @module
 */

import { assert, assertEquals, assertNotEquals, assertStringIncludes } from "@std/assert";
import { text } from "../support/api_reply.ts";
import type { ApiRequest } from "../support/api_request.ts";
import { claudeAtLeast } from "../support/claude.ts";
import { asArray, asObject } from "../support/json.ts";
import { eventOf, eventsOf, withScene } from "./scene.ts";

/** Returns the conversation of a request. */
function history(request: ApiRequest | undefined): string {
  return JSON.stringify(asArray(request?.body.messages));
}

/** Returns the ids that a run reported. */
function ids(run: Parameters<typeof eventsOf>[0]): readonly (string | undefined)[] {
  const infos = eventsOf(run, "session_info").map(({ session_id }) => session_id);
  const results = eventsOf(run, "result").map(({ session_id }) => session_id);
  const exits = eventsOf(run, "exit").map(({ session_id }) => session_id);
  return [...new Set([...infos, ...results, ...exits])];
}

Deno.test("ccrun resumes a session by its id or as the newest, and forks it", async () => {
  const replies = [(request: ApiRequest) => text(`Answer to ${request.userText}`)];
  await withScene(replies, async ({ json, run, turns }) => {
    const begun = await json(["one"]);
    const [id] = ids(begun);
    assert(id !== undefined);
    assertEquals(ids(begun).length, 1);

    const resumed = await json(["--resume", id, "two"]);
    assertEquals([resumed.code, ids(resumed), resumed.stderr], [0, [id], ""]);
    assertEquals(eventOf(resumed, "start").resume, id);
    const said = history(turns().at(-1));
    assertStringIncludes(said, "one");
    assertStringIncludes(said, "Answer to one");
    assertEquals(turns().at(-1)?.userText, "two");

    const continued = await json(["--continue", "three"]);
    assertEquals([continued.code, ids(continued)], [0, [id]]);
    assertStringIncludes(history(turns().at(-1)), "Answer to two");

    // The hook event arrives before init, and in 2.1.197 it has the id of the old session.
    const hooks = { SessionStart: [{ hooks: [{ type: "command", command: "cat" }] }] };
    const args = ["--fork", "--settings", JSON.stringify({ hooks })];
    const forked = await json(["--resume", id, ...args, "four"], { forkedFrom: id });
    assertEquals([forked.code, ids(forked).length], [0, 1]);
    const [forkId] = ids(forked);
    assert(forkId !== undefined);
    assertNotEquals(forkId, id);
    assertEquals(eventOf(forked, "start").resume, id);
    assertStringIncludes(history(turns().at(-1)), "Answer to three");

    const raw = await run(["--format", "raw", "--resume", id, ...args, "six"]);
    const lines = raw.stdout.trimEnd().split("\n").map((line) => asObject(JSON.parse(line)));
    const own = lines.filter((line) => line.source === "ccrun");
    assertEquals(own.map(({ type }) => type), ["session_info", "exit"]);
    assertEquals(new Set(own.map(({ session_id }) => session_id)).size, 1);
    assertNotEquals(own[0]?.session_id, id);
    // The fork did not change the original session.
    assert(!history(turns().at(-1)).includes("Answer to four"));
  });
});

Deno.test("ccrun --session-id starts a session with that id, even with a pending one to resume", async () => {
  const id = crypto.randomUUID();
  const fork = crypto.randomUUID();
  await withScene([text("Done.")], async ({ json, run, turns }) => {
    const begun = await json(["--resume", "pending_42", "--session-id", id, "one"]);
    assertEquals([begun.code, ids(begun)], [0, [id]]);
    assertEquals(eventOf(begun, "start").resume, undefined);
    assert(!begun.stdout.includes("pending_42"), begun.stdout);

    const taken = await run(["-q", "--session-id", id, "two"]);
    assertEquals([taken.code, taken.stdout], [1, ""]);
    assertEquals(
      taken.stderr,
      `ccrun: error: claude refused to start: Session ID ${id} is already in use.
ccrun: resume that session with --resume, or leave --session-id out
`,
    );

    // 2.0.25 cannot give a fork an id.
    if (!claudeAtLeast("2.1.0")) return;
    const forked = await json(["--resume", id, "--fork", "--session-id", fork, "three"], {
      forkedFrom: id,
    });
    assertEquals([forked.code, ids(forked)], [0, [fork]]);
    assertEquals(turns().map(({ userText }) => userText), ["one", "three"]);
  });
});

Deno.test("ccrun reports an unknown session, and no session of its own", async () => {
  const id = "00000000-0000-4000-8000-00000000dead";
  await withScene([text("Never.")], async ({ json, run, sandbox, turns }) => {
    const events = await json(["--resume", id, "Go on."]);
    assertEquals(events.code, 1);
    const { error } = eventOf(events, "error");
    assertEquals(error.kind, "failed");
    assertStringIncludes(error.message, `No conversation found with session ID: ${id}`);
    assertStringIncludes(error.hint ?? "", "--cwd");
    assertEquals(events.exit.session_id, undefined);
    assertEquals(eventsOf(events, "session_info"), []);
    assertStringIncludes(events.exit.stderr ?? "", "No conversation found");

    // Anything but an id is resolved before claude is started.
    const pretty = await run(["--resume", "nonsense", "Go on."]);
    assertEquals([pretty.code, pretty.stdout], [2, ""]);
    assertStringIncludes(
      pretty.stderr,
      `error: cannot resume nonsense: the workspace ${sandbox.project} has no session`,
    );
    assertStringIncludes(pretty.stderr, `see: ccrun sessions --cwd ${sandbox.project}\n`);
    assertEquals(turns(), []);
  });
});
