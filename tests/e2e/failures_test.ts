/**
 * The errors and exit codes of a failing API.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { apiError, attempts, type Reply, text } from "../support/api_reply.ts";
import { claudeAtLeast } from "../support/claude.ts";
import { eventOf, eventsOf, type Scene, type SceneRunOptions, withScene } from "./scene.ts";

const OVERLOADED = apiError(529, "overloaded_error", "Overloaded");
const REFUSED = apiError(401, "authentication_error", "invalid x-api-key");

/** Delays the retry so that ccrun stops claude first, even on a slow machine. */
const REFUSED_FOR_LONG = { ...REFUSED, headers: { "retry-after": "60" } };

/** Whether claude reports its retries. 2.0.25 does so only in its log. */
const REPORTS_RETRIES = claudeAtLeast("2.1.0");

/** An expected failure. */
interface Expected {
  readonly code: number;
  readonly message: string | RegExp;
  readonly hint?: string | RegExp;
}

/** Runs twice, as json and as text, and checks that both fail as expected without an answer. */
async function assertFails(
  scene: Scene,
  args: readonly string[],
  { code, message, hint }: Expected,
  options: SceneRunOptions = {},
) {
  const events = await scene.json([...args, "Greet me."], options);
  assertEquals(events.code, code, events.stdout);
  const { error } = eventOf(events, "error");
  assertMatch(error.message, asPattern(message));
  if (hint !== undefined) assertMatch(error.hint ?? "", asPattern(hint));
  const lines = [`ccrun: error: ${error.message}`, `ccrun: ${error.hint}`];
  const expected = error.hint === undefined ? lines.slice(0, 1) : lines;
  assertEquals(events.stderr, `${expected.join("\n")}\n`);

  const quiet = await scene.run(["-q", ...args, "Greet me."], options);
  assertEquals([quiet.code, quiet.stdout], [code, ""]);
  // Some messages contain an address that changes from run to run.
  assertEquals(quiet.stderr, events.stderr);
  return events;
}

function asPattern(text: string | RegExp): RegExp {
  return typeof text === "string" ? new RegExp(RegExp.escape(text)) : text;
}

Deno.test("ccrun exits with 4 if the API rejects the request or does not know the model", async () => {
  const respond = ({ model }: { model: string }): Reply =>
    model === "claude-nonesuch-9"
      ? apiError(404, "not_found_error", "model: claude-nonesuch-9")
      : apiError(400, "invalid_request_error", "messages: too strange");
  await withScene(respond, async (scene) => {
    const bad = await assertFails(scene, [], { code: 4, message: /^API Error: 400 .*too strange/ });
    assertEquals(eventOf(bad, "result").ok, false);
    assertEquals(eventOf(bad, "result").http_status, 400);
    assertEquals(bad.exit.reason, "api");
    const unknown = ["--model", "claude-nonesuch-9"];
    const { events } = await assertFails(scene, unknown, {
      code: 4,
      message: claudeAtLeast("2.1.0") ? "the selected model (claude-nonesuch-9)" : "nonesuch-9",
      hint: "choose another model with --model",
    });
    const session = eventOf({ events }, "session_info");
    assertEquals(session.model, "claude-nonesuch-9");
    assert(scene.turns().some(({ model }) => model === "claude-nonesuch-9"));

    const pretty = await scene.run([...unknown, "Greet me."]);
    assertEquals([pretty.code, pretty.stdout], [4, ""]);
    assertMatch(
      pretty.stderr,
      /\nerror: .*nonesuch-9.*\n {7}choose another model with --model, or check .*\n/,
    );
    assertMatch(pretty.stderr, /\n✗ api · \d/);
  });
});

Deno.test("ccrun exits with 3 after the first rejection of a static key", async () => {
  await withScene(() => REFUSED_FOR_LONG, async (scene) => {
    // 2.0.25 does not report its ten retries, so ccrun cannot stop them.
    const args = REPORTS_RETRIES ? [] : ["--max-retries", "0"];
    const events = await assertFails(scene, args, {
      code: 3,
      message: REPORTS_RETRIES
        ? "the API rejected the credential: authentication_failed (HTTP 401)"
        : "Invalid API key",
      hint: "check ANTHROPIC_API_KEY",
    });
    assertEquals(events.exit.reason, "auth");
    assertEquals(eventsOf(events, "retry").length, REPORTS_RETRIES ? 1 : 0);
    // One for each of the two runs; 2.0.25 repeats the request without streaming.
    if (REPORTS_RETRIES) assertEquals(scene.turns().length, 2);

    const pretty = await scene.run([...args, "Greet me."]);
    assertEquals([pretty.code, pretty.stdout], [3, ""]);
    if (REPORTS_RETRIES) {
      assertEquals(scene.turns().length, 3);
      assertMatch(pretty.stderr, /\n! retry 1\/10 in 1m .*: authentication_failed \(HTTP 401\)\n/);
    }
    assert(!pretty.stderr.includes("ede_diagnostic"), pretty.stderr);
  });
});

