/**
 * Tests `.ci/release`.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { COMPILE_RUNTIME, whyNotCompiled } from "../support/compile_runtime.ts";
import { asObject, asString } from "../support/json.ts";
import { REPOSITORY } from "../support/paths.ts";
import { testWith } from "../support/test_with.ts";

const LINUX = "x86_64-unknown-linux-gnu";

/** A Deno whose `compile` writes its arguments to the output file. Other commands work. */
const FAKE_DENO = `#!/bin/bash
[[ $1 == compile ]] || exec '${Deno.execPath()}' "$@"
words=("$@")
while [[ $1 != --output ]]; do shift; done
printf '%s\\n' "\${words[@]}" >"$2"
`;

interface Said {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function run(
  script: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Said> {
  const { code, stdout, stderr } = await new Deno.Command(script, {
    args: [...args],
    clearEnv: true,
    env: {
      PATH: Deno.env.get("PATH") ?? "",
      HOME: Deno.env.get("HOME") ?? "",
      RELEASE_DENO: Deno.execPath(),
      ...env,
    },
    stdin: "null",
  }).output();
  const [out = "", error = ""] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { code, stdout: out, stderr: error };
}

const release = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  run(`${REPOSITORY}/.ci/release`, args, env);

async function config(): Promise<{ version: string; compile: string }> {
  const { version, tasks } = asObject(
    JSON.parse(await Deno.readTextFile(`${REPOSITORY}/deno.json`)),
  );
  const { command } = asObject(asObject(tasks).compile);
  return { version: asString(version), compile: asString(command) };
}

async function withFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "ccrun-test-" });
  try {
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Runs `body` with a repository that has the release script, this compile task, and the fake Deno. */
async function withProject(
  compile: string,
  body: (project: string, run: (args: readonly string[]) => Promise<Said>) => Promise<void>,
): Promise<void> {
  await withFolder(async (project) => {
    await Deno.mkdir(`${project}/.ci`);
    await Deno.copyFile(`${REPOSITORY}/.ci/release`, `${project}/.ci/release`);
    const config = { version: "1.2.3", tasks: { compile: { command: compile } } };
    await Deno.writeTextFile(`${project}/deno.json`, JSON.stringify(config));
    await Deno.writeTextFile(`${project}/README.md`, "# Read me\n");
    await Deno.writeTextFile(`${project}/deno`, FAKE_DENO);
    await Deno.chmod(`${project}/deno`, 0o755);
    const env = { RELEASE_DENO: `${project}/deno` };
    await body(project, (args) => run(`${project}/.ci/release`, args, env));
  });
}

async function targets(): Promise<readonly string[]> {
  return (await release(["targets"])).stdout.trim().split("\n");
}

/** Unpacks an archive and returns the names of its files. */
async function unpack(archive: string, folder: string): Promise<readonly string[]> {
  await Deno.mkdir(folder, { recursive: true });
  const [command, ...args] = archive.endsWith(".zip")
    ? ["unzip", "-q", archive, "-d", folder]
    : ["tar", "-xzf", archive, "-C", folder];
  const { success, stderr } = await new Deno.Command(command ?? "", { args }).output();
  assert(success, new TextDecoder().decode(stderr));
  return (await Array.fromAsync(Deno.readDir(folder), ({ name }) => name)).toSorted();
}

Deno.test("version fails unless the tag matches deno.json", async () => {
  const { version } = await config();
  const good = await release(["version", `v${version}`]);
  assertEquals([good.code, good.stdout], [0, `${version}\n`]);
  for (const tag of [`v${version}0`, version, "v", "", `v${version}-rc.1`]) {
    const bad = await release(["version", tag]);
    assertEquals([bad.code, bad.stdout], [1, ""], tag);
    assertStringIncludes(bad.stderr, `must be v${version}`);
  }
});

Deno.test("asset prints a name without the version", async () => {
  const { version } = await config();
  const names = await Promise.all(
    (await targets()).map(async (target) => (await release(["asset", target])).stdout),
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

testWith(
  ARCHIVES,
  "archive compiles with the options of the task compile",
  async () => {
    const { compile } = await config();
    await withProject(compile, async (project, run) => {
      await Deno.writeTextFile(`${project}/LICENSE`, "Do what you like.\n");
      for (const target of await targets()) {
        const { code, stdout, stderr } = await run(["archive", target, `${project}/dist`]);
        assertEquals(code, 0, stderr);
        const binary = target.includes("windows") ? "ccrun.exe" : "ccrun";
        const folder = `${project}/${target}`;
        assertEquals(await unpack(stdout.trim(), folder), ["LICENSE", "README.md", binary]);
        const words = (await Deno.readTextFile(`${folder}/${binary}`)).trim().split("\n");
        const [output = ""] = words.splice(words.indexOf("--output"), 2).slice(1);
        assertMatch(output, new RegExp(`/${binary}$`));
        assertEquals(words.splice(words.indexOf("--target"), 2), ["--target", target]);
        assertEquals(
          ["deno", ...words].join(" "),
          compile.replace("--output ccrun ", ""),
        );
      }
      assertEquals((await run(["sums", `${project}/dist`])).code, 0);
    });
  },
);

testWith(
  ARCHIVES,
  "archive fails if it does not understand the task compile",
  async () => {
    for (
      const compile of [
        "deno compile --allow-run main.ts && echo more",
        "deno compile --allow-run other.ts main.ts",
        "echo; deno compile main.ts",
      ]
    ) {
      await withProject(compile, async (project, run) => {
        const { code, stderr } = await run(["archive", LINUX, `${project}/dist`]);
        assertEquals(code, 1, compile);
        assertMatch(stderr, /task compile/);
      });
    }
  },
);

Deno.test("archive fails for an unknown target", async () => {
  await withFolder(async (folder) => {
    const { code, stderr } = await release(["archive", "sparc-sun-solaris", folder]);
    assertEquals([code, stderr], [1, "release: unknown target: sparc-sun-solaris\n"]);
  });
});

testWith(
  { commands: ["sha256sum"] },
  "sums writes the checksum of every archive",
  async () => {
    await withFolder(async (folder) => {
      const all = await targets();
      for (const target of all) {
        const early = await release(["sums", folder]);
        assertEquals(early.code, 1);
        assertStringIncludes(early.stderr, `${target}`);
        const name = (await release(["asset", target])).stdout.trim();
        await Deno.writeTextFile(`${folder}/${name}`, `bytes of ${target}`);
      }
      await Deno.writeTextFile(`${folder}/notes.txt`, "no archive");
      assertEquals((await release(["sums", folder])).code, 0);
      const sums = (await Deno.readTextFile(`${folder}/SHA256SUMS`)).trim().split("\n");
      assertEquals(sums.length, all.length);
      for (const line of sums) {
        const [sum, name = ""] = line.split("  ");
        const digest = await crypto.subtle.digest(
          "SHA-256",
          await Deno.readFile(`${folder}/${name}`),
        );
        const hex = Array.from(
          new Uint8Array(digest),
          (byte) => byte.toString(16).padStart(2, "0"),
        );
        assertEquals(sum, hex.join(""));
      }
    });
  },
);

testWith(
  { commands: ["tar"], unless: whyNotCompiled() },
  "an archive contains a working binary and the README",
  async () => {
    await withFolder(async (folder) => {
      const runtime = await run("/bin/bash", [
        "-c",
        'eval "$("$1")"; printf "%s\\n" "$COMPILE_DENO" "$DENORT_BIN"',
        "bash",
        COMPILE_RUNTIME,
      ]);
      assertEquals(runtime.code, 0, runtime.stderr);
      const [RELEASE_DENO = "", DENORT_BIN = ""] = runtime.stdout.split("\n");
      const env = { RELEASE_DENO, DENORT_BIN };
      const made = await release(["archive", LINUX, folder], env);
      assertEquals(made.code, 0, made.stderr);
      const archive = made.stdout.trim();
      assertEquals(archive, `${folder}/ccrun-${LINUX}.tar.gz`);
      assertEquals((await unpack(archive, `${folder}/out`)).slice(0, 2), ["README.md", "ccrun"]);

      const smoke = await release(["smoke", archive], env);
      assertEquals(smoke.code, 0, smoke.stderr);
      assertMatch(smoke.stdout, /^All done/);
      const other = await release(["smoke", archive], { ...env, RELEASE_VERSION: "9.9.9" });
      assertEquals(other.code, 1);
      assertStringIncludes(other.stderr, "not 9.9.9");
    });
  },
);
