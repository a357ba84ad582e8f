/**
 * Tests `.ci/release`.
 *
 * @module
 */

import { writeExecutable } from "../support/executable.ts";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { compileVariables, whyNotCompiled } from "../support/compile_runtime.ts";
import { exists } from "../../lib/util/exists.ts";
import { asObject, asString } from "../support/json.ts";
import { REPOSITORY } from "../support/paths.ts";
import { SANDBOX_PATH } from "../support/sandbox.ts";
import { testWith } from "../support/test_with.ts";
import { type ReleaseResult, runRelease } from "./run_release.ts";

const LINUX = "x86_64-unknown-linux-gnu";

/** A Deno whose `compile` writes its arguments to the output file. Other commands work. */
const FAKE_DENO = `#!/bin/bash
[[ $1 == compile ]] || exec '${Deno.execPath()}' "$@"
words=("$@")
while [[ $1 != --output ]]; do shift; done
printf '%s\\n' "\${words[@]}" >"$2"
`;

async function config(): Promise<{ version: string; compile: string }> {
  const { version, tasks } = asObject(
    JSON.parse(await Deno.readTextFile(`${REPOSITORY}/deno.json`)),
  );
  const { command } = asObject(asObject(tasks).compile);
  return { version: asString(version), compile: asString(command) };
}

