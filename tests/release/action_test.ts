/**
 * Tests the action `.github/actions/run`: its inputs, what it installs, and its outputs.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import config from "../../deno.json" with { type: "json" };
import { TESTED_VERSIONS } from "../../lib/claude/version.ts";
import { writeExecutable } from "../support/executable.ts";
import { exists } from "../support/exists.ts";
import { asArray, asObject, asString } from "../support/json.ts";
import { REPOSITORY } from "../support/paths.ts";
import { ARCHIVE, recordOf } from "../support/release.ts";
import { testWith } from "../support/test_with.ts";
import { readYaml, stepOf } from "../support/workflow.ts";
import { type ActionCall, errorOf, KEY, NEEDS, withAction } from "./action_scene.ts";

const ACTION = readYaml(await Deno.readTextFile(`${REPOSITORY}/.github/actions/run/action.yml`));

/** The options that the action passes to ccrun before those of the user. */
const OPTIONS = ["--setting-sources", "user", "--strict-mcp-config", "--no-stdin"];

const HOSTILE =
  `'"\`touch pwned\` $(touch pwned) \${{ secrets.KEY }} \\ * ; #\n--debug-raw\n::error::x`;

Deno.test("the action installs the versions of this repository", () => {
  const inputs = asObject(ACTION.inputs);
  const defaultOf = (name: string) => asObject(inputs[name]).default;
  assertEquals(defaultOf("ccrun-version"), config.version);
  assertEquals(defaultOf("claude-version"), TESTED_VERSIONS.newest);
});

testWith(NEEDS, "every text that an input or a variable contains stays text", async () => {
  await withAction(async ({ act, ccrunArgs, sandbox }) => {
    for (const prompt of [HOSTILE, "--version", "-", "@file", "a".repeat(100_000), "é\u{1f600}"]) {
      const { code, stderr } = await act({ with: { prompt } });
      assertEquals([code, stderr], [0, ""]);
      const args = await ccrunArgs();
      assertEquals(args?.slice(2), [...OPTIONS, `--prompt=${prompt}`]);
      assertEquals(args?.[0], "--claude");
    }
    await act({ with: { "prompt-file": `-f ${HOSTILE}` } });
    assertEquals((await ccrunArgs())?.at(-1), `--prompt-file=-f ${HOSTILE}`);
    assertEquals(await exists(`${sandbox.project}/pwned`), false);
  });
});

const ARGS: readonly (readonly [args: string, words: readonly string[]])[] = [
  ["", []],
  [" \n\t", []],
  ["--timeout 15m  --model\nopus\r\n", ["--timeout", "15m", "--model", "opus"]],
  ["--allowed-tools 'Bash(git log:*),Read'", ["--allowed-tools", "Bash(git log:*),Read"]],
  [`a"b 'c'"'d "e"'`, [`ab 'c'd "e"`]],
  ["'' \"\" x''", ["", "", "x"]],
  [`"a\\"b\\\\c\\$d\\e"`, [`a"b\\c$d\\e`]],
  ["a\\ b \\' \\\\ c\\", ["a b", "'", "\\", "c\\"]],
  ["--timeout 15m \\\n  --model opus", ["--timeout", "15m", "--model", "opus"]],
  ["'one\ntwo' \"three\nfour\"", ["one\ntwo", "three\nfour"]],
  ["* ? ~ $HOME $(id) `id` {a,b} !! # ; && >x", [
    ...["*", "?", "~", "$HOME", "$(id)", "`id`", "{a,b}", "!!", "#", ";", "&&", ">x"],
  ]],
  ['--json-schema \'{"type": "object",\n "x": "it\\u0027s"}\'', [
    "--json-schema",
    '{"type": "object",\n "x": "it\\u0027s"}',
  ]],
  ["-- --debug", ["--", "--debug"]],
];

testWith(NEEDS, "the words of args reach ccrun last and are not expanded", async () => {
  await withAction(async ({ act, ccrunArgs }) => {
    for (const [args, words] of ARGS) {
      const { code, stderr } = await act({ with: { prompt: "hi", args } });
      assertEquals([code, stderr], [0, ""], args);
      assertEquals((await ccrunArgs())?.slice(3 + OPTIONS.length), words, args);
    }
  });
});