Deno.test("ccrun exits with 3 if there is no key, or the key lacks a permission", async () => {
  const respond = () => apiError(403, "permission_error", "Your key may not do this");
  await withScene(respond, async (scene) => {
    await assertFails(scene, ["--max-retries", "0"], {
      code: 3,
      message: "403",
      hint: "check ANTHROPIC_API_KEY",
    });
    const requests = scene.turns().length;
    await assertFails(scene, [], {
      code: 3,
      message: "Please run /login",
      hint: "check ANTHROPIC_API_KEY, or log in: start claude and type /login",
    }, { env: { ANTHROPIC_API_KEY: undefined } });
    assertEquals(scene.turns().length, requests);
  });
});

Deno.test({
  name: "ccrun exits with 3 after the second rejection of a key from a helper",
  // Older versions do not report their retries.
  ignore: !REPORTS_RETRIES,
  fn: async () => {
    const helper = JSON.stringify({ apiKeyHelper: "echo sk-from-helper" });
    const args = ["--settings", helper, "Greet me."];
    const env = { ANTHROPIC_API_KEY: undefined };
    await withScene([attempts(REFUSED, text("Hello."))], async ({ json, turns }) => {
      const events = await json(args, { env });
      // 2.1.330 calls the helper again without reporting a retry.
      const reported = claudeAtLeast("2.1.330") ? 0 : 1;
      assertEquals([events.code, eventsOf(events, "retry").length], [0, reported], events.stdout);
      assertEquals(turns().map(({ headers }) => headers["x-api-key"]), [
        "sk-from-helper",
        "sk-from-helper",
      ]);
    });
    // 2.1.330 reports only its third attempt.
    const refused: readonly [Reply, ...Reply[]] = claudeAtLeast("2.1.330")
      ? [REFUSED, REFUSED, REFUSED, REFUSED_FOR_LONG]
      : [REFUSED, REFUSED_FOR_LONG];
    await withScene([attempts(...refused)], async ({ json, turns }) => {
      const events = await json(args, { env });
      assertEquals([events.code, eventsOf(events, "retry").length], [3, 2], events.stdout);
      assertEquals(turns().length, refused.length);
    });
  },
});

Deno.test("ccrun reports retries, and exits with 0 if the API recovers", async () => {
  let requests = 0;
  const everySecond = () => requests++ % 2 === 0 ? OVERLOADED : text("Here I am.");
  await withScene([everySecond], async ({ json, run }) => {
    const events = await json(["Greet me."]);
    assertEquals([events.code, events.stderr], [0, ""]);
    assertEquals(eventOf(events, "result").text, "Here I am.");
    if (REPORTS_RETRIES) {
      const { attempt, http_status, reason, max_retries } = eventOf(events, "retry");
      assertEquals([attempt, http_status, reason], [1, 529, "overloaded"]);
      assertEquals(max_retries, 10);
    }
    const pretty = await run(["Greet me."]);
    assertEquals([pretty.code, pretty.stdout], [0, "Here I am.\n"]);
    if (REPORTS_RETRIES) {
      assertMatch(pretty.stderr, /\n! retry 1\/10 in \d\.\ds: overloaded \(HTTP 529\)\n/);
    }
  });
});

Deno.test("ccrun exits with 4 if the API stays overloaded or limits the rate", async () => {
  const respond = ({ userText }: { userText: string }): Reply =>
    userText.includes("slowly")
      ? apiError(429, "rate_limit_error", "Too many requests", { "retry-after": "0" })
      : OVERLOADED;
  await withScene(respond, async (scene) => {
    const events = await assertFails(scene, ["--max-retries", "1"], {
      code: 4,
      message: /^API Error: .*529|Overloaded/,
      hint: "try again later; --max-retries N retries longer",
    });
    assertEquals(eventOf(events, "result").http_status, 529);
    // Two attempts for each of the two runs; 2.0.25 repeats the request without streaming.
    if (REPORTS_RETRIES) assertEquals(scene.turns().length, 4);

    const limited = await scene.run(["-q", "--max-retries=0", "Go", "slowly."]);
    assertEquals([limited.code, limited.stdout], [4, ""]);
    assertMatch(limited.stderr, /^ccrun: error: API Error: .*429/);
    assertStringIncludes(limited.stderr, "\nccrun: wait until the limit resets and try again\n");
  });
});

Deno.test("ccrun exits with 4 if the API does not answer", async () => {
  await withScene([text("Never.")], async (scene) => {
    const events = await assertFails(scene, ["--max-retries=0"], {
      code: 4,
      message: /^API Error: .*[Cc]onnect/,
      hint: "check the network and the address of the API: --api-url or ANTHROPIC_BASE_URL",
      // The address of the sandbox, at which nothing answers.
    }, { apiUrl: undefined });
    assertEquals(eventOf(events, "result").http_status, undefined);
    assertEquals(scene.turns(), []);
  });
});
