/**
 * The commands and rules that ccrun suggests are pasted into real shells, with hostile values.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { bashRules } from "../../lib/run/bash_rules.ts";
import { withHintForCause } from "../../lib/run/hints.ts";
import { permissionHint } from "../../lib/run/permission_hint.ts";
import { resumeCommand } from "../../lib/run/resume_command.ts";
import { withFake } from "../e2e/fake_scene.ts";
import { checked, eventsOf } from "../e2e/scene.ts";
import { runCcrun } from "../support/ccrun.ts";
import { writeExecutable } from "../support/executable.ts";
import { emit, initLine, resultLine } from "../support/fake_claude.ts";
import { makeRun } from "../support/rendered_run.ts";
import { makeSandbox, SANDBOX_PATH } from "../support/sandbox.ts";
import { hasCommand } from "../support/test_with.ts";

const ID = "5e551011-0000-4000-8000-000000000001";

/** Values that end a word in some shell, begin an option, or change what a terminal shows. */
const HOSTILE = [
  `a'; touch PWN; '`,
  `a"; touch PWN; "`,
  "$(touch PWN)",
  "`touch PWN`",
  "a\ntouch PWN\n",
  "a\\'; touch PWN; \\'",
  "a'\n; touch PWN; '\\",
  "a & touch PWN | touch PWN > PWN",
  "-x; touch PWN",
  "--settings=PWN",
  "\u202edcba\u2066 ```",
  "a\x1b]0;title\x07\x1b[2J\x7f\x9b",
  "=ls",
  "~root",
  "!!; touch PWN",
  "*",
  "{touch,PWN}",
  "zero\u200bwidth\u00ad",
];

/** The shells that are there. Those that know `$'...'` read hidden characters. */
const SHELLS = ["bash", "zsh", "dash", "fish"].filter(hasCommand);

/** Characters that a terminal obeys, or does not show. */
const HIDDEN = /[\p{C}\p{Zl}\p{Zp}]/u;

/**
 * Pastes commands into each shell, and checks that nothing is run but `ccrun`, with these arguments.
 *
 * @param args the arguments of each command; undefined if they are not known
 */
async function paste(
  commands: readonly { readonly text: string; readonly args?: readonly string[] }[],
): Promise<void> {
  await using sandbox = await makeSandbox();
  await writeExecutable(`${sandbox.bin}/ccrun`, `#!/bin/sh\nprintf '%s\\0' "$@"\n`);
  for (const shell of SHELLS) {
    for (const { text, args } of commands) {
      assert(!HIDDEN.test(text), JSON.stringify(text));
      const { stdout } = await new Deno.Command(shell, {
        args: ["-c", text],
        cwd: sandbox.project,
        clearEnv: true,
        env: { HOME: sandbox.home, PATH: `${sandbox.bin}:${SANDBOX_PATH}` },
        stdin: "null",
        stderr: "null",
      }).output();
      const left = await Array.fromAsync(Deno.readDir(sandbox.project), ({ name }) => name);
      assertEquals(left.filter((name) => name.includes("PWN")), [], `${shell}: ${text}`);
      const isRead = shell === "bash" || shell === "zsh" || !text.includes("$'");
      if (args === undefined || !isRead) continue;
      const read = new TextDecoder("utf-8", { ignoreBOM: true }).decode(stdout).split("\0");
      assertEquals(read.slice(0, -1), args, `${shell}: ${text}`);
    }
  }
}

Deno.test("a command that resumes a session is read unchanged by each shell, whatever it contains", async () => {
  await paste(HOSTILE.map((value) => {
    const request = {
      apiUrl: undefined,
      claudePath: `/${value}`,
      claude: { allowedTools: [value], settings: `./${value}` },
      target: { cwd: "/p", allowedDirs: [value] },
      env: {},
    };
    const text = resumeCommand({ sessionId: ID, directory: `/${value}` }, request);
    const option = (name: string, value: string) =>
      value.startsWith("-") ? [`${name}=${value}`] : [name, value];
    const args = ["--resume", ID, "-C", `/${value}`, "--claude", `/${value}`];
    args.push(...option("--allowed-tools", value), ...option("--add-dir", value));
    return { text, args: [...args, "--settings", `./${value}`] };
  }));
});

