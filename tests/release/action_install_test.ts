/**
 * Tests the action `.github/actions/run`: what it installs, and its outputs.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { TESTED_VERSIONS } from "../../lib/claude/version.ts";
import { writeExecutable } from "../support/executable.ts";
import { exists } from "../../lib/util/exists.ts";
import { asArray, asObject } from "../support/json.ts";
import { REPOSITORY } from "../support/paths.ts";
import { ARCHIVE, recordOf } from "../support/release.ts";
import { testWith } from "../support/test_with.ts";
import { readYaml } from "../support/workflow.ts";
import { type ActionCall, errorOf, KEY, NEEDS, withAction } from "./action_scene.ts";

testWith(NEEDS, "the action downloads and installs exactly the given versions", async () => {
  await withAction(async ({ act, sandbox, ccrunArgs }) => {
    const { code, outputs } = await act({
      with: { prompt: "hi", "ccrun-version": "1.20.3", "claude-version": "2.1.99" },
    });
    assertEquals([code, outputs.get("exit_reason")], [0, ""]);
    const urls = (await recordOf(sandbox, "curl")).match(/https:\S+/g);
    const release = "https://github.com/ccrun/ccrun/releases/download/v1.20.3";
    assertEquals(urls, [`${release}/SHA256SUMS`, `${release}/${ARCHIVE}`]);
    const npm = (await recordOf(sandbox, "npm")).trim().split(" ");
    assertEquals([npm[0], npm.at(-1)], ["install", "@anthropic-ai/claude-code@2.1.99"]);
    assert(npm.includes("--ignore-scripts"));
    // Configuration of the checkout has no effect on npm.
    const folder = (await recordOf(sandbox, "npm", "cwd")).trim();
    assertMatch(folder, /\/runner temp\/ccrun-\w+$/);
    assertEquals((await ccrunArgs())?.[1], `${folder}/claude`);
    assertEquals((await Deno.stat(folder)).mode! & 0o777, 0o700);
  });
});

/** Returns the variables of the calling step that the first step of the action does not get. */
async function blankedVariables(): Promise<readonly string[]> {
  const path = `${REPOSITORY}/.github/actions/run/action.yml`;
  const { steps } = asObject(readYaml(await Deno.readTextFile(path)).runs);
  const [prepare] = asArray(steps).map(asObject);
  return Object.entries(asObject(prepare?.env)).filter(([, value]) => value === "")
    .map(([name]) => name);
}

testWith(
  NEEDS,
  "only the step that runs ccrun gets the key, and no file of the workspace changes",
  async () => {
    const names = await blankedVariables();
    assert(names.includes("ANTHROPIC_API_KEY") && names.includes("GITHUB_TOKEN"), names.join());
    await withAction(async ({ act, sandbox }) => {
      const { project, root } = sandbox;
      const listed = async () =>
        (await Array.fromAsync(Deno.readDir(project), ({ name }) => name)).toSorted();
      const before = await listed();
      const { code, inner } = await act({
        env: Object.fromEntries(names.map((name) => [name, KEY])),
      });
      assertEquals([code, inner.map(({ name }) => name)], [0, ["prepare", "run"]]);
      for (const name of ["curl", "npm", "fake-claude"]) {
        const env = await recordOf(sandbox, name, "env");
        assertEquals([env.includes("HOME="), env.includes(KEY)], [true, false], name);
      }
      const env = await Deno.readTextFile(`${root}/ccrun.env`);
      for (const name of names) assertStringIncludes(env, `${name}=${KEY}\n`);
      // The runner stops a step with a signal to its process.
      assertEquals(await Deno.readTextFile(`${root}/ccrun.pid`), `${inner[1]?.pid}\n`);
      assertEquals(await listed(), before);
    });
  },
);

testWith(
  NEEDS,
  "a wrong checksum stops the action before anything of the archive runs",
  async () => {
    const zero = "0".repeat(64);
    const sums: readonly (readonly [name: string, change: (text: string) => string])[] = [
      ["replaced", (text) => text.replace(new RegExp(`^\\w+(?=  ${ARCHIVE}$)`, "m"), zero)],
      ["missing", (text) => text.split("\n").filter((line) => !line.endsWith(ARCHIVE)).join("\n")],
      ["twice", (text) => `${text}${zero}  ${ARCHIVE}\n`],
      ["no sums", () => ""],
    ];
    for (const [name, change] of sums) {
      await withAction(async ({ act, sandbox, ccrunArgs }) => {
        const path = `${sandbox.root}/release/SHA256SUMS`;
        const text = await Deno.readTextFile(path);
        assert(change(text) !== text, name);
        await Deno.writeTextFile(path, change(text));
        const outcome = await act();
        assertStringIncludes(errorOf(outcome), `the checksum of ${ARCHIVE} is wrong`);
        assertEquals([outcome.code, outcome.outputs.get("exit_reason")], [1, "failed"], name);
        assertEquals(
          [
            await exists(`${sandbox.root}/started`),
            await ccrunArgs(),
            await recordOf(sandbox, "npm"),
          ],
          [false, undefined, ""],
        );
      });
    }
  },
);

