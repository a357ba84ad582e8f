import { assertEquals } from "@std/assert";
import {
  checkDistinctFiles,
  checkSessionOptions,
  resolveBackgroundPolicy,
  resolveFormat,
  resolvePermissionMode,
  resolveSystemPrompts,
} from "../../lib/cli/conflicts.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { commandLineOf, makeHost, optionsOf } from "./hosts.ts";
import { assertUsage } from "./usage.ts";

type Env = { [name: string]: string };

const ID = "11111111-2222-4333-8444-555555555555";

Deno.test("resolveFormat reads all options of the format", () => {
  const json = { CCRUN_FORMAT: "json" };
  const cases: [args: string[], env: Env, format: string][] = [
    [[], {}, "pretty"],
    [["--json"], {}, "json"],
    [["-q"], {}, "text"],
    [["-f", "raw"], {}, "raw"],
    [["--json", "--format", "json"], {}, "json"],
    [[], json, "json"],
    [["-q"], json, "text"],
    [["--format", "pretty"], json, "pretty"],
  ];
  for (const [args, env, format] of cases) {
    assertEquals(resolveFormat(optionsOf(args, env)), format);
  }
});

Deno.test("resolveFormat rejects two formats", async () => {
  const cases = [
    [["--json", "--quiet"], "--json", "--quiet"],
    [["--json", "-f", "text"], "--json", "-f text"],
    [["-q", "--format=raw"], "-q", "--format raw"],
  ] as const;
  for (const [args, ...words] of cases) {
    await assertUsage(() => resolveFormat(optionsOf(args)), ...words);
  }
});

Deno.test("checkSessionOptions rejects options that exclude each other", async () => {
  const cases: [args: string[], ...words: string[]][] = [
    [["--resume", "last", "--continue"], "--resume", "--continue"],
    [["--fork"], "--fork", "--resume"],
    [["--resume", "last", "--session-id", ID], "--session-id", "--fork"],
    [["--continue", "--session-id", ID], "--session-id"],
  ];
  for (const [args, ...words] of cases) {
    await assertUsage(() => checkSessionOptions(optionsOf(args)), ...words);
  }
});

Deno.test("checkSessionOptions accepts --session-id for every new session", () => {
  for (
    const args of [
      ["--session-id", ID],
      ["--resume", "last", "--fork", "--session-id", ID],
      ["--resume", "pending_1", "--session-id", ID],
      ["--continue", "--fork"],
    ]
  ) {
    checkSessionOptions(optionsOf(args));
  }
});

const SKIP = "--dangerously-skip-permissions";
const SKIP_ENV = { CCRUN_DANGEROUSLY_SKIP_PERMISSIONS: "1" };
const PLAN_ENV = { CCRUN_PERMISSION_MODE: "plan" };

Deno.test("resolvePermissionMode lets an argument override a variable", async () => {
  const resolve = (args: string[], env: Env) => resolvePermissionMode(optionsOf(args, env));
  const cases: [args: string[], env: Env, skip: boolean, mode: string | undefined][] = [
    [[], {}, false, undefined],
    [[SKIP], {}, true, undefined],
    [[], SKIP_ENV, true, undefined],
    [[`--no-${SKIP.slice(2)}`], SKIP_ENV, false, undefined],
    [["--permission-mode", "plan"], SKIP_ENV, false, "plan"],
    [[SKIP], PLAN_ENV, true, undefined],
    [[SKIP, "--permission-mode", "bypassPermissions"], {}, true, "bypassPermissions"],
  ];
  for (const [args, env, skip, mode] of cases) {
    assertEquals(resolve(args, env), { skip, mode }, args.join(" "));
  }
  await assertUsage(
    () => resolve([SKIP, "--permission-mode", "plan"], {}),
    SKIP,
    "--permission-mode",
  );
  await assertUsage(() => resolve([], { ...SKIP_ENV, ...PLAN_ENV }), "CCRUN_PERMISSION_MODE");
});

Deno.test("resolveBackgroundPolicy lets an argument override a variable", async () => {
  const resolve = (args: readonly string[], env: Env = {}) => {
    const { keepBackground, isolate } = resolveBackgroundPolicy(optionsOf(args, env));
    return [keepBackground, isolate];
  };
  const both = { CCRUN_KEEP_BACKGROUND: "1", CCRUN_ISOLATE: "1" };
  assertEquals(resolve([]), [undefined, undefined]);
  assertEquals(resolve(["--keep-background"]), [true, undefined]);
  assertEquals(resolve(["--isolate"]), [undefined, true]);
  assertEquals(resolve(["--keep-background"], both), [true, false]);
  assertEquals(resolve(["--isolate"], both), [false, true]);
  assertEquals(resolve(["--no-keep-background", "--no-isolate"], both), [false, false]);
  await assertUsage(() => resolve(["--isolate", "--keep-background"]), "--isolate");
  await assertUsage(() => resolve([], both), "CCRUN_ISOLATE", "unset");
});

Deno.test("checkDistinctFiles rejects a file that is named twice, by any path", async () => {
  await using sandbox = await makeSandbox();
  const cwd = sandbox.project;
  await Deno.symlink(`${cwd}/notes.txt`, `${cwd}/link`);
  const check = (args: string[]) => checkDistinctFiles(commandLineOf(args), makeHost({ cwd }));
  await assertUsage(() => check(["-o", "x", "--record", "./x"]), "-o", "--record");
  await assertUsage(() => check(["-o", "link", "--result", `${cwd}/notes.txt`]), "-o", "--result");
  await Deno.mkdir(`${cwd}/docs`);
  await Deno.symlink("docs", `${cwd}/linked`);
  await assertUsage(() => check(["-o", "docs/new", "--result", "linked/new"]), "-o", "--result");
  await assertUsage(() => check(["--prompt-file", "link", "-o", "notes.txt"]), "--prompt-file");
  await assertUsage(() => check(["replay", "notes.txt", "-o", "link"]), "the recording", "-o");
  await assertUsage(() => check(["replay", "x", "notes.txt", "-o", "link"]), "the recording", "-o");
  await assertUsage(() => check(["--image", "link", "-o", "notes.txt"]), "--image", "-o");
  await check(["--image", "notes.txt", "--image", "notes.txt"]);
  await check(["replay", "notes.txt", "notes.txt", "-o", "x"]);
  await check(["-o", "x", "--record", "y"]);
  await check(["-o", "/dev/null", "--result", "/dev/null"]);
});

Deno.test("resolveSystemPrompts lets an argument override a variable, and rejects two arguments", async () => {
  const env = { CCRUN_APPEND_SYSTEM_PROMPT: "Be kind." };
  const names = (args: string[]) => [...resolveSystemPrompts(optionsOf(args, env)).keys()];
  assertEquals(names([]), ["append-system-prompt"]);
  assertEquals(names(["--append-system-prompt-file", "f"]), ["append-system-prompt-file"]);
  assertEquals(names(["--system-prompt", "x"]), ["system-prompt", "append-system-prompt"]);
  const both = ["--system-prompt", "x", "--system-prompt-file", "f"];
  await assertUsage(
    () => names(both),
    "--system-prompt cannot be combined with --system-prompt-file",
  );
});
