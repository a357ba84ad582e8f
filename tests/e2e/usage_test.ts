/**
 * Invalid command lines, the environment, help, and the version.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { COMMANDS } from "../../lib/cli/commands.ts";
import { OPTIONS } from "../../lib/cli/options.ts";
import { EXIT_CODES } from "../../lib/exit_codes.ts";
import { assertEvents } from "../support/event_schema.ts";
import { emit } from "../support/fake_claude.ts";
import { asObject } from "../support/json.ts";
import { REPOSITORY } from "../support/paths.ts";
import {
  ANSWER,
  assertClearMessage,
  type FakeScene,
  type FakeSceneOptions,
  STORY,
  withFake,
} from "./fake_scene.ts";

/** An invalid command line, and a part of the error message. */
type Invalid = readonly [args: readonly string[], message: string, options?: FakeSceneOptions];

/** The number of concurrent runs. */
const CONCURRENCY = 3;

/** Calls `act` for each item, a few at a time. */
async function forEach<T>(items: readonly T[], act: (item: T) => Promise<void>): Promise<void> {
  const left = [...items];
  await Promise.all(Array.from({ length: CONCURRENCY }, async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await act(item);
  }));
}

/** Asserts that each is rejected with a clear message, exit code 2, and no stdout, before claude starts. */
async function assertRejected(scene: FakeScene, invalid: readonly Invalid[]): Promise<void> {
  await forEach(invalid, async ([args, message, options]) => {
    await using ccrun = await scene.start(args, options);
    const { stdout, stderr, code } = await ccrun.finished;
    const what = `ccrun ${args.join(" ")}\n${stderr}`;
    assertEquals([stdout, code], ["", EXIT_CODES.usage], what);
    assertClearMessage(stderr);
    assertStringIncludes(stderr, message, what);
  });
  assertEquals(await scene.prompt(), undefined, "claude was started");
}

/** Adds files with invalid contents. */
async function addFiles({ sandbox: { project } }: FakeScene): Promise<void> {
  await Deno.writeTextFile(`${project}/broken.json`, '{"a": nope}');
  await Deno.writeTextFile(`${project}/list.json`, "[1, 2]");
  await Deno.writeTextFile(`${project}/empty.md`, "");
}

Deno.test("ccrun rejects an unknown option and suggests the nearest one", async () => {
  await withFake(STORY, async (scene) => {
    await assertRejected(scene, [
      [["--modle", "x", "hi"], "unknown option --modle\nccrun: did you mean --model?"],
      [["--formt=json", "hi"], "unknown option --formt\nccrun: did you mean --format?"],
      [["hi", "--quite"], "did you mean --quiet?"],
      [["hi", "--max-turn", "3"], "did you mean --max-turns?"],
      [["hi", "--no-colour"], "unknown option --no-colour"],
      [["hi", "--time-out", "1h"], "did you mean --timeout?"],
      [["hi", "--no-isolat"], "did you mean --no-isolate?"],
      [["hi", "--no-timeout"], "did you mean --timeout 0?"],
      [
        ["hi", "--no-json"],
        "unknown option --no-json\nccrun: --json is off by default. Put options",
      ],
      [["hi", "--permision-mode", "plan"], "did you mean --permission-mode?"],
      [["hi", "--no-fail-on-denid"], "did you mean --no-fail-on-denied?"],
      // No option is similar.
      [["hi", "--banana"], "unknown option --banana\nccrun: see: ccrun --help"],
      [["hi", "-x"], "unknown option -x\nccrun: see: ccrun --help"],
      [["hi", "-qx"], "unknown option -x\n"],
      [["--toString", "hi"], "unknown option --toString"],
      [["--__proto__", "hi"], "unknown option --__proto__"],
      [["--help", "--banana"], "unknown option --banana"],
      [["replay", "--forma", "json"], "did you mean --format?\n"],
    ]);
  });
});