testWith(NEEDS, "each failed installation is one error that names its cause", async () => {
  const failures: readonly (readonly [command: string, script: string, message: string])[] = [
    ["curl", "exit 22", "cannot download https://github.com/ccrun/ccrun/releases/download/v"],
    ["npm", "exit 1", `cannot install Claude Code ${TESTED_VERSIONS.newest} with npm`],
    ["npm", "exit 0", `Claude Code ${TESTED_VERSIONS.newest} does not run on this machine`],
    ["fake-claude", "exit 1", `Claude Code ${TESTED_VERSIONS.newest} does not run on this machine`],
  ];
  for (const [command, script, message] of failures) {
    await withAction(async ({ act, sandbox, ccrunArgs }) => {
      await writeExecutable(`${sandbox.bin}/${command}`, `#!/bin/sh\n${script}\n`);
      const outcome = await act();
      assertStringIncludes(errorOf(outcome), message);
      assertEquals([outcome.code, await ccrunArgs()], [1, undefined]);
    });
  }
});

testWith(NEEDS, "the action uses the Claude Code that runs on this machine", async () => {
  const folder = "node_modules/@anthropic-ai/claude-code-linux-x64";
  await withAction(async ({ act, sandbox, ccrunArgs }) => {
    await writeExecutable(
      `${sandbox.bin}/npm`,
      `#!/bin/sh
      mkdir -p ${folder} ${folder}-musl node_modules/.bin
      printf '#!/bin/sh\nexit 1\n' | tee ${folder}-musl/claude >node_modules/.bin/claude
      ln -s '${sandbox.bin}/fake-claude' ${folder}/claude; chmod 755 ${folder}*/claude node_modules/.bin/*\n`,
    );
    assertEquals((await act()).code, 0);
    const [, claude = ""] = await ccrunArgs() ?? [];
    assertEquals(await Deno.readLink(claude), `${folder}/claude`);
  });
});

testWith(NEEDS, "a missing command is one error that names it", async () => {
  await withAction(async ({ act, sandbox: { bin } }) => {
    await Deno.remove(`${bin}/npm`);
    for (const name of ["awk", "tar"]) await writeExecutable(`${bin}/${name}`, "#!/bin/sh\n");
    const { code, ...outcome } = await act({ env: { PATH: bin } });
    assertMatch(errorOf({ code, ...outcome }), /^npm is not in PATH: .*setup-node/);
    assertEquals(code, 1);
  });
});

testWith(
  NEEDS,
  "no program of the workspace runs, even if PATH contains its directory",
  async () => {
    await withAction(async ({ act, sandbox }) => {
      const { project, root } = sandbox;
      await Deno.mkdir(`${project}/bin`);
      await Deno.symlink(`${project}/bin`, `${root}/linked`);
      for (
        const name of ["awk", "curl", "cut", "find", "git", "mktemp", "npm", "sha256sum", "tar"]
      ) {
        await writeExecutable(`${project}/bin/${name}`, `#!/bin/sh\ntouch '${root}/pwned'\n`);
      }
      const path = `bin:${project}/bin::${root}/linked:${root}/bin/../project/bin:.`;
      const call: ActionCall = {
        with: { prompt: "hi", "working-directory": "bin" },
        env: { PATH: `${path}:${sandbox.env().PATH}`, CDPATH: "/" },
        github: { event_name: "issue_comment" },
      };
      await act(call);
      assertEquals((await act({ ...call, github: {} })).code, 0);
      assertEquals(await exists(`${root}/pwned`), false);
      assertEquals(await Deno.readTextFile(`${root}/ccrun.cwd`), `${project}/bin\n`);
    });
  },
);

testWith(NEEDS, "the outputs of ccrun are those of the action, also if the run fails", async () => {
  const ccrun = `for name in result session_id exit_reason cost_usd url structured_output; do
      echo "$name=value of $name" >>"$GITHUB_OUTPUT"
    done
    echo "# Summary" >>"$GITHUB_STEP_SUMMARY"; exit 5`;
  await withAction(async ({ act }) => {
    const { code, outputs, summary } = await act();
    assertEquals([code, summary], [5, "# Summary\n"]);
    const names = ["result", "session_id", "exit_reason", "cost_usd", "url", "structured_output"];
    assertEquals(
      Object.fromEntries(outputs),
      Object.fromEntries(names.map((name) => [name, `value of ${name}`])),
    );
  }, ccrun);
});