Deno.test("a hostile workspace of a recording is in no command that runs anything else", async () => {
  await using sandbox = await makeSandbox();
  const commands = [];
  for (const value of HOSTILE) {
    const lines = [
      initLine({ cwd: `/srv/${value}`, session_id: ID }),
      resultLine({ session_id: ID, is_error: true, subtype: "error_during_execution" }),
    ];
    await Deno.writeTextFile(`${sandbox.project}/tape.jsonl`, lines.join("\n"));
    const args = ["--resume", ID, "-C", `/srv/${value}`];
    const summary = `${sandbox.root}/summary.md`;
    const options = ["replay", "--json", "--summary", summary, "tape.jsonl"];
    const { exit: { resume = "" }, stderr } = checked(await runCcrun(options, { sandbox }));
    const [hint = ""] = /ccrun --resume .*/.exec(stderr) ?? [];
    commands.push({ text: resume, args }, { text: hint, args: [...args, "..."] });
    const page = await Deno.readTextFile(summary);
    assert(resume !== "" && page.includes(resume), page);
  }
  await paste(commands);
});

Deno.test("a command on a narrow terminal is not divided into several when it is pasted", () => {
  const resume = resumeCommand({ sessionId: ID, directory: "/sbin/PWN" });
  const hint = `resume with: ${resume} "..."`;
  const rule = permissionHint("Bash", { command: "make && touch PWN && rm -rf build" }, "/p");
  const run = makeRun({ columns: 40, live: true });
  run.give({ type: "notice", level: "warning", kind: "denied", text: `To allow it: ${rule}` });
  run.give({ type: "error", error: { kind: "failed", message: "no", hint } });
  for (const command of [hint, rule]) assertStringIncludes(run.text(), command);
});

Deno.test("advice about a hostile path is read unchanged by each shell", async () => {
  await paste(HOSTILE.flatMap((value) => {
    const path = `/home/ada/${value}/.claude.json`;
    const failure = { cause: "broken_config", message: "no", config: { path } } as const;
    const { hint = "" } = withHintForCause(failure, undefined);
    const [, words = ""] = /: mv ([^]*)$/.exec(hint) ?? [];
    return [{ text: `ccrun ${words}`, args: [path, `${path}.broken`] }];
  }));
});

Deno.test("a prompt that is nearly a command is quoted in the command that sends it", async () => {
  await using sandbox = await makeSandbox();
  const commands = [];
  for (const word of ["session'", "session$", "session;", "session\n", "doctor\x1b", "=doctor"]) {
    const { stderr } = await runCcrun([word], { sandbox });
    const [text = ""] = /ccrun run .*/.exec(stderr) ?? [];
    commands.push({ text, args: ["run", word] });
  }
  await paste(commands);
});

/** Shell commands of which no part may become a rule for more than itself. */
const DANGEROUS = [
  ..."bash sh zsh dash fish sudo su doas env xargs nohup timeout nice setsid time command exec eval python"
    .split(" "),
  ..."python3 node deno bun perl ruby php awk sed ssh docker kubectl npx bunx uvx pip make parallel watch"
    .split(" "),
  ..."script expect find tee rm curl git tar rsync busybox flock strace vim less at crontab *"
    .split(" "),
  "/bin/sh",
  "./x.sh",
  "../x.sh",
  "A=1",
  ":*",
  "**",
].flatMap((program) => [
  program,
  `${program} -c x`,
  `ls | ${program} x`,
  `ls && ${program} x`,
  `${program} x; ls`,
  `${program} 'x y' "z"`,
]);

/** What could end a rule, begin another one, or be a wildcard in it. */
const RULE_SYNTAX = [
  "echo x), Bash(*",
  "echo 'x), Bash(rm:*'",
  "echo x) Bash(rm:*)",
  "echo *",
  "touch a:*",
  "echo a\nrm -rf b",
  "echo a\trm",
  "echo \u202ea",
  "(sh)",
  "echo `sh`",
  "echo \\",
  "ls\u00a0*",
];

/** The rules that may allow more than one command. */
const WIDE = /^Bash\((?:cat|cp|git add|git commit|git status|head|ls|mkdir|mv|tail|touch|wc):\*\)$/;

Deno.test("a suggested rule allows the denied command, and no program that runs others", () => {
  for (const command of [...DANGEROUS, ...RULE_SYNTAX]) {
    for (const rule of bashRules(command) ?? []) {
      const [, inside = ""] = /^Bash\(([^()*]+)\)$/.exec(rule) ?? [];
      const isExact = inside !== "" && command.includes(inside);
      assert(isExact || WIDE.test(rule), `${command} => ${rule}`);
    }
    const hint = permissionHint("Bash", { command }, "/home/ada/project");
    const allowsAll = hint.includes("--allowed-tools Bash");
    assertEquals(allowsAll, hint.endsWith("would allow every call"), hint);
  }
});

