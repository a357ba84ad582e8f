/**
 * The environment and the API key of claude.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { text } from "../support/api_reply.ts";
import { emit } from "../support/fake_claude.ts";
import { STORY, withFake } from "./fake_scene.ts";
import { withScene, writeSettings } from "./scene.ts";

Deno.test("ccrun removes the variables of a surrounding session, and keeps the settings of the user", async () => {
  await withFake(`env >"$gates/env"; ${emit(...STORY)}`, async ({ run, sandbox }) => {
    const marks = ["CLAUDECODE", "CLAUDE_CODE_ENTRYPOINT", "CLAUDE_CODE_SESSION_ID", "AI_AGENT"];
    const settings = { CLAUDE_CONFIG_DIR: "/config", CLAUDE_CODE_USE_BEDROCK: "", MINE: "stays" };
    const result = await run(["-q", "--max-retries=3", "hi"], {
      env: { ...Object.fromEntries(marks.map((name) => [name, "1"])), ...settings },
    });
    assertEquals([result.code, result.stderr], [0, ""]);
    const variables = (await Deno.readTextFile(`${sandbox.root}/env`)).split("\n");
    const has = (variable: string) => variables.some((line) => line.startsWith(variable));
    for (const name of marks) assert(!has(`${name}=`), name);
    for (const [name, value] of Object.entries(settings)) {
      assert(variables.includes(`${name}=${value}`), name);
    }
    for (const variable of ["TERM=dumb", "PYTHONIOENCODING=utf-8", "CLAUDE_CODE_MAX_RETRIES=3"]) {
      assert(variables.includes(variable), variable);
    }
    assert(has("ANTHROPIC_API_KEY=sk-placeholder") && !has("ANTHROPIC_API_URL="));
  });
});

Deno.test("ccrun passes --api-url to claude, with a placeholder key if there is no credential", async () => {
  await withScene([text("Hello.")], async ({ api, run, sandbox, turns }) => {
    /** Runs without a key in the environment, and returns the key that the API received. */
    const keyOf = async () => {
      const { code, stdout, stderr } = await run(
        ["-q", "--api-url", `${api.url}/v1`, "Greet me."],
        {
          env: { ANTHROPIC_API_KEY: undefined, ANTHROPIC_BASE_URL: undefined },
        },
      );
      assertEquals([code, stdout, stderr], [0, "Hello.\n", ""]);
      const { headers, path } = turns().at(-1) ?? {};
      assertEquals(path, "/v1/messages?beta=true");
      return headers?.["x-api-key"];
    };
    assertEquals(await keyOf(), "sk-placeholder-key-for-proxy");
    await writeSettings(sandbox, { apiKeyHelper: "echo sk-helped" });
    assertEquals(await keyOf(), "sk-helped");
  });
});
