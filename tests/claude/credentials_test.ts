import { assertEquals } from "@std/assert";
import { dirname } from "@std/path/dirname";
import { findStoredCredentials, hasStoredCredential } from "../../lib/claude/credentials.ts";
import { makeSandbox } from "../support/sandbox.ts";

const HELPER = '{"apiKeyHelper": "/bin/key"}';
const LOGIN = '{"claudeAiOauth": {"accessToken": "x", "scopes": ["user:inference"]}}';

/** Writes a file in a sandbox, and returns whether it contains a credential. */
async function isFound(file: string, text: string): Promise<boolean> {
  await using sandbox = await makeSandbox();
  const path = `${sandbox.root}/${file}`;
  await Deno.mkdir(dirname(path), { recursive: true });
  await Deno.writeTextFile(path, text);
  const env: { [name: string]: string } = file.startsWith("config/")
    ? { CLAUDE_CONFIG_DIR: `${sandbox.root}/config` }
    : {};
  return await hasStoredCredential({ env, home: sandbox.home, cwd: sandbox.project });
}

Deno.test("hasStoredCredential finds a credential wherever Claude Code keeps one", async () => {
  const rows = [
    ["home/.claude.json", '{"primaryApiKey": "k"}'],
    ["home/.claude/settings.json", HELPER],
    ["home/.claude/.credentials.json", LOGIN],
    ["project/.claude/settings.json", HELPER],
    ["project/.claude/settings.local.json", HELPER],
    ["config/settings.json", HELPER],
    ["config/.claude.json", '{"primaryApiKey": "k"}'],
    ["config/.credentials.json", LOGIN],
  ] as const;
  for (const [file, text] of rows) assertEquals(await isFound(file, text), true, file);
});

Deno.test("hasStoredCredential ignores what Claude Code cannot use", async () => {
  const rows = [
    ["home/.claude/settings.json", '{"model": "apiKeyHelper"}'],
    ["home/.claude/settings.json", '{"apiKeyHelper": ""}'],
    ["home/.claude/settings.json", `${HELPER} x`],
    ["home/.claude/.credentials.json", "{}"],
    [
      "home/.claude/.credentials.json",
      '{"claudeAiOauth": {"accessToken": "x", "scopes": ["user:profile"]}}',
    ],
  ] as const;
  for (const [file, text] of rows) assertEquals(await isFound(file, text), false, text);
});

Deno.test("hasStoredCredential reads additional settings", async () => {
  await using sandbox = await makeSandbox();
  await Deno.writeTextFile(`${sandbox.root}/s.json`, HELPER);
  const options = { env: {}, home: sandbox.home, cwd: sandbox.project };
  const found = (settings: string, from?: string) =>
    hasStoredCredential({ ...options, settings, from });
  assertEquals(await found(HELPER), true);
  assertEquals(await found('{"model": "opus"}'), false);
  assertEquals(await found(`${sandbox.root}/s.json`), true);
  assertEquals(await found("s.json"), false);
  assertEquals(await found("s.json", sandbox.root), true);
});

Deno.test("findStoredCredentials returns all credentials in the order of Claude Code", () => {
  const found = findStoredCredentials({
    settings: [
      { path: "/user", content: { apiKeyHelper: "a" } },
      { path: "/project", content: { apiKeyHelper: "b" } },
      { path: "/local", content: {} },
    ],
    state: { path: "/state", content: { primaryApiKey: "k" } },
    login: { path: "/login", content: JSON.parse(LOGIN) },
  });
  assertEquals(found.map(({ kind, file }) => [kind, file]), [
    ["api_key_helper", "/project"],
    ["login", "/login"],
    ["managed_key", "/state"],
  ]);
});
