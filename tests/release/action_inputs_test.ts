/**
 * Tests the action `.github/actions/run`: its inputs.
 *
 * @module
 */

import { assertEquals, assertMatch } from "@std/assert";
import { exists } from "../../lib/util/exists.ts";
import { recordOf } from "../support/release.ts";
import { testWith } from "../support/test_with.ts";
import { errorOf, NEEDS, withAction } from "./action_scene.ts";

/** The options that the action passes to ccrun before those of the user. */
const OPTIONS = ["--setting-sources", "user", "--strict-mcp-config", "--no-stdin"];

const HOSTILE =
  `'"\`touch pwned\` $(touch pwned) \${{ secrets.KEY }} \\ * ; #\n--debug-raw\n::error::x`;

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