Deno.test("ccrun says where the options of claude and of other commands belong", async () => {
  await withFake(STORY, async (scene) => {
    await assertRejected(scene, [
      [["hi", "--agents", "{}"], "Put options for claude after --"],
      [
        ["hi", "--verbose"],
        "ccrun sets --verbose itself\nccrun: remove it: ccrun always sets it",
      ],
      [["hi", "--print"], "ccrun sets --print itself"],
      [["hi", "--output-format", "json"], "use ccrun's --format"],
      [["hi", "--", "-p"], "-p is not allowed after --\nccrun: remove it: ccrun always runs"],
      [["hi", "--", "--print"], "--print is not allowed after --"],
      [["hi", "--", "--output-format", "json"], "--output-format is not allowed after --"],
      [["hi", "--", "--output-format=json"], "use ccrun's --format"],
      [["hi", "--", "--input-format", "text"], "--input-format is not allowed after --"],
      [["hi", "--", "--verbose"], "--verbose is not allowed after --"],
      [["hi", "--", "--include-partial-messages"], "use ccrun's --partial"],
      [
        ["replay", "--model", "x"],
        "ccrun replay has no option --model\nccrun: see: ccrun help replay",
      ],
      [["replay", "--record", "x", "y"], "ccrun replay has no option --record"],
      [["replay", "--timeout", "1h", "y"], "ccrun replay has no option --timeout"],
      [["hi", "--", "--timeout", "1h"], "--timeout is an option of ccrun"],
      [["hi", "--", "--fork"], "--fork is an option of ccrun\nccrun: put it before the --"],
      [["schema", "-q"], "ccrun schema has no option -q"],
      [["replay", "x", "--", "y"], "no arguments after --\nccrun: see: ccrun help replay\n"],
      [["doctor", "--banana"], "unknown option --banana\nccrun: see: ccrun help doctor\n"],
    ]);
  });
});

Deno.test("ccrun rejects an invalid value and says what it must be", async () => {
  await withFake(STORY, async (scene) => {
    const durations = ["90", "-5s", "1h 30m", "30m1h", "5min", "1000d"];
    const counts = ["x", "-1", "1.5", "1e3", "0x10", "5 turns"];
    await assertRejected(scene, [
      [
        ["hi", "--format", "jsn"],
        `--format must be one of pretty, text, json, raw, result, not "jsn"`,
      ],
      [["hi", "-f", "JSON"], `-f must be one of pretty, text, json, raw, result, not "JSON"`],
      [["hi", "--color", "red"], `--color must be one of auto, always, never, not "red"`],
      ...counts.map((count): Invalid => [
        ["hi", `--max-turns=${count}`],
        `--max-turns must be a whole number, not "${count}"`,
      ]),
      [["hi", "--max-turns", "99999999999"], "a whole number with at most 9 digits, not"],
      [["hi", "--max-turns", "-1"], `--max-turns must be a whole number, not "-1"`],
      [["hi", "--max-retries", "many"], `--max-retries must be a whole number, not "many"`],
      [
        ["hi", "--max-budget-usd", "$5"],
        `--max-budget-usd must be an amount such as 2.50, not "$5"`,
      ],
      [
        ["hi", "--max-budget-usd", "0"],
        `--max-budget-usd must be an amount above 0, such as 2.50, not "0"`,
      ],
      ...durations.map((duration): Invalid => [
        ["hi", "--timeout", duration],
        `--timeout must be a duration such as 90s, 10m, or 1h30m, at most 999d, not "${duration}"`,
      ]),
      [["hi", "--idle-timeout", "10"], `not "10"\nccrun: add the unit: 10s or 10m\n`],
      [["hi", "--grace", "soon"], `or 1h30m, at most 999d, not "soon"`],
      [["hi", "--session-id", "x"], `--session-id must be a UUID, not "x"`],
      [
        ["hi", "--api-url", "localhost:8080"],
        `--api-url must be an http or https URL, not "localhost:8080"\n` +
        "ccrun: add the scheme: https://localhost:8080 or http://localhost:8080\n",
      ],
      [["hi", "--api-url", "ftp://x/"], `not "ftp://x/"`],
      [
        ["hi", "--format", "stream-json"],
        "use json for ccrun's events, raw for claude's own lines",
      ],
      [["hi", "-f=json"], "-f takes its value without =\nccrun: use -f json, or --format=json"],
      [["hi", "-q=1"], "a one-letter switch takes no value"],
      [["hi", "--json=1"], "--json takes no value\nccrun: use --json\n"],
      [["hi", "--redact=0"], "use --redact, or --no-redact to turn it off\n"],
      [["hi", "--no-stdin=1"], "--no-stdin takes no value"],
      [["hi", "--isolate=1"], "--isolate takes no value"],
      [["hi", "--keep-background=1"], "--keep-background takes no value"],
    ]);
  });
});