const BAD_INPUTS: readonly (readonly [Readonly<Record<string, string>>, RegExp])[] = [
  [{}, /^no prompt: set prompt or prompt-file$/],
  [{ prompt: " \n" }, /^no prompt/],
  [{ prompt: "a", "prompt-file": "b" }, /^several prompts/],
  ...["'a", 'a "b', "\"it's", "\\''"].map((args) =>
    [{ prompt: "hi", args }, /^cannot split args: a quote is not closed$/] as const
  ),
  ...[
    ...["", "latest", "2", "2.1", "v2.1.332", "^2.1.332", "2.1.332 ", "2.1.332\n", "\n2.1.332"],
    ...["2.1.332\n--registry=x", "../2.1.332", "2.1.332/../..", "--version", "2.1.٣", "$(id)"],
    ...["2.1.332-", "npm:left-pad@1.3.0", "a".repeat(300)],
  ].flatMap((version) =>
    ["claude-version", "ccrun-version"].map((name) =>
      [
        { prompt: "hi", [name]: version },
        new RegExp(`^${name} is .{1,200}: use an exact version such as \\d+\\.\\d+\\.\\d+$`),
      ] as const
    )
  ),
  ...["nowhere", "notes.txt", "a\nb", "-", "--"].map((directory) =>
    [
      { prompt: "hi", "working-directory": directory },
      /^cannot enter working-directory .*: name a directory in the workspace$/,
    ] as const
  ),
  ...["..", "/", "link"].map((directory) =>
    [
      { prompt: "hi", "working-directory": directory },
      /^working-directory .* is outside the workspace/,
    ] as const
  ),
  ...["", "yes", "true\n"].map((value) =>
    [
      { prompt: "hi", "allow-unsafe-pr-checkout": value },
      /^allow-unsafe-pr-checkout is .*: use true or false$/,
    ] as const
  ),
];

testWith(NEEDS, "bad inputs are one error of usage, before anything is downloaded", async () => {
  await withAction(async ({ act, sandbox }) => {
    await Deno.symlink("/", `${sandbox.project}/link`);
    for (const [inputs, message] of BAD_INPUTS) {
      const outcome = await act({ with: inputs });
      assertMatch(errorOf(outcome), message);
      assertEquals([outcome.code, outcome.outputs.get("exit_reason")], [2, "usage"]);
    }
    assertEquals(await recordOf(sandbox, "curl"), "");
  });
});

testWith(NEEDS, "other platforms are an error that names the supported ones", async () => {
  await withAction(async ({ act, sandbox }) => {
    for (const [system, processor] of [["Windows", "X64"], ["Linux", "ARM"], ["macOS", "X86"]]) {
      const outcome = await act({ env: { RUNNER_OS: system!, RUNNER_ARCH: processor! } });
      assertMatch(errorOf(outcome), /^cannot run on \S+ \S+: use a runner with Linux or macOS, on/);
      assertEquals([outcome.code, outcome.outputs.get("exit_reason")], [2, "usage"]);
    }
    assertEquals(await recordOf(sandbox, "curl"), "");
  });
});

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

testWith(
  NEEDS,
  "only the step that runs ccrun gets the key, and no file of the workspace changes",
  async () => {
    const names = [
      ...["ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "CLAUDE_CODE_OAUTH_TOKEN", "GITHUB_TOKEN"],
      ...["AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_BEARER_TOKEN_BEDROCK", "GH_TOKEN"],
    ];
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
      ["replaced", (text) => text.replace(/^\w+(?=.*gnu|.*darwin)/m, zero)],
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

Deno.test("the action uses no other action, and its scripts contain no expressions", () => {
  const steps = asArray(asObject(ACTION.runs).steps).map((step) => stepOf("run", asObject(step)));
  assertEquals(steps.map(({ id, uses, shell }) => [id, uses, shell]), [
    ["prepare", undefined, "bash"],
    ["run", undefined, "bash"],
  ]);
  for (const { run = "" } of steps) assert(!run.includes("${{"), run);
  for (const [name, input] of Object.entries(asObject(ACTION.inputs))) {
    const { description, default: value } = asObject(input);
    assert(asString(description) !== "" && typeof value === "string", name);
  }
});

testWith(
  { commands: ["shellcheck"] },
  "the scripts of the action are clean in shellcheck",
  async () => {
    const folder = `${REPOSITORY}/.github/actions/run`;
    const scripts = (await Array.fromAsync(Deno.readDir(folder), ({ name }) => name))
      .filter((name) => name.endsWith(".sh"));
    assert(scripts.length >= 4);
    const { stdout, success } = await new Deno.Command("shellcheck", {
      args: ["--external-sources", ...scripts],
      cwd: folder,
      stdin: "null",
    }).output();
    assert(success, new TextDecoder().decode(stdout));
  },
);
