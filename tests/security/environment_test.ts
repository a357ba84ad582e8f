/**
 * Variables that weaken a run, and variables that claude and its tools must not have.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { emit } from "../support/fake_claude.ts";
import { STORY, withFake } from "../e2e/fake_scene.ts";

const WEAKENING = {
  CCRUN_API_URL: "http://ada:secret-4f1b9c7e@127.0.0.1:9/v1?key=secret-4f1b9c7e",
  CCRUN_DANGEROUSLY_SKIP_PERMISSIONS: "1",
  CCRUN_REDACT: "0",
  CCRUN_ALLOWED_TOOLS: "Bash\x1b[2J\nEdit",
};

Deno.test("the progress names the variables that weaken a run, without their secrets", async () => {
  await withFake(STORY, async ({ run }) => {
    const { stderr, code } = await run(["hi"], { env: WEAKENING });
    assertEquals(code, 0);
    const [line = ""] = stderr.split("\n").filter((line) => line.includes("CCRUN_"));
    for (const name of Object.keys(WEAKENING)) assertStringIncludes(line, `${name} is set: `);
    assertStringIncludes(line, "requests go to http://127.0.0.1:9;");
    assertEquals(["4f1b", "\x1b"].filter((part) => stderr.includes(part)), [], stderr);
    // In the log of a CI system, even if a variable turns its protection off.
    const CI = { CI: "true", GITHUB_ACTIONS: "true", CCRUN_CI: "none" };
    assertStringIncludes(
      (await run(["hi"], { env: CI })).stderr,
      "CCRUN_CI is set: the log of a CI system is not protected",
    );
  });
});

Deno.test("the progress of a replay names the variables that weaken it", async () => {
  await withFake(STORY, async ({ run }) => {
    await run(["-q", "--record", "tape", "hi"]);
    const { stderr } = await run(["replay", "tape"], { env: WEAKENING });
    assertStringIncludes(stderr, "ccrun: CCRUN_REDACT is set: secrets are not redacted\n");
  });
});

Deno.test("a variable without effect is not named, and without progress none is", async () => {
  await withFake(STORY, async ({ run }) => {
    const overriding = [
      ...["--api-url", "http://127.0.0.1:9", "--redact", "--allowed-tools", "Edit"],
      ...["--permission-mode", "plan"],
    ];
    const { stderr } = await run([...overriding, "hi"], { env: WEAKENING });
    assertEquals(stderr.includes("CCRUN_"), false, stderr);
    for (const args of [["-q"], ["--json"], ["--no-progress"]]) {
      assertEquals((await run([...args, "hi"], { env: WEAKENING })).stderr, "");
    }
  });
});

Deno.test("a variable that turns the progress off does not hide the variables that weaken a run", async () => {
  await withFake(STORY, async ({ run }) => {
    for (const hiding of [{ CCRUN_PROGRESS: "0" }, { CCRUN_FORMAT: "json" }]) {
      const { stderr } = await run(["hi"], { env: { CCRUN_REDACT: "0", ...hiding } });
      assertEquals(stderr, "ccrun: CCRUN_REDACT is set: secrets are not redacted\n");
      const quiet = await run(["-q", "hi"], { env: { CCRUN_REDACT: "0", ...hiding } });
      assertEquals(quiet.stderr, "");
    }
  });
});

Deno.test("claude and its tools do not inherit settings and MCP servers of variables", async () => {
  await withFake(`env >"$gates/env"\n${emit(...STORY)}`, async ({ run, sandbox }) => {
    const environment = async (env: Readonly<Record<string, string>>) => {
      assertEquals((await run(["-q", "hi"], { env })).code, 0);
      return await Deno.readTextFile(`${sandbox.root}/env`);
    };
    const secret = "secret-4f1b9c7e";
    const settings = JSON.stringify({ env: { A_TOKEN: secret } });
    const servers = JSON.stringify({ mcpServers: { a: { command: "a", env: { A_KEY: secret } } } });
    const inherited = await environment({ CCRUN_SETTINGS: settings, CCRUN_MCP_CONFIG: servers });
    assertEquals(inherited.includes(secret), false, inherited);
    // Names of files are no secrets, and a nested ccrun needs them.
    await Deno.writeTextFile(`${sandbox.root}/settings.json`, settings);
    const file = `${sandbox.root}/settings.json`;
    assert((await environment({ CCRUN_SETTINGS: file })).includes(`CCRUN_SETTINGS=${file}\n`));
  });
});

Deno.test("a step on GitHub passes no variable to claude that controls later steps", async () => {
  await withFake(`env >"$gates/env"\n${emit(...STORY)}`, async ({ run, sandbox }) => {
    const names = [
      ...["GITHUB_ENV", "GITHUB_PATH", "GITHUB_OUTPUT", "GITHUB_STATE", "GITHUB_STEP_SUMMARY"],
      ...["ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"],
      "ACTIONS_RUNTIME_TOKEN",
    ];
    const env = Object.fromEntries(names.map((name) => [name, `${sandbox.root}/${name}`]));
    await run(["-q", "hi"], { env: { ...env, CI: "true", GITHUB_ACTIONS: "true" } });
    const inherited = await Deno.readTextFile(`${sandbox.root}/env`);
    assertEquals(names.filter((name) => inherited.includes(`${name}=`)), [], inherited);
  });
});