Deno.test("ccrun rejects an option with a missing or empty value", async () => {
  await withFake(STORY, async (scene) => {
    await assertRejected(scene, [
      [["hi", "--resume"], "--resume needs a value\nccrun: use --resume ID"],
      [["hi", "--resume", ""], "--resume is empty\nccrun: use --resume ID"],
      [["hi", "--resume="], "--resume is empty"],
      [["hi", "--resume", "  "], "--resume is empty"],
      [["hi", "--resume", "--fork"], "--resume needs a value, but the option --fork follows"],
      [["hi", "-o", "--json"], "-o needs a value, but the option --json follows"],
      [["hi", "--output="], "--output is empty"],
      [["hi", "--record", ""], "--record is empty"],
      [["hi", "--cwd", ""], "--cwd is empty"],
      [["hi", "--claude", ""], "--claude is empty"],
      [["hi", "--model", ""], "--model is empty"],
      [["hi", "--add-dir", ""], "--add-dir is empty"],
      [["hi", "--timeout"], "--timeout needs a value\nccrun: use --timeout D"],
      [["hi", "--timeout="], "--timeout is empty\nccrun: use --timeout D"],
      [
        ["hi", "--grace", "--isolate"],
        "--grace needs a value, but the option --isolate follows\nccrun: use --grace D\n",
      ],
      [["hi", "--prompt-file"], "--prompt-file needs a value\nccrun: use --prompt-file FILE"],
      [["-p"], "-p needs a value\nccrun: use -p TEXT"],
      [["-p", ""], "the prompt from -p is empty\n"],
      [["-p", " \n\t"], "the prompt from -p is empty"],
      [[""], "the prompt from the arguments is empty"],
      [["  "], "the prompt from the arguments is empty"],
      [[], "no prompt"],
      [["run"], "no prompt"],
      [["--resume", "5e551011-0000-4000-8000-000000000001"], "no prompt"],
      [["--no-stdin", "--", "fix", "it"], "no prompt\nccrun: put the prompt before the --"],
    ]);
  });
});

Deno.test("ccrun rejects options that exclude each other", async () => {
  await withFake(STORY, async (scene) => {
    const id = "5e551011-0000-4000-8000-000000000001";
    const skip = "--dangerously-skip-permissions";
    await assertRejected(scene, [
      [["hi", "-q", "-f", "pretty"], "-q cannot be combined with -f pretty"],
      [
        ["hi", "--resume", id, "--continue"],
        "--resume cannot be combined with --continue\nccrun: use one of them",
      ],
      [
        ["hi", "--fork"],
        "--fork needs a session\nccrun: add --resume ID or --continue",
      ],
      [["hi", "--session-id", id, "--resume", id], "--session-id needs a new session"],
      [["hi", "--session-id", id, "--continue"], "add --fork, or remove --session-id"],
      [
        ["hi", skip, "--permission-mode", "plan"],
        `${skip} cannot be combined with --permission-mode`,
      ],
      [["hi", "-", "--no-stdin"], "- cannot be combined with --no-stdin"],
      [["-p", "a", "b"], "several prompts: the arguments and -p"],
      [["hi", "-o", "x", "--record", "./x"], "-o and --record are the same file"],
      [["replay", "notes.txt", "-o", "notes.txt"], "the recording and -o are the same file"],
    ]);
  });
});

