/**
 * The environment and the API key of claude.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { text } from "../support/api_reply.ts";
import { makeSpy } from "./claude_spy.ts";
import { withScene } from "./scene.ts";

Deno.test("ccrun removes the variables of a surrounding session, and keeps the settings of the user", async () => {
  await withScene([text("Hello.")], async (scene) => {
    const spy = await makeSpy(scene);
    const marks = ["CLAUDECODE", "CLAUDE_CODE_ENTRYPOINT", "CLAUDE_CODE_SESSION_ID", "AI_AGENT"];
    const settings = {
      CLAUDE_CONFIG_DIR: `${scene.sandbox.root}/config`,
      CLAUDE_CODE_MAX_OUTPUT_TOKENS: "1000",
      CLAUDE_CODE_USE_BEDROCK: "",
      MINE: "stays",
    };
    const result = await scene.run(["--claude", spy.path, "-q", "--max-retries=3", "Greet me."], {
      env: { ...Object.fromEntries(marks.map((name) => [name, "1"])), ...settings },
    });
    assertEquals([result.code, result.stdout, result.stderr], [0, "Hello.\n", ""]);
    const env = await spy.env();
    assertEquals(marks.filter((name) => name in env), []);
    for (const [name, value] of Object.entries(settings)) assertEquals(env[name], value, name);
    assertEquals([env.TERM, env.PYTHONIOENCODING], ["dumb", "utf-8"]);
    assertEquals(env.CLAUDE_CODE_MAX_RETRIES, "3");
    assertEquals([env.ANTHROPIC_API_KEY, env.ANTHROPIC_API_URL], ["sk-placeholder", undefined]);
  });
});

Deno.test("ccrun passes --api-url to claude, with a placeholder key if there is no credential", async () => {
  await withScene([text("Hello.")], async ({ api, run, sandbox, turns }) => {
    /** Runs without a key in the environment, and returns the key that the API received. */
    const keyOf = async (env: Readonly<Record<string, string>> = {}) => {
      const { code, stdout, stderr } = await run(
        ["-q", "--api-url", `${api.url}/v1`, "Greet me."],
        {
          env: { ANTHROPIC_API_KEY: undefined, ANTHROPIC_BASE_URL: undefined, ...env },
        },
      );
      assertEquals([code, stdout, stderr], [0, "Hello.\n", ""]);
      const { headers, path } = turns().at(-1) ?? {};
      assertEquals(path, "/v1/messages?beta=true");
      return headers?.["x-api-key"] ?? headers?.authorization;
    };
    assertEquals(await keyOf(), "sk-placeholder-key-for-proxy");
    assertEquals(await keyOf({ ANTHROPIC_AUTH_TOKEN: "token" }), "Bearer token");
    await Deno.mkdir(`${sandbox.home}/.claude`, { recursive: true });
    const settings = JSON.stringify({ apiKeyHelper: "echo sk-helped" });
    await Deno.writeTextFile(`${sandbox.home}/.claude/settings.json`, settings);
    assertEquals(await keyOf(), "sk-helped");
  });
});
