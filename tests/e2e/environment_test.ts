/**
 * The environment and the API key of claude.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { text } from "../support/api_reply.ts";
import type { SceneRunOptions } from "./scene.ts";
import { withScene } from "./scene.ts";
import { makeSpy } from "./claude_spy.ts";

/** The variables that mark a surrounding session of Claude Code. */
const MARKS: readonly string[] = [
  "AI_AGENT",
  "CLAUDECODE",
  "CLAUDE_CODE_CHILD_NOTES_DIR",
  "CLAUDE_CODE_CHILD_SESSION",
  "CLAUDE_CODE_ENTRYPOINT",
  "CLAUDE_CODE_EXECPATH",
  "CLAUDE_CODE_MESSAGING_SOCKET",
  "CLAUDE_CODE_MESSAGING_TOKEN",
  "CLAUDE_CODE_SESSION_ATTENDED",
  "CLAUDE_CODE_SESSION_ID",
  "CLAUDE_CODE_SSE_PORT",
  "CLAUDE_EFFORT",
  "CLAUDE_PID",
];

Deno.test("ccrun removes the variables of a surrounding session, and keeps the settings of the user", async () => {
  await withScene([text("Hello.")], async (scene) => {
    const spy = await makeSpy(scene);
    const settings = {
      CLAUDE_CONFIG_DIR: `${scene.sandbox.root}/config`,
      CLAUDE_CODE_MAX_OUTPUT_TOKENS: "1000",
      CLAUDE_CODE_USE_BEDROCK: "",
      MINE: "stays",
    };
    const result = await scene.run(["--claude", spy.path, "-q", "--max-retries=3", "Greet me."], {
      env: { ...Object.fromEntries(MARKS.map((name) => [name, "1"])), ...settings },
    });
    assertEquals([result.code, result.stdout, result.stderr], [0, "Hello.\n", ""]);
    const env = await spy.env();
    assertEquals(MARKS.filter((name) => name in env), []);
    for (const [name, value] of Object.entries(settings)) assertEquals(env[name], value, name);
    assertEquals([env.TERM, env.PYTHONIOENCODING], ["dumb", "utf-8"]);
    assertEquals(env.CLAUDE_CODE_MAX_RETRIES, "3");
    assertEquals([env.ANTHROPIC_API_KEY, env.ANTHROPIC_API_URL], ["sk-placeholder", undefined]);
  });
});

Deno.test("ccrun passes --api-url to claude, with a placeholder key if there is no credential", async () => {
  await withScene([text("Hello.")], async (scene) => {
    const { api, run, turns } = scene;
    const spy = await makeSpy(scene);
    const NO_KEY = { ANTHROPIC_API_KEY: undefined, ANTHROPIC_BASE_URL: undefined };
    const greet = async (env: SceneRunOptions["env"]) => {
      const url = ["--claude", spy.path, "--api-url", `${api.url}/v1`];
      const result = await run(["-q", ...url, "Greet me."], {
        env: { ...NO_KEY, ...env },
      });
      assertEquals([result.code, result.stdout, result.stderr], [0, "Hello.\n", ""]);
      const { headers, path } = turns().at(-1) ?? {};
      assertEquals(path, "/v1/messages?beta=true");
      return [headers?.["x-api-key"], headers?.authorization];
    };
    assertEquals(await greet({}), ["sk-placeholder-key-for-proxy", undefined]);
    const env = await spy.env();
    assertEquals([env.ANTHROPIC_API_URL, env.ANTHROPIC_BASE_URL], [`${api.url}/v1`, api.url]);

    assertEquals(await greet({ ANTHROPIC_API_KEY: "sk-mine" }), ["sk-mine", undefined]);
    assertEquals(await greet({ ANTHROPIC_AUTH_TOKEN: "token" }), [undefined, "Bearer token"]);
    assertEquals((await spy.env()).ANTHROPIC_API_KEY, undefined);
    await Deno.mkdir(`${scene.sandbox.home}/.claude`, { recursive: true });
    const settings = JSON.stringify({ apiKeyHelper: "echo sk-helped" });
    await Deno.writeTextFile(`${scene.sandbox.home}/.claude/settings.json`, settings);
    assertEquals((await greet({}))[0], "sk-helped");
  });
});