Deno.test("ccrun rejects missing and unsuitable files and directories", async () => {
  await withFake(STORY, async (scene) => {
    await addFiles(scene);
    const { project } = scene.sandbox;
    await assertRejected(scene, [
      [["--prompt-file", "nowhere.md"], "cannot read --prompt-file nowhere.md: it does not exist"],
      [["--prompt-file", "."], "cannot read --prompt-file .: it is a directory"],
      [["--prompt-file", "empty.md"], "the prompt from empty.md is empty"],
      [["hi", "--output", "no/where.txt"], `cannot write --output ${project}/no/where.txt: `],
      [["hi", "-o", "."], "it is a directory\nccrun: name another file"],
      [["hi", "--output", "empty.md/x"], "cannot write --output"],
      [["hi", "--record", "no/where.jsonl"], "its directory does not exist"],
      [["hi", "--record", "."], "cannot write --record"],
      [
        ["hi", "--cwd", "nowhere"],
        `cannot use the workspace ${project}/nowhere: it does not exist`,
      ],
      [["hi", "-C", "empty.md"], `the workspace ${project}/empty.md`],
      [["sessions", "-C", "empty.md"], `the workspace ${project}/empty.md`],
      [["hi", "-o", "-"], "-o needs a file, not -\nccrun: remove it: stdout has the answer"],
      [["hi", "--record", "-"], "use --format raw for claude's stream on stdout\n"],
      [["hi", "--result", "-"], "use --format result for the result on stdout\n"],
      [["hi", "--summary", "-"], "use a file, and print it afterwards\n"],
      [["replay", "nowhere.jsonl"], "cannot read nowhere.jsonl: it does not exist"],
      [["replay", "."], "cannot read .: it is a directory"],
    ]);
    const files = Array.from(Deno.readDirSync(project), ({ name }) => name).sort();
    assertEquals(
      files,
      ["README.md", "broken.json", "empty.md", "greet.js", "list.json", "notes.txt"],
      "a file was left",
    );
  });
});

Deno.test("ccrun rejects invalid JSON, inline and in files", async () => {
  await withFake(STORY, async (scene) => {
    await addFiles(scene);
    const { project } = scene.sandbox;
    await assertRejected(
      scene,
      ["--json-schema", "--settings", "--mcp-config"].flatMap((option): Invalid[] => [
        [["hi", option, "{"], `${option} is not JSON: `],
        [["hi", option, "nowhere.json"], `cannot read ${option} `],
        [["hi", option, "."], "it is a directory"],
        [["hi", option, "{"], "or name a file"],
        [["hi", option, "broken.json"], "see where it is wrong: jq . "],
        [["hi", option, "broken.json"], "broken.json is not JSON: "],
        [["hi", option, "list.json"], "is not a JSON object"],
      ]).concat([
        [
          ["hi", "--plans-dir", "p", "--settings", "broken.json"],
          `${project}/broken.json is not JSON`,
        ],
      ]),
    );
  });
});

Deno.test("ccrun rejects an invalid variable and names it", async () => {
  await withFake(STORY, async (scene) => {
    const one = (name: string, value: string, message: string): Invalid => [
      ["hi"],
      message,
      { env: { [name]: value } },
    ];
    await assertRejected(scene, [
      one(
        "CCRUN_FORMAT",
        "jsn",
        `CCRUN_FORMAT must be one of pretty, text, json, raw, result, not "jsn"`,
      ),
      one("CCRUN_MAX_TURNS", "x", `CCRUN_MAX_TURNS must be a whole number, not "x"`),
      one("CCRUN_DEBUG", "yes", `CCRUN_DEBUG must be 1 or 0, not "yes"`),
      one("CCRUN_PARTIAL", "true", `CCRUN_PARTIAL must be 1 or 0, not "true"`),
      one("CCRUN_API_URL", "x", "CCRUN_API_URL must be an http or https URL"),
      one("CCRUN_MODEL", " ", "is empty\nccrun: unset it, or set CCRUN_MODEL=MODEL\n"),
      one("CCRUN_TIMEOUT", "90", "CCRUN_TIMEOUT must be a duration such as 90s"),
      one("CCRUN_IDLE_TIMEOUT", "none", `at most 999d, not "none"`),
      one("CCRUN_GRACE", "-1s", "CCRUN_GRACE must be a duration"),
      one("CCRUN_KEEP_BACKGROUND", "yes", `CCRUN_KEEP_BACKGROUND must be 1 or 0, not "yes"`),
      one("CCRUN_ISOLATE", "true", `CCRUN_ISOLATE must be 1 or 0, not "true"`),
      one("CCRUN_SETTINGS", "{", "CCRUN_SETTINGS is not JSON"),
      one("CCRUN_SETTINGS", "no.json", "cannot read CCRUN_SETTINGS "),
      one("CCRUN_MCP_CONFIG", "{", "CCRUN_MCP_CONFIG is not JSON"),
    ]);
  });
});

Deno.test("ccrun rejects unknown topics and arguments, and says how to send them as a prompt", async () => {
  await withFake(STORY, async (scene) => {
    await assertRejected(scene, [
      [["help", "nonsense"], "no help on nonsense\nccrun: use one of run, replay"],
      [["help", "run", "replay"], "no help on run replay"],
      [["schema", "x"], "ccrun schema takes no arguments"],
      [["replay", "a", "b"], "ccrun replay takes one file, not 2"],
      [["doctor", "x"], "ccrun doctor takes no arguments"],
    ]);
  });
});

