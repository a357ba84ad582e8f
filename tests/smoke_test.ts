/**
 * Tests what must work on every system, even on Windows, where the tests that need a shell cannot run.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { asObject, asString } from "./support/json.ts";

const REPOSITORY = `${import.meta.dirname}/..`;

const isWindows = Deno.build.os === "windows";

/** The variables that programs need on some system. None contains a key. */
const VARIABLES: readonly string[] = ["PATH", "SystemRoot", "SystemDrive", "ComSpec", "PATHEXT"];

/** After this time the test fails if the fake claude has not connected. */
const CONNECTED_WITHIN_MS = 60_000;

/** A directory with a fake claude. */
interface Scene extends AsyncDisposable {
  /** Runs ccrun until it exits. */
  ccrun(args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }>;
  /** Resolves when the fake claude has connected and exited. */
  claudeExited(): Promise<void>;
}

async function deno(args: readonly string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd: REPOSITORY,
    stdin: "null",
  }).output();
  assert(success, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

/** Creates an executable fake claude: a script, or a compiled program on Windows. */
async function makeClaude(folder: string, port: number): Promise<string> {
  const source = `${import.meta.dirname}/support/smoke_claude.ts`;
  if (isWindows) {
    const path = `${folder}/claude.exe`;
    await deno(["compile", "-A", "--quiet", "--output", path, source, String(port)]);
    return path;
  }
  const path = `${folder}/claude`;
  const words = [Deno.execPath(), "run", "-A", "--quiet", "--cached-only", source, String(port)];
  await Deno.writeTextFile(
    path,
    `#!/bin/sh\nexec ${words.map((word) => `'${word}'`).join(" ")} "$@"\n`,
  );
  await Deno.chmod(path, 0o755);
  return path;
}

async function makeScene(): Promise<Scene> {
  const folder = await Deno.makeTempDir({ prefix: "ccrun-test-" });
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { denoDir } = asObject(JSON.parse(await deno(["info", "--json"])));
  const claude = await makeClaude(folder, listener.addr.port);
  const env: Record<string, string> = {
    DENO_DIR: asString(denoDir),
    DENO_NO_UPDATE_CHECK: "1",
    HOME: folder,
    USERPROFILE: folder,
    TEMP: folder,
    TMP: folder,
    CCRUN_CLAUDE: claude,
  };
  for (const name of VARIABLES) {
    const value = Deno.env.get(name);
    if (value !== undefined) env[name] = value;
  }
  const binary = Deno.env.get("CCRUN_TEST_BINARY") || undefined;
  const [program = "", ...prefix] = binary !== undefined ? [await Deno.realPath(binary)] : [
    Deno.execPath(),
    ...["run", "--no-prompt", "--quiet", "--cached-only"],
    ...["--allow-run", "--allow-env", "--allow-read", "--allow-write", "--allow-net=127.0.0.1"],
    ...["--config", `${REPOSITORY}/deno.json`, `${REPOSITORY}/main.ts`],
  ];
  return {
    async ccrun(args) {
      const { code, stdout, stderr } = await new Deno.Command(program, {
        args: [...prefix, ...args],
        cwd: folder,
        clearEnv: true,
        env,
        stdin: "null",
      }).output();
      const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
      return { code, stdout: decode(stdout), stderr: decode(stderr) };
    },
    async claudeExited() {
      const timer = setTimeout(() => listener.close(), CONNECTED_WITHIN_MS);
      const connection = await listener.accept().finally(() => clearTimeout(timer));
      // On Windows the connection of a killed process is reset.
      await connection.read(new Uint8Array(1)).catch(() => {});
      connection.close();
    },
    async [Symbol.asyncDispose]() {
      listener.close();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

Deno.test("ccrun prints its version, help and schema on this system", async () => {
  await using scene = await makeScene();
  const version = await scene.ccrun(["--version"]);
  assertEquals([version.code, version.stderr], [0, ""]);
  const config = asObject(JSON.parse(await Deno.readTextFile(`${REPOSITORY}/deno.json`)));
  assertStringIncludes(version.stdout, asString(config.version));
  assertMatch((await scene.ccrun(["--help"])).stdout, /--timeout/);
  assert("$id" in asObject(JSON.parse((await scene.ccrun(["schema"])).stdout)));
});

Deno.test("ccrun replays a recording on this system", async () => {
  await using scene = await makeScene();
  const recording = `${REPOSITORY}/tests/recordings/2.1.197-tools.jsonl`;
  const { code, stdout, stderr } = await scene.ccrun(["replay", recording]);
  assertEquals(code, 0, stderr);
  assertMatch(stdout, /^All done/);
  assertMatch(stderr, /● Bash/);
});

Deno.test("ccrun runs a child process and passes the prompt on stdin", async () => {
  await using scene = await makeScene();
  const [run] = await Promise.all([scene.ccrun(["-q", "-p", "good day"]), scene.claudeExited()]);
  assertEquals([run.stdout, run.code], ["You said: good day\n", 0], run.stderr);
});

Deno.test("ccrun stops a child process at its timeout", async () => {
  await using scene = await makeScene();
  const args = ["-q", "--timeout", "10s", "--grace", "1s", "-p", "hang"];
  const [run] = await Promise.all([scene.ccrun(args), scene.claudeExited()]);
  assertEquals([run.stdout, run.code], ["", 124], run.stderr);
});
