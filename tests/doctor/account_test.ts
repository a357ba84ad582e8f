import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { effectiveVariables } from "../../lib/doctor/checks/config_files.ts";
import { checkApi, checkCredential, publicAddress } from "../../lib/doctor/checks/account.ts";
import { type ConfigScene, makeConfigScene } from "./config_scene.ts";

async function account(
  scene: ConfigScene,
  env: { readonly [name: string]: string } = {},
  apiUrl?: string,
) {
  const files = await scene.read(env);
  return { files, variables: effectiveVariables(env, files.settings), apiUrl };
}

Deno.test("checkCredential finds a problem where there is none, but for a proxy that has one", async () => {
  await using scene = await makeConfigScene();
  const none = checkCredential(await account(scene));
  assertEquals([none.finding.status, none.credential], ["problem", undefined]);
  for (const words of ["ANTHROPIC_API_KEY", "/login", "setup-token"]) {
    assertStringIncludes(none.finding.hint ?? "", words);
  }
  const proxied = checkCredential(await account(scene, {}, "http://proxy:1"));
  assertEquals(proxied.finding.status, "ok");
  assertStringIncludes(proxied.finding.message, "placeholder");
});

Deno.test("checkCredential says where somebody has logged in and the login is gone", async () => {
  if (Deno.build.os === "darwin") return; // there it is in the keychain
  await using scene = await makeConfigScene();
  const state = await scene.write("home/.claude.json", { oauthAccount: { emailAddress: "a@b" } });
  const { finding } = checkCredential(await account(scene));
  assertEquals(finding.status, "problem");
  assertStringIncludes(finding.message, `${state} knows an account`);
  assert(!finding.message.includes("a@b"));
});

Deno.test("checkCredential says that the file of the only login is broken", async () => {
  await using scene = await makeConfigScene();
  const file = await scene.write("home/.claude/.credentials.json", "{");
  const { finding } = checkCredential(await account(scene));
  assertEquals(finding.status, "problem");
  assertStringIncludes(finding.message, `${file} cannot be used, for the file is not JSON`);
  const other = checkCredential(await account(scene, { ANTHROPIC_API_KEY: "k" }));
  assertEquals(other.finding.status, "ok");
});

Deno.test("checkCredential does not know of a login where there is no telling the home", async () => {
  await using scene = await makeConfigScene();
  const known = await account(scene);
  const files = { ...known.files, folder: undefined, home: undefined };
  const { finding } = checkCredential({ ...known, files });
  assertEquals([finding.status, finding.message.split(":")[0]], ["warning", "not known"]);
  assertStringIncludes(finding.hint ?? "", "export HOME");
});

Deno.test("checkCredential names the one that counts, and warns of the others", async () => {
  await using scene = await makeConfigScene();
  const env = { ANTHROPIC_API_KEY: "k" };
  assertEquals(checkCredential(await account(scene, env)).finding, {
    name: "credential",
    status: "ok",
    message: "ANTHROPIC_API_KEY from the environment",
  });
  const login = await scene.write("home/.claude/.credentials.json", {
    claudeAiOauth: { accessToken: "t", scopes: ["user:inference"] },
  });
  const two = checkCredential(await account(scene, env));
  assertEquals(two.credential?.name, "ANTHROPIC_API_KEY");
  assertEquals(two.finding, {
    name: "credential",
    status: "warning",
    message: `ANTHROPIC_API_KEY from the environment; it wins over the login in ${login}`,
    hint: "leave one; to do without the first: unset ANTHROPIC_API_KEY",
  });
  const both = checkCredential(await account(scene, { ...env, ANTHROPIC_AUTH_TOKEN: "t" }));
  assertStringIncludes(both.finding.message, "sends it together with a key");
});

Deno.test("checkCredential warns of a key that is not bare", async () => {
  await using scene = await makeConfigScene();
  const { finding } = checkCredential(await account(scene, { ANTHROPIC_API_KEY: "secret\n" }));
  assertEquals(finding.status, "warning");
  assertStringIncludes(finding.message, "white space around it");
  assert(!JSON.stringify(finding).includes("secret"));
});

Deno.test("checkCredential sees that a login is over", async () => {
  await using scene = await makeConfigScene();
  await scene.write("home/.claude/.credentials.json", {
    claudeAiOauth: { accessToken: "t", scopes: ["user:inference"], expiresAt: 1000 },
  });
  assertEquals(checkCredential(await account(scene), 2000).finding.status, "problem");
  assertEquals(checkCredential(await account(scene), 500).finding.status, "ok");
});

Deno.test("checkApi says which API is asked, and what is wrong with its address", async () => {
  await using scene = await makeConfigScene();
  const cases: readonly (readonly [
    { readonly [name: string]: string },
    string | undefined,
    string,
    string,
  ])[] = [
    [{}, undefined, "ok", "https://api.anthropic.com"],
    [{ ANTHROPIC_BASE_URL: "https://gw.test/x" }, undefined, "ok", "https://gw.test/..., by ANTHR"],
    [{ ANTHROPIC_BASE_URL: "https://gw.test/v1/" }, undefined, "warning", "adds /v1/messages"],
    [
      { ANTHROPIC_BASE_URL: "https://gw.test" },
      "http://p.test/v1",
      "ok",
      "http://p.test/v1, by --",
    ],
    [{ ANTHROPIC_BASE_URL: "gw.test:80" }, undefined, "problem", "no http or https URL"],
    [{ ANTHROPIC_BASE_URL: "no url" }, undefined, "problem", "no http or https URL"],
    [{ HTTPS_PROXY: "http://u:secret@p.test:3128" }, undefined, "ok", "through http://p.test:3128"],
    [{ HTTPS_PROXY: "http://p", NO_PROXY: "*.anthropic.com" }, undefined, "ok", "anthropic.com"],
    [
      { HTTP_PROXY: "http://p", ANTHROPIC_BASE_URL: "http://localhost:80" },
      undefined,
      "warning",
      "this machine itself",
    ],
    [
      { HTTP_PROXY: "http://p", NO_PROXY: "localhost", ANTHROPIC_BASE_URL: "http://localhost:80" },
      undefined,
      "ok",
      "http://localhost, by",
    ],
  ];
  for (const [env, apiUrl, status, says] of cases) {
    const finding = checkApi(await account(scene, env, apiUrl));
    assertEquals(finding.status, status, finding.message);
    assertStringIncludes(finding.message, says);
    assert(!finding.message.includes("secret"), finding.message);
  }
});

Deno.test("checkApi warns of an address in settings, which wins over --api-url", async () => {
  await using scene = await makeConfigScene();
  const file = await scene.write("project/.claude/settings.json", {
    env: { ANTHROPIC_BASE_URL: "https://gw.test" },
  });
  const finding = checkApi(await account(scene, {}, "http://p.test"));
  assertEquals(finding.status, "warning");
  assertStringIncludes(finding.message, `https://gw.test, by ANTHROPIC_BASE_URL in ${file}`);
});

Deno.test("publicAddress leaves out what may be secret", () => {
  assertEquals(
    publicAddress("https://user:pass@host.test:8443/a/b?key=secret#frag"),
    "https://host.test:8443/...",
  );
  assertEquals(publicAddress("http://u:p@h:8/SECRET/v1/"), "http://h:8/.../v1");
  assertEquals(publicAddress("http://h:8/v1"), "http://h:8/v1");
  assertEquals(publicAddress("http://h:8//"), "http://h:8");
  assertEquals(publicAddress("nothing"), undefined);
});