Deno.test("ccrun warns about an unknown variable and suggests the nearest one", async () => {
  await withFake(STORY, async ({ run }) => {
    const warn = async (name: string) => (await run(["-q", "hi"], { env: { [name]: "1" } })).stderr;
    assertEquals(
      await warn("CCRUN_MODLE"),
      "ccrun: warning: unknown variable CCRUN_MODLE; did you mean CCRUN_MODEL?\n",
    );
    assertEquals(
      await warn("CCRUN_BANANA"),
      "ccrun: warning: unknown variable CCRUN_BANANA; it is ignored\n",
    );
    assertEquals(
      await warn("CCRUN_OUTPUT"),
      "ccrun: warning: unknown variable CCRUN_OUTPUT; it is ignored; use the option --output\n",
    );
    assertStringIncludes(await warn("CCRUN_JSON"), "did you mean CCRUN_FORMAT=json?");
    assertEquals(await warn("CCRUNNER"), "");
  });
});

/** A fake claude that writes its arguments to a file, one per line. */
const KEEPS_ARGUMENTS = `printf '%s\\n' "$@" >"$gates/arguments"; ${emit(...STORY)}`;

/** Runs ccrun and returns the arguments of claude. */
async function claudeArguments(
  { run, sandbox }: FakeScene,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  const { stderr, code } = await run(args, { env });
  assertEquals([stderr, code], ["", 0]);
  return (await Deno.readTextFile(`${sandbox.root}/arguments`)).trimEnd().split("\n");
}

Deno.test("ccrun reads options from the environment, and the command line takes precedence", async () => {
  await withFake(KEEPS_ARGUMENTS, async (scene) => {
    const env = {
      CCRUN_MODEL: "from-env",
      CCRUN_MAX_TURNS: "7",
      CCRUN_ALLOWED_TOOLS: "Read\nBash(git log:*)\n\n",
      CCRUN_DANGEROUSLY_SKIP_PERMISSIONS: "1",
    };
    const habits = await claudeArguments(scene, ["-q", "hi"], env);
    assertEquals(habits.filter((arg) => /model|turns|tools|skip/i.test(arg)), [
      "--model=from-env",
      "--max-turns=7",
      "--dangerously-skip-permissions",
      "--allowedTools=Read",
      "--allowedTools=Bash(git log:*)",
    ]);
    const options = ["--model", "given", "--allowed-tools", "Edit"];
    const no = "--no-dangerously-skip-permissions";
    const given = await claudeArguments(scene, ["-q", ...options, no, "hi"], env);
    assertEquals(given.filter((arg) => /model|turns|tools|skip/i.test(arg)), [
      "--model=given",
      "--max-turns=7",
      "--allowedTools=Edit",
    ]);
    const mode = ["-q", "--permission-mode", "plan", "hi"];
    const safer = await claudeArguments(scene, mode, env);
    assertEquals(safer.filter((arg) => /skip|permission/.test(arg)), ["--permission-mode=plan"]);
  });
});

Deno.test("ccrun ignores an empty variable", async () => {
  await withFake(KEEPS_ARGUMENTS, async (scene) => {
    const names = OPTIONS.flatMap(({ env }) => env === undefined ? [] : [env]);
    const env = Object.fromEntries(names.map((name) => [name, ""]));
    assertEquals(
      await claudeArguments(scene, ["-q", "hi"], env),
      await claudeArguments(scene, ["-q", "hi"], {}),
    );
  });
});

Deno.test("ccrun uses the format of CCRUN_FORMAT unless an option sets another", async () => {
  await withFake(STORY, async ({ run }) => {
    const env = { CCRUN_FORMAT: "json" };
    assert((await run(["hi"], { env })).events !== undefined);
    assertEquals((await run(["-q", "hi"], { env })).stdout, `${ANSWER}\n`);
    assertEquals((await run(["-f", "text", "hi"], { env })).stdout, `${ANSWER}\n`);
    // Help is not formatted, and neither is a usage error if the options ask for another format.
    assert((await run(["help"], { env })).stdout.startsWith("Usage: "));
    assertEquals((await run(["-q", "--banana"], { env })).stdout, "");
    assertEquals((await run(["-f", "pretty", "--banana"], { env })).stdout, "");
    assertEquals((await run(["-p", "--json", "--banana"])).stdout, "");
  });
});