async function withDirectory(body: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "ccrun-test-" });
  try {
    await body(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/**
 * Runs `body` with a repository that has the release script, this compile task, the fake Deno, and a
 * license.
 */
async function withProject(
  compile: string,
  body: (
    project: string,
    run: (args: readonly string[]) => Promise<ReleaseResult>,
  ) => Promise<void>,
): Promise<void> {
  await withDirectory(async (project) => {
    await Deno.mkdir(`${project}/.ci`);
    const script = await Deno.readFile(`${REPOSITORY}/.ci/release`);
    await writeExecutable(`${project}/.ci/release`, script);
    const tasks = { compile: { command: compile }, "compile:commit": "echo of the task >commit" };
    await Deno.writeTextFile(`${project}/deno.json`, JSON.stringify({ version: "1.2.3", tasks }));
    await Deno.writeTextFile(`${project}/README.md`, "# Read me\n");
    await Deno.writeTextFile(`${project}/LICENSE`, "Do what you like.\n");
    await Deno.writeTextFile(`${project}/deno`, FAKE_DENO);
    await Deno.chmod(`${project}/deno`, 0o755);
    const env = { RELEASE_DENO: `${project}/deno` };
    await body(project, (args) => runRelease(args, env, project));
  });
}

async function targets(): Promise<readonly string[]> {
  return (await runRelease(["targets"])).stdout.trim().split("\n");
}

/** Unpacks an archive and returns the names of its files. */
async function unpack(archive: string, directory: string): Promise<readonly string[]> {
  await Deno.mkdir(directory);
  const [command, ...args] = archive.endsWith(".zip")
    ? ["unzip", "-q", archive, "-d", directory]
    : ["tar", "-xzf", archive, "-C", directory];
  const { success, stderr } = await new Deno.Command(command ?? "", { args }).output();
  assert(success, new TextDecoder().decode(stderr));
  return (await Array.fromAsync(Deno.readDir(directory), ({ name }) => name)).toSorted();
}

Deno.test("version fails unless the tag matches deno.json", async () => {
  const { version } = await config();
  const good = await runRelease(["version", `v${version}`]);
  assertEquals([good.code, good.stdout], [0, `${version}\n`]);
  for (const tag of [`v${version}0`, version, ""]) {
    const bad = await runRelease(["version", tag]);
    assertEquals([bad.code, bad.stdout], [1, ""], tag);
    assertStringIncludes(bad.stderr, `must be v${version}`);
  }
});

Deno.test("asset prints a name without the version", async () => {
  const { version } = await config();
  const names = await Promise.all(
    (await targets()).map(async (target) => (await runRelease(["asset", target])).stdout),
  );
  assertEquals(names, [
    `ccrun-${LINUX}.tar.gz\n`,
    "ccrun-aarch64-unknown-linux-gnu.tar.gz\n",
    "ccrun-x86_64-apple-darwin.tar.gz\n",
    "ccrun-aarch64-apple-darwin.tar.gz\n",
    "ccrun-x86_64-pc-windows-msvc.zip\n",
  ]);
  assert(names.every((name) => !name.includes(version)));
});

/** The options of tar are GNU's. */
const ARCHIVES = {
  commands: ["zip", "unzip", "tar"],
  unless: Deno.build.os === "linux" ? undefined : "archives are made on Linux",
};

testWith(ARCHIVES, "archive compiles with the options of the task compile", async () => {
  const { compile } = await config();
  await withProject(compile, async (project, run) => {
    for (const target of [LINUX, "x86_64-pc-windows-msvc"]) {
      const { code, stdout, stderr } = await run(["archive", target, `${project}/dist`]);
      assertEquals(code, 0, stderr);
      const binary = target === LINUX ? "ccrun" : "ccrun.exe";
      const directory = `${project}/${target}`;
      assertEquals(await unpack(stdout.trim(), directory), ["LICENSE", "README.md", binary]);
      const words = (await Deno.readTextFile(`${directory}/${binary}`)).trim().split("\n");
      const [, output = ""] = words.splice(words.indexOf("--output"), 2);
      assertMatch(output, new RegExp(`/${binary}$`));
      assertEquals(words.splice(words.indexOf("--target"), 2), ["--target", target]);
      assertEquals(
        `${["deno", ...words].join(" ")} || exit 1 #`,
        compile.replace("--output ccrun ", ""),
      );
    }
    assertEquals(await Deno.readTextFile(`${project}/commit`), "of the task\n");
  });
});

testWith(ARCHIVES, "archive fails if it does not understand the task compile", async () => {
  const tasks = [
    "deno compile --allow-run main.ts",
    "deno compile --allow-run main.ts && echo more || exit 1 #",
    "deno compile --allow-run other.ts main.ts || exit 1 #",
    "echo; deno compile main.ts || exit 1 #",
  ];
  for (const compile of tasks) {
    await withProject(compile, async (project, run) => {
      const { code, stderr } = await run(["archive", LINUX, `${project}/dist`]);
      assertEquals(code, 1, compile);
      assertMatch(stderr, /task compile/);
    });
  }
});

testWith(ARCHIVES, "archive fails without a license, and leaves no archive", async () => {
  await withProject((await config()).compile, async (project, run) => {
    await Deno.remove(`${project}/LICENSE`);
    const { code, stderr } = await run(["archive", LINUX, `${project}/dist`]);
    assertEquals([code, stderr], [1, "release: LICENSE is missing\n"]);
    assertEquals(await exists(`${project}/dist`), false);
  });
});

Deno.test("archive fails for an unknown target", async () => {
  await withDirectory(async (directory) => {
    const { code, stderr } = await runRelease(["archive", "sparc-sun-solaris", directory]);
    assertEquals([code, stderr], [1, "release: unknown target: sparc-sun-solaris\n"]);
  });
});

testWith(
  { commands: ["sha256sum"] },
  "sums writes the checksum of every archive, and fails if one is missing",
  async () => {
    await withDirectory(async (directory) => {
      const names = [];
      for (const target of await targets()) {
        names.push((await runRelease(["asset", target])).stdout.trim());
      }
      for (const name of names.slice(1)) {
        await Deno.writeTextFile(`${directory}/${name}`, `bytes of ${name}`);
      }
      const early = await runRelease(["sums", directory]);
      assertEquals(early.code, 1);
      assertStringIncludes(early.stderr, `${names[0]} is missing`);
      await Deno.writeTextFile(`${directory}/${names[0]}`, "bytes of the first one");
      await Deno.writeTextFile(`${directory}/notes.txt`, "no archive");
      assertEquals((await runRelease(["sums", directory])).code, 0);
      const check = new Deno.Command("sha256sum", {
        args: ["--check", "SHA256SUMS"],
        cwd: directory,
      });
      const { success, stdout } = await check.output();
      assert(success);
      assertEquals(new TextDecoder().decode(stdout), names.map((name) => `${name}: OK\n`).join(""));
    });
  },
);

testWith(ARCHIVES, "smoke runs the binary of an archive and checks its version", async () => {
  const { version } = await config();
  await withDirectory(async (directory) => {
    const config = `${REPOSITORY}/deno.json`;
    const binary = `#!/bin/sh
      [ "$1" = --version ] && echo 'ccrun ${version} (a080225)' && exit
      exec '${Deno.execPath()}' run -A -q --config '${config}' '${REPOSITORY}/main.ts' "$@"
    `;
    await writeExecutable(`${directory}/ccrun`, binary);
    const archive = `${directory}/ccrun-${LINUX}.tar.gz`;
    const tar = new Deno.Command("tar", { args: ["-czf", archive, "ccrun"], cwd: directory });
    assert((await tar.output()).success);
    const smoke = await runRelease(["smoke", archive]);
    assertEquals(smoke.code, 0, smoke.stderr);
    assertMatch(smoke.stdout, /^All done/);
    const commit = "a08022550a80f0e6ab0e83ac1a1a6e20cd6e31e6";
    assertEquals((await runRelease(["smoke", archive], { RELEASE_COMMIT: commit })).code, 0);
    const wrong = [
      [{ RELEASE_VERSION: "9.9.9" }, "not ccrun 9.9.9\n"],
      [{ RELEASE_VERSION: version.slice(0, -1) }, `not ccrun ${version.slice(0, -1)}\n`],
      [{ RELEASE_COMMIT: `b${commit}` }, `not ccrun ${version} (ba08022)\n`],
    ] as const;
    for (const [env, message] of wrong) {
      const { code, stderr } = await runRelease(["smoke", archive], env);
      assertEquals(code, 1, message);
      assertStringIncludes(stderr, message);
    }
  });
});

/** What an archive is made from, and the recording that the smoke test renders. */
const SOURCES = ["main.ts", "lib", "deno.json", "deno.lock", "tests/deno.json", ".ci/release"]
  .concat(".gitignore", "LICENSE", "README.md", "tests/recordings/2.1.197-tools.jsonl");

testWith(
  { commands: ["git", "tar"], unless: whyNotCompiled() },
  "archive makes what smoke accepts: the binary of the commit, and the license",
  async () => {
    const { COMPILE_DENO: RELEASE_DENO, DENORT_BIN } = await compileVariables();
    await withDirectory(async (directory) => {
      const clone = `${directory}/clone`;
      const script =
        `mkdir clone && (cd "$1" && tar -cf - "\${@:2}") | tar -xf - -C clone && cd clone &&
        git init --quiet && git add . && git -c user.name=Me -c user.email=me@example.test \\
        commit --quiet --message "A release" && git rev-parse HEAD`;
      const bash = new Deno.Command("/bin/bash", {
        args: ["-c", script, "bash", REPOSITORY, ...SOURCES],
        cwd: directory,
        clearEnv: true,
        env: { PATH: SANDBOX_PATH, HOME: directory },
      });
      const { stdout, stderr } = await bash.output();
      const RELEASE_COMMIT = new TextDecoder().decode(stdout).trim();
      assertMatch(RELEASE_COMMIT, /^[0-9a-f]{40}$/, new TextDecoder().decode(stderr));

      const env = { RELEASE_DENO, DENORT_BIN, RELEASE_COMMIT };
      const archive = await runRelease(["archive", LINUX, directory], env, clone);
      assertEquals(archive.code, 0, archive.stderr);
      const path = archive.stdout.trim();
      const smoke = await runRelease(["smoke", path], env, clone);
      assertEquals(smoke.code, 0, smoke.stderr);
      const files = await unpack(path, `${directory}/unpacked`);
      assertEquals(files, ["LICENSE", "README.md", "ccrun"]);
      assertEquals(
        await Deno.readTextFile(`${directory}/unpacked/LICENSE`),
        await Deno.readTextFile(`${REPOSITORY}/LICENSE`),
      );
    });
  },
);
