/**
 * Resumed and forked sessions.
 *
 * @module
 */

import { assert, assertEquals, assertNotEquals, assertStringIncludes } from "@std/assert";
import { text } from "../support/api_reply.ts";
import type { ApiRequest } from "../support/api_request.ts";
import { claudeAtLeast } from "../support/claude.ts";
import { asArray } from "../support/json.ts";
import { eventOf, eventsOf, withScene } from "./scene.ts";

/** Returns the conversation of a request. */
function conversationOf(request: ApiRequest | undefined): string {
  return JSON.stringify(asArray(request?.body.messages));
}

/** Returns the ids that a run reported. */
function idsOf(run: Parameters<typeof eventsOf>[0]): readonly (string | undefined)[] {
  const infos = eventsOf(run, "session_info").map(({ session_id }) => session_id);
  const results = eventsOf(run, "result").map(({ session_id }) => session_id);
  const exits = eventsOf(run, "exit").map(({ session_id }) => session_id);
  return [...new Set([...infos, ...results, ...exits])];
}

Deno.test("ccrun --continue warns that it starts a session if there is none, and resumes the newest, and --fork branches off it", async () => {
  const replies = [(request: ApiRequest) => text(`Answer to ${request.userText}`)];
  await withScene(replies, async ({ json, sandbox, turns }) => {
    const first = await json(["--continue", "one"]);
    const warning = `${sandbox.project} has no session to continue, so this run starts a new one`;
    const warnings = eventsOf(first, "notice").filter(({ level }) => level === "warning");
    assertEquals(warnings.map(({ text }) => text), [warning]);
    assertEquals([first.code, first.stderr], [0, `ccrun: warning: ${warning}\n`]);
    const [id, ...others] = idsOf(first);
    assert(id !== undefined && others.length === 0);

    const continued = await json(["--continue", "two"]);
    assertEquals([continued.code, idsOf(continued), continued.stderr], [0, [id], ""]);
    // 2.0.25 continues what it wrote last, which may be the reply to a request that warms up its cache.
    for (const words of claudeAtLeast("2.1.0") ? ["one", "Answer to one"] : []) {
      assertStringIncludes(conversationOf(turns().at(-1)), words);
    }
    assertEquals(turns().at(-1)?.userText, "two");

    // The hook event arrives before init, and in 2.1.197 it has the id of the old session.
    const hooks = { SessionStart: [{ hooks: [{ type: "command", command: "cat" }] }] };
    const args = ["--resume", id, "--fork", "--settings", JSON.stringify({ hooks }), "three"];
    const forked = await json(args, { forkedFrom: id });
    assertEquals([forked.code, idsOf(forked).length], [0, 1]);
    assertNotEquals(idsOf(forked), [id]);
    assertEquals(eventOf(forked, "start").resume, id);
    assertStringIncludes(conversationOf(turns().at(-1)), "Answer to two");
  });
});

Deno.test("ccrun --session-id starts a session with that id, even with a pending one to resume", async () => {
  const id = crypto.randomUUID();
  const fork = crypto.randomUUID();
  await withScene([text("Done.")], async ({ json, run, turns, claude }) => {
    const begun = await json(["--resume", "pending_42", "--session-id", id, "one"]);
    assertEquals([begun.code, idsOf(begun)], [0, [id]]);
    assertEquals(eventOf(begun, "start").resume, undefined);
    assert(!begun.stdout.includes("pending_42"), begun.stdout);

    const taken = await run(["-q", "--session-id", id, "two"]);
    assertEquals([taken.code, taken.stdout], [2, ""]);
    assertEquals(
      taken.stderr,
      `ccrun: error: claude refused to start: Session ID ${id} is already in use.
ccrun: leave --session-id out, or resume that session; resume with: ccrun --resume ${id} --claude ${claude} "..."
`,
    );

    // 2.0.25 cannot give a fork an id.
    if (!claudeAtLeast("2.1.0")) return;
    const forked = await json(["--resume", id, "--fork", "--session-id", fork, "three"], {
      forkedFrom: id,
    });
    assertEquals([forked.code, idsOf(forked)], [0, [fork]]);
    assertEquals(turns().map(({ userText }) => userText), ["one", "three"]);
  });
});

Deno.test("ccrun reports an unknown session, and no session of its own", async () => {
  const id = "00000000-0000-4000-8000-00000000dead";
  await withScene([text("Never.")], async ({ json, run, sandbox, turns }) => {
    const events = await json(["--resume", id, "Go on."]);
    assertEquals(events.code, 2);
    const { error } = eventOf(events, "error");
    assertEquals(error.kind, "usage");
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