/** Errors at every stage of the start. */
const START_ERRORS: readonly Invalid[] = [
  [["--banana", "hi"], "unknown option --banana"],
  [["hi", "--max-turns", "x"], "--max-turns must be a whole number"],
  [["hi", "--format", "jsn"], "--format must be one of"],
  [["hi", "-q"], "--json cannot be combined with -q"],
  [["hi", "--fork"], "--fork needs a session"],
  [["hi"], "CCRUN_DEBUG must be 1 or 0", { env: { CCRUN_DEBUG: "2" } }],
  [["hi", "--json-schema", "{"], "--json-schema is not JSON"],
  [["hi", "--settings", "{"], "--settings is not JSON"],
  [[], "no prompt"],
  [["--prompt-file", "nowhere"], "cannot read --prompt-file"],
  [["hi", "--output", "no/where"], "cannot write --output"],
  [["hi", "--record", "no/where"], "cannot write --record"],
  [["hi", "--cwd", "nowhere"], "does not exist"],
  [["hi", "--", "--verbose"], "--verbose is not allowed after --"],
];

Deno.test("ccrun --json reports every usage error as start, error, and exit", async () => {
  await withFake(STORY, async (scene) => {
    await forEach(START_ERRORS, async ([args, message, options]) => {
      // The arguments after -- go to claude.
      const line = ["--json", ...args];
      await using ccrun = await scene.start(line, options);
      const { stdout, stderr, code, events } = await ccrun.finished;
      assert(events !== undefined, `${line.join(" ")}: not only events:\n${stdout}`);
      assertEvents(events);
      assertEquals(events.map(({ type }) => type), ["start", "error", "exit"], line.join(" "));
      const [, error, exit] = events;
      assert(error?.type === "error" && exit?.type === "exit");
      assertEquals([error.error.kind, exit.code, code], ["usage", 2, 2]);
      assertStringIncludes(error.error.message, message);
      assertClearMessage(stderr);
      assertStringIncludes(stderr, message);
    });
    assertEquals(await scene.prompt(), undefined, "claude was started");
  });
});

Deno.test("ccrun reports a usage error as events for every way to request them", async () => {
  await withFake(STORY, async (scene) => {
    const ways: readonly (readonly [readonly string[], Readonly<Record<string, string>>])[] = [
      [["--banana", "--json"], {}],
      [["-f", "json", "--banana"], {}],
      [["-fjson", "--banana"], {}],
      [["--format=json", "--banana"], {}],
      [["--format", "json", "--banana"], {}],
      [["run", "--banana", "--json"], {}],
      [["replay", "--banana", "--json"], {}],
      [["--banana"], { CCRUN_FORMAT: "json" }],
    ];
    await forEach(ways, async ([args, env]) => {
      await using ccrun = await scene.start(args, { env });
      const { events, code } = await ccrun.finished;
      assertEquals(events?.map(({ type }) => type), ["start", "error", "exit"], args.join(" "));
      assertEquals(code, 2);
    });
  });
});

Deno.test("ccrun -f raw reports a usage error as two events with the source ccrun", async () => {
  await withFake(STORY, async (scene) => {
    const cases = [["-f", "raw", "--banana"], ["-f", "raw"], ["-f", "raw", "hi", "-C", "nowhere"]];
    for (const args of cases) {
      const { stdout, code } = await scene.run(args);
      assertEquals(code, 2);
      const lines = stdout.trimEnd().split("\n").map((line) => asObject(JSON.parse(line)));
      assertEquals(lines.map(({ source, type }) => `${source} ${type}`), [
        "ccrun error",
        "ccrun exit",
      ]);
    }
  });
});

