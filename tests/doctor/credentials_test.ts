import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { effectiveVariables } from "../../lib/doctor/checks/config_files.ts";
import {
  findCredentials,
  isLoginOver,
  isSwitchedOn,
  sendsBoth,
} from "../../lib/doctor/checks/credentials.ts";
import { type ConfigScene, makeConfigScene } from "./config_scene.ts";

async function found(scene: ConfigScene, env: { readonly [name: string]: string } = {}) {
  const files = await scene.read(env);
  return findCredentials(files, effectiveVariables(env, files.settings));
}

const LOGIN = {
  claudeAiOauth: {
    accessToken: "sk-ant-oat01-login",
    refreshToken: "r",
    expiresAt: 1,
    scopes: ["user:inference", "user:profile"],
  },
};

Deno.test("findCredentials has all credentials in the order in which claude takes them", async () => {
  await using scene = await makeConfigScene();
  const { write } = scene;
  const env = {
    CLAUDE_CODE_USE_BEDROCK: "1",
    ANTHROPIC_CUSTOM_HEADERS: "x-team: a\nX-Api-Key: k",
    ANTHROPIC_AUTH_TOKEN: "t",
    ANTHROPIC_API_KEY: "k",
    CLAUDE_CODE_OAUTH_TOKEN: "o",
  };
  const helper = await write("project/.claude/settings.json", { apiKeyHelper: "echo key" });
  await write("home/.claude/settings.json", { apiKeyHelper: "echo other" });
  const login = await write("home/.claude/.credentials.json", LOGIN);
  const state = await write("home/.claude.json", { primaryApiKey: "p" });
  assertEquals((await found(scene, env)).map(({ kind, file }) => [kind, file]), [
    ["bedrock", undefined],
    ["custom_header", undefined],
    ["auth_token", undefined],
    ["api_key", undefined],
    ["api_key_helper", helper],
    ["oauth_token", undefined],
    ["login", login],
    ["managed_key", state],
  ]);
});

Deno.test("findCredentials finds none where there is none, or nothing in it", async () => {
  await using scene = await makeConfigScene();
  assertEquals(await found(scene), []);
  await scene.write("home/.claude/settings.json", { apiKeyHelper: "" });
  await scene.write("home/.claude.json", { primaryApiKey: "" });
  await scene.write("home/.claude/.credentials.json", "{ bad");
  const env = {
    ANTHROPIC_API_KEY: "",
    ANTHROPIC_AUTH_TOKEN: " \n",
    CLAUDE_CODE_USE_VERTEX: "0",
    ANTHROPIC_CUSTOM_HEADERS: "x-team: a",
  };
  assertEquals(await found(scene, env), []);
});

Deno.test("findCredentials passes over a login that is not for asking the model", async () => {
  await using scene = await makeConfigScene();
  await scene.write("home/.claude/.credentials.json", {
    claudeAiOauth: { ...LOGIN.claudeAiOauth, scopes: ["user:profile"] },
  });
  assertEquals(await found(scene), []);
});

Deno.test("findCredentials sees that settings set a variable, and win", async () => {
  await using scene = await makeConfigScene();
  const file = await scene.write("project/.claude/settings.json", {
    env: { ANTHROPIC_API_KEY: "from settings" },
  });
  const [first] = await found(scene, { ANTHROPIC_API_KEY: "k" });
  assertEquals([first?.kind, first?.file], ["api_key", file]);
});

Deno.test("findCredentials tells what is wrong with a credential, and nothing of it", async () => {
  await using scene = await makeConfigScene();
  const cases: readonly (readonly [string, string, string | undefined])[] = [
    ["ANTHROPIC_API_KEY", "sk-ant-api03-abcd", undefined],
    ["ANTHROPIC_API_KEY", " sk-ant-api03-abcd\n", "white space around it"],
    ["ANTHROPIC_API_KEY", '"sk-ant-api03-abcd"', "quotes around it"],
    ["ANTHROPIC_API_KEY", "sk-ant-api03\nabcd", "a character in it that no key has"],
    ["ANTHROPIC_API_KEY", "sk-ant-api03-äbcd", "a character in it that no key has"],
    ["ANTHROPIC_API_KEY", "sk-ant-oat01-abcd", "belongs in CLAUDE_CODE_OAUTH_TOKEN"],
    ["CLAUDE_CODE_OAUTH_TOKEN", "sk-ant-api03-abcd", "belongs in ANTHROPIC_API_KEY"],
    ["CLAUDE_CODE_OAUTH_TOKEN", "sk-ant-oat01-abcd", undefined],
    ["ANTHROPIC_AUTH_TOKEN", "any token", "a character in it that no key has"],
  ];
  for (const [name, value, says] of cases) {
    const [first] = await found(scene, { [name]: value });
    const flaws = first?.flaws.join() ?? "";
    if (says === undefined) assertEquals(flaws, "", value);
    else assertStringIncludes(flaws, says);
    assert(!/sk-|abcd/.test(JSON.stringify(first)), JSON.stringify(first));
  }
});

Deno.test("sendsBoth knows of a token that is sent with a key", async () => {
  await using scene = await makeConfigScene();
  const token = { ANTHROPIC_AUTH_TOKEN: "t" };
  assertEquals(sendsBoth(await found(scene, token)), false);
  assertEquals(sendsBoth(await found(scene, { ...token, ANTHROPIC_API_KEY: "k" })), true);
  assertEquals(sendsBoth(await found(scene, { ...token, CLAUDE_CODE_OAUTH_TOKEN: "o" })), false);
});

Deno.test("isLoginOver is true only where nothing can renew the login", async () => {
  await using scene = await makeConfigScene();
  const { refreshToken: _, ...fixed } = LOGIN.claudeAiOauth;
  await scene.write("home/.claude/.credentials.json", LOGIN);
  assertEquals(isLoginOver(await scene.read(), 2), false);
  await scene.write("home/.claude/.credentials.json", { claudeAiOauth: fixed });
  assertEquals([isLoginOver(await scene.read(), 2), isLoginOver(await scene.read(), 0)], [
    true,
    false,
  ]);
});

Deno.test("isSwitchedOn takes what Claude Code takes for on", () => {
  assertEquals(["1", "true", "TRUE", "yes", "on"].map(isSwitchedOn), Array(5).fill(true));
  assertEquals(["", "0", "false", "no", undefined].map(isSwitchedOn), Array(5).fill(false));
});
