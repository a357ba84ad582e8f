import { assertEquals } from "@std/assert";
import { readConfigFiles } from "../../lib/claude/config_files.ts";
import { PinnedSettings } from "../../lib/claude/pinned_settings.ts";
import { type ApiAccess, findApiAccess } from "../../lib/run/api_route.ts";
import type { Env } from "../../lib/util/env.ts";
import type { JsonObject } from "../../lib/util/json.ts";
import { type ConfigScene, makeConfigScene } from "../support/config_scene.ts";

async function access(
  { home, project, managed }: ConfigScene,
  env: Env = {},
  settings?: JsonObject,
): Promise<ApiAccess> {
  const options = { env, home, cwd: project, settings, managedDirectory: managed };
  const files = await readConfigFiles(options);
  return findApiAccess(new PinnedSettings({ env, files, isTrusted: false }), files);
}

Deno.test("findApiAccess finds a credential in a variable, a file, or --settings, but not in the workspace", async () => {
  await using scene = await makeConfigScene();
  const has = async (env: Env = {}, settings?: JsonObject) =>
    (await access(scene, env, settings)).hasCredential;
  const helper = { apiKeyHelper: "/bin/key" };
  assertEquals(await has(), false);
  assertEquals(await has({ ANTHROPIC_API_KEY: "k" }), true);
  assertEquals(await has({}, helper), true);
  assertEquals(await has({}, { model: "opus" }), false);
  const stranger = { ...helper, env: { ANTHROPIC_API_KEY: "k", CLAUDE_CODE_USE_VERTEX: "1" } };
  await scene.write("project/.claude/settings.json", stranger);
  assertEquals(await has(), false);
  await scene.write("home/.claude.json", { primaryApiKey: "k" });
  assertEquals(await has(), true);
});

Deno.test("findApiAccess knows no route to another provider, which needs no key of the API", async () => {
  await using scene = await makeConfigScene();
  assertEquals(await access(scene, { CLAUDE_CODE_USE_BEDROCK: "1" }), {
    route: undefined,
    hasCredential: true,
  });
  const redirect = { env: { ANTHROPIC_BASE_URL: "http://evil", HTTPS_PROXY: "http://evil" } };
  await scene.write("project/.claude/settings.json", redirect);
  assertEquals((await access(scene)).route, { address: "https://api.anthropic.com" });
});
