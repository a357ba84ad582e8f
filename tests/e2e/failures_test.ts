/**
 * The errors and exit codes of a failing API.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { apiError, attempts, type Reply, text } from "../support/api_reply.ts";
import { claudeAtLeast, sinceClaude } from "../support/claude.ts";
import { testWith } from "../support/test_with.ts";
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
  readonly hint?: string;
}

/** Asserts that a run fails as expected, without an answer and with the same words on stderr. */
async function assertFails(
  { json }: Scene,
  args: readonly string[],
  { code, message, hint }: Expected,
  options: SceneRunOptions = {},
) {
  const run = await json([...args, "Greet me."], options);
  assertEquals(run.code, code, run.stdout);
  const { error } = eventOf(run, "error");
  if (typeof message === "string") assertStringIncludes(error.message, message);
  else assertMatch(error.message, message);
  if (hint !== undefined) assertStringIncludes(error.hint ?? "", hint);
  const lines = [error.message, error.hint].filter((line) => line !== undefined);
  assertEquals(run.stderr, `ccrun: error: ${lines.join("\nccrun: ")}\n`);
  return run;
}

Deno.test("ccrun exits with 4 if the API does not know the model", async () => {
  const unknown = apiError(404, "not_found_error", "model: claude-nonesuch-9");
  await withScene(() => unknown, async (scene) => {
    const events = await assertFails(scene, ["--model", "claude-nonesuch-9"], {
      code: 4,
      message: claudeAtLeast("2.1.0") ? "the selected model (claude-nonesuch-9)" : "nonesuch-9",
      hint: "choose another model with --model",
    });
    assertEquals(eventOf(events, "session_info").model, "claude-nonesuch-9");
    const { ok, http_status } = eventOf(events, "result");
    assertEquals([ok, http_status, events.exit.reason], [false, 404, "api"]);
  });
});

Deno.test("ccrun exits with 3 after the first rejection of a static key", async () => {
  await withScene(() => REFUSED_FOR_LONG, async (scene) => {
    // 2.0.25 does not report its ten retries, so ccrun cannot stop them.
    const events = await assertFails(scene, REPORTS_RETRIES ? [] : ["--max-retries", "0"], {
      code: 3,
      message: REPORTS_RETRIES
        ? "the API rejected the credential: authentication_failed (HTTP 401)"
        : "Invalid API key",
      hint: "check ANTHROPIC_API_KEY",
    });
    assertEquals(events.exit.reason, "auth");
    assertEquals(eventsOf(events, "retry").length, REPORTS_RETRIES ? 1 : 0);
    // 2.0.25 repeats the request without streaming.
    if (REPORTS_RETRIES) assertEquals(scene.turns().length, 1);
  });
});

Deno.test("ccrun exits with 3 if there is no key", async () => {
  await withScene([text("Never.")], async (scene) => {
    await assertFails(scene, [], {
      code: 3,
      message: "Please run /login",
      hint: "check ANTHROPIC_API_KEY, or log in: start claude and type /login",
    }, { env: { ANTHROPIC_API_KEY: undefined } });
    assertEquals(scene.turns(), []);
  });
});

testWith(
  sinceClaude("2.1.0", "Claude Code 2.0 does not report its retries"),
  "ccrun exits with 3 after the second rejection of a key from a helper",
  async () => {
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
);

Deno.test("ccrun reports retries, and exits with 0 if the API recovers", async () => {
  await withScene([attempts(OVERLOADED, text("Here I am."))], async ({ json }) => {
    const events = await json(["Greet me."]);
    assertEquals([events.code, events.stderr], [0, ""]);
    assertEquals(eventOf(events, "result").text, "Here I am.");
    if (REPORTS_RETRIES) {
      const { attempt, http_status, reason, max_retries } = eventOf(events, "retry");
      assertEquals([attempt, http_status, reason, max_retries], [1, 529, "overloaded", 10]);
    }
  });
});

Deno.test("ccrun exits with 4 if the API stays overloaded", async () => {
  await withScene(() => OVERLOADED, async (scene) => {
    const events = await assertFails(scene, ["--max-retries", "1"], {
      code: 4,
      message: /^API Error: .*529|Overloaded/,
      hint: "try again later; --max-retries N retries longer",
    });
    assertEquals(eventOf(events, "result").http_status, 529);
    // 2.0.25 repeats the request without streaming.
    if (REPORTS_RETRIES) assertEquals(scene.turns().length, 2);
  });
});

const REFUSING_URL = "http://127.0.0.1:1";

Deno.test("ccrun exits with 4 if the API does not answer, and names its address and the proxy", async () => {
  await withScene([text("Never.")], async (scene) => {
    const url = ["--max-retries=1", "--api-url", `${REFUSING_URL}/v1`];
    const events = await assertFails(scene, url, {
      code: 4,
      message: /^API Error: .*[Cc]onnect/,
      hint: `check that ${REFUSING_URL} can be reached: the network, and --api-url or`,
    });
    assertEquals(eventOf(events, "result").http_status, undefined);
    if (REPORTS_RETRIES) assertEquals(eventOf(events, "retry").address, REFUSING_URL);

    const env = { HTTPS_PROXY: "http://user:Wd9Ef7Rg5Th3@127.0.0.1:1", NO_PROXY: "" };
    const base = "https://api.test";
    const args = ["-f", "pretty", "--api-url", base, "--max-retries=1", "Greet me."];
    const { code, stderr } = await scene.run(args, { env });
    assertEquals(code, 4);
    const through = `${base} can be reached through the proxy ${REFUSING_URL} (HTTPS_PROXY)`;
    assertStringIncludes(stderr, `check that ${through}`);
    if (REPORTS_RETRIES) {
      const failed = `connection to ${base} through the proxy ${REFUSING_URL} failed`;
      assertMatch(stderr, new RegExp(`retry 1/1 in \\S+: ${failed}\n`));
    }
    assert(!stderr.includes("Wd9E"), stderr);
    assertEquals(scene.turns(), []);
  });
});

Deno.test("ccrun names a configuration file that claude cannot parse, and how to repair it", async () => {
  await withScene([text("Hello.")], async ({ run, sandbox }) => {
    const path = `${sandbox.home}/.claude.json`;
    await Deno.writeTextFile(path, '{ "secret');
    const { code, stdout, stderr } = await run(["-q", "Greet me."]);
    assertEquals([code, stdout, stderr.includes("secret")], [1, "", false], stderr);
    const error = `ccrun: error: claude cannot parse its configuration file ${path}\n`;
    assertStringIncludes(stderr, `${error}ccrun: correct its JSON, or `);
    const repair = /: ((?:mv|cp) .*)\n$/.exec(stderr)?.[1] ?? "false";
    const { success } = await new Deno.Command("/bin/sh", { args: ["-c", repair] }).output();
    assert(success, repair);
    const repaired = await run(["-q", "Greet me."]);
    assertEquals([repaired.code, repaired.stdout], [0, "Hello.\n"], repaired.stderr);
  });
});

Deno.test("ccrun names the variable of a proxy that claude cannot use, and not its password", async () => {
  await withScene([text("Never.")], async (scene) => {
    for (const https_proxy of ["user:Wd9Ef7Rg5Th3@proxy", "socks5://u:Wd9Ef7Rg5Th3@127.0.0.1:1"]) {
      await assertFails(scene, [], {
        code: 2,
        message: /^cannot use https_proxy: it is not an http or https URL$/,
        hint: "set https_proxy to a URL such as http://proxy.example.com:8080, or unset it",
      }, { env: { https_proxy } });
    }
  });
});