Deno.test("ccrun help and --help print the same text on stdout", async () => {
  await withFake(STORY, async (scene) => {
    const { run } = scene;
    const text = async (...args: readonly string[]) => {
      const { stdout, stderr, code } = await run(args);
      assertEquals([stderr, code], ["", 0], args.join(" "));
      assert(stdout.startsWith("Usage: ccrun "), stdout);
      for (const line of stdout.split("\n")) {
        assert(
          line.length <= 130 && !/\s$|undefined|\[object/.test(line),
          `a line of help: ${line}`,
        );
      }
      return stdout;
    };
    const main = await text("help");
    for (const args of [["--help"], ["help", "run"], ["run", "--help"], ["hi", "--help"]]) {
      assertEquals(await text(...args), main, args.join(" "));
    }
    for (const command of COMMANDS) {
      assertEquals(await text("help", command), await text(command, "--help"), command);
      assertStringIncludes(main, `\n  ${command} `);
    }
    assertEquals(await scene.prompt(), undefined, "claude was started");
  });
});

/** Returns the options in a help text, with a value if they need one. */
function listed(help: string): readonly string[] {
  const lines = [
    ...help.matchAll(/^ {2}(?:-(\w), | {4})--(\[no-\])?([\w-]+)(?: ([A-Z][A-Z|]*))?/gm),
  ];
  return lines.flatMap(([, short, no, name, value]) =>
    [
      `--${name}`,
      ...(no === undefined ? [] : [`--no-${name}`]),
      ...(short === undefined ? [] : [`-${short}`]),
    ].flatMap((option) => value === undefined ? [option] : [option, "x"])
  );
}

Deno.test("ccrun accepts every option in its help, and its help has every option", async () => {
  await withFake(STORY, async ({ run }) => {
    for (const command of COMMANDS) {
      const { stdout: help } = await run(["help", command]);
      const options = listed(help).filter((option) => !/^(--help|-h)$/.test(option));
      // ccrun parses all options before it prints the version.
      const { stdout, stderr } = await run([command, ...options]);
      assert(/^ccrun \d/.test(stdout), stderr);
      const known = OPTIONS.filter(({ commands }) => commands.includes(command));
      for (const { name, short, env, choices = [] } of known) {
        assert(listed(help).includes(`--${name}`), `help ${command} lacks --${name}`);
        if (short !== undefined) assertStringIncludes(help, `-${short}, --`);
        if (env !== undefined) assertStringIncludes(help, `[${env}]`);
        for (const choice of choices) assertStringIncludes(help, choice);
      }
    }
  });
});

Deno.test("ccrun accepts every variable in its help", async () => {
  await withFake(STORY, async ({ run }) => {
    const { stdout: help } = await run(["help"]);
    const names = [...help.matchAll(/\[(CCRUN_\w+)\]/g)].map(([, name]) => name ?? "");
    assert(names.length > 15, help);
    const env = Object.fromEntries(names.map((name) => [name, "1"]));
    // Another command than run does not use the values, but it warns about unknown variables.
    assertEquals((await run(["schema"], { env })).stderr, "");
  });
});

Deno.test("ccrun help lists every exit code", async () => {
  await withFake(STORY, async ({ run }) => {
    const { stdout: help } = await run(["help"]);
    const [, codes = ""] = /\nExit codes:\n((?: {2}.*\n)+)/.exec(help) ?? [];
    const said = codes.trim().split("\n").map((line) => line.trim().split(/\s+/).slice(0, 2));
    const table = Object.entries(EXIT_CODES).map(([reason, code]) => [`${code}`, reason]);
    const missing = table.filter((entry) => !said.some((one) => one.join() === entry.join()));
    assertEquals(missing, []);
    assertEquals(said.filter((one) => !table.some((entry) => entry.join() === one.join())), []);
  });
});

Deno.test("ccrun --version prints the version", async () => {
  const config = asObject(JSON.parse(await Deno.readTextFile(`${REPOSITORY}/deno.json`)));
  await withFake(STORY, async ({ run }) => {
    for (const args of [["--version"], ["-V"], ["run", "--version"], ["hi", "-V"]]) {
      const { stdout, stderr, code } = await run(args);
      assertEquals([stdout, stderr, code], [`ccrun ${config.version}\n`, "", 0]);
    }
  });
});

Deno.test("ccrun schema prints a JSON Schema with the types of events", async () => {
  await withFake(STORY, async ({ run }) => {
    const { stdout, stderr, code } = await run(["schema"]);
    assertEquals([stderr, code], ["", 0]);
    const schema = asObject(JSON.parse(stdout));
    assertEquals(schema.$schema, "https://json-schema.org/draft/2020-12/schema");
    const types = Object.keys(asObject(schema.$defs));
    for (const type of ["start", "text", "tool_use", "result", "error", "exit"]) {
      assert(types.includes(type), types.join());
    }
  });
});
