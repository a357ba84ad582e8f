import { assertEquals } from "@std/assert";
import { readApiAccess } from "../../lib/run/api_route.ts";
import type { Env } from "../../lib/util/env.ts";
import { makeConfigScene } from "../support/config_scene.ts";

Deno.test("readApiAccess finds a credential in a variable, a file, or the value of --settings", async () => {
  await using scene = await makeConfigScene();
  const { home, project: cwd, root } = scene;
  const has = async (env: Env = {}, settings?: string, baseDirectory = cwd) => {
    const request = { env, claude: { settings }, target: { cwd }, baseDirectory };
    return (await readApiAccess(request, home)).hasCredential;
  };
  const HELPER = '{"apiKeyHelper": "/bin/key"}';
  await scene.write("s.json", HELPER);
  assertEquals(await has(), false);
  assertEquals(await has({ ANTHROPIC_API_KEY: "k" }), true);
  assertEquals(await has({}, HELPER), true);
  assertEquals(await has({}, '{"model": "opus"}'), false);
  assertEquals(await has({}, `${root}/s.json`), true);
  assertEquals(await has({}, "s.json"), false);
  assertEquals(await has({}, "s.json", root), true);
  await scene.write("home/.claude.json", { primaryApiKey: "k" });
  assertEquals(await has(), true);
});

Deno.test("readApiAccess knows no route to another provider, which needs no key of the API", async () => {
  await using scene = await makeConfigScene();
  const { home, project: cwd } = scene;
  const access = async (env: Env) =>
    await readApiAccess({ env, claude: {}, target: { cwd }, baseDirectory: cwd }, home);
  assertEquals(await access({ CLAUDE_CODE_USE_BEDROCK: "1" }), {
    route: undefined,
    hasCredential: true,
  });
  assertEquals((await access({})).route?.address, "https://api.anthropic.com");
});