Deno.test("no suggested directory contains more than the denied file needs", () => {
  const cwd = "/home/ada/project";
  const broad = ["/", "/etc", "/home", "/root", "/tmp", "/usr", "/home/ada", "/home/eve", "/mnt/c"];
  for (const directory of broad) {
    const path = `${directory}/x`.replace("//", "/");
    const hints = [
      permissionHint("Bash", { command: `cat ${path}` }, cwd),
      permissionHint("Bash", { command: `cp a ${path}` }, cwd),
      permissionHint("Bash", { command: `make > ${path}` }, cwd),
      permissionHint("Read", { file_path: path }, cwd),
      permissionHint("Read", { file_path: `${path}*` }, cwd),
      permissionHint("Write", { file_path: `${path}*` }, cwd),
      permissionHint("Grep", { path: directory }, cwd),
      permissionHint("Glob", { path: directory }, cwd),
    ];
    for (const hint of hints) {
      assert(!hint.includes("--add-dir"), hint);
      assert(!hint.includes(`(/${directory})`), hint);
    }
  }
  for (const path of ["..", "../", "../..", "../x", "~", "~/x", "~root/x"]) {
    const hint = permissionHint("Bash", { command: `cat ${path}` }, cwd);
    assert(!hint.includes("--add-dir"), hint);
  }
});

Deno.test("no suggested directory contains keys, settings, or the processes of others", async () => {
  const cwd = "/srv/ada/project";
  const directories = ["/srv/bot", "/srv/bot/.ssh", "/home/eve/.aws/sso", "/proc/1", "/dev/shm"];
  for (const directory of directories) {
    const hints = [
      permissionHint("Bash", { command: `cat ${directory}/x` }, cwd, "/srv/bot"),
      permissionHint("Bash", { command: `make > ${directory}/x` }, cwd, "/srv/bot"),
      permissionHint("Write", { file_path: `${directory}/x*` }, cwd, "/srv/bot"),
    ];
    for (const hint of hints) assert(!hint.includes("--add-dir"), hint);
  }
  const parent = permissionHint("Grep", { path: "/srv/bot/.." }, cwd, "/srv/bot");
  assertEquals(parent, "Grep: no narrow option allows this call");
  const ordinary = permissionHint("Bash", { command: "cat /srv/bot/data/x" }, cwd, "/srv/bot");
  assertEquals(ordinary, "--allowed-tools 'Bash(cat:*)' --add-dir /srv/bot/data");

  const denial = {
    tool_name: "Bash",
    tool_use_id: "t1",
    tool_input: { command: "cat HOME_DIR/x" },
  };
  const lines = emit(initLine(), resultLine({ permission_denials: [denial] }));
  await withFake(`{ ${lines} } | sed "s|HOME_DIR|$HOME|"`, async ({ run }) => {
    const [notice] = eventsOf(checked(await run(["--json", "Go."])), "notice")
      .filter(({ kind }) => kind === "denied");
    assertMatch(notice?.text ?? "", /no rule allows only this call/);
  });
});

Deno.test("a string in a command is not taken for an operator, nor an operator for a string", () => {
  const rows: readonly [command: string, rules: readonly string[] | undefined][] = [
    ["cat 'a' | sh", undefined],
    ["ls 'a' && make", ["Bash(ls 'a' && make)"]],
    ["ls `make`", undefined],
    [`ls "$x"; make`, [`Bash(ls "$x"; make)`]],
    [`ls 'a" && make '"b"`, ["Bash(ls:*)"]],
    [`git commit -m "a | b; c > d" | tail -1`, ["Bash(git commit:*)", "Bash(tail:*)"]],
  ];
  for (const [command, rules] of rows) assertEquals(bashRules(command), rules, command);
  const hint = permissionHint("Bash", { command: `git commit -m "a -> b"` }, "/p");
  assertEquals(hint, "--allowed-tools 'Bash(git commit:*)'");
});

Deno.test("a hostile tool or host becomes no rule", async () => {
  for (const url of ["https://*/", "https://*.com/", "http://a,b/", "https://[::1]/", "x"]) {
    const hint = permissionHint("WebFetch", { url }, "/p");
    assertMatch(hint, /^WebFetch: no rule .* would allow every call$/, url);
  }
  await using sandbox = await makeSandbox();
  const denied = [
    "mcp__x__*",
    "Bash(*:*)",
    "mcp__x__y --dangerously-skip-permissions",
    "a'; PWN; '",
  ];
  const denials = denied.map((tool_name, id) => ({ tool_name, tool_use_id: `t${id}` }));
  const lines = [initLine(), resultLine({ permission_denials: denials })];
  await Deno.writeTextFile(`${sandbox.project}/tape.jsonl`, lines.join("\n"));
  const events = checked(await runCcrun(["replay", "--json", "tape.jsonl"], { sandbox }));
  const [notice] = eventsOf(events, "notice").filter(({ kind }) => kind === "denied");
  assertEquals(
    notice?.text,
    "4 tool calls denied. To allow them: the name of the tool is not known",
  );
});
