import { assertEquals } from "@std/assert";
import { optionsOf } from "./hosts.ts";
import { assertUsage } from "./usage.ts";

Deno.test("checkValues rejects an invalid value, and reports what it must be", async () => {
  const cases: [args: string[], ...words: string[]][] = [
    [["--format", "jsno"], "--format", "pretty, text, json, raw", "jsno"],
    [["--format", "stream-json"], "--format", "raw"],
    [["--color=sometimes"], "--color", "auto, always, never", "sometimes"],
    [["--max-turns", "three"], "--max-turns", "whole number", "three"],
    [["--max-turns", "-1"], "--max-turns", "-1"],
    [["--max-turns", "0"], "--max-turns", "1 or more"],
    [["--max-turns", "1.5"], "--max-turns", "1.5"],
    [["--max-turns", "9999999999"], "--max-turns", "9 digits"],
    [["--max-retries", "1e3"], "--max-retries", "1e3"],
    [["--max-budget-usd", "0"], "--max-budget-usd", "amount", "above 0"],
    [["--max-budget-usd", "$5"], "--max-budget-usd", "$5"],
    [["--max-budget-usd", "1e3"], "--max-budget-usd"],
    [["--timeout", "90"], "--timeout", "90s, 10m, or 1h30m", 'not "90"', "90s or 90m"],
    [["--timeout", "-5s"], "--timeout", "-5s"],
    [["--timeout", "1000d"], "--timeout", "at most 999d", "1000d"],
    [["--timeout", ""], "--timeout", "empty", "--timeout D"],
    [["--idle-timeout", "10 m"], "--idle-timeout", "a duration", "10 m"],
    [["--idle-timeout=30m1h"], "--idle-timeout", "30m1h"],
    [["--grace", "soon"], "--grace", "a duration", "soon"],
    [["--session-id", "1234"], "--session-id", "UUID", "1234"],
    [["--api-url", "proxy:8080"], "--api-url", "URL", "https://proxy:8080"],
    [["--api-url", "ftp://x"], "--api-url", "http"],
    [["--resume", ""], "--resume", "empty"],
    [["--model", "  "], "--model", "empty"],
    [["--output="], "--output", "empty"],
    [["--output", "-"], "--output", "file"],
    [["--add-dir", "a", "--add-dir", ""], "--add-dir", "empty"],
    [["sessions", "--by", "week"], "--by", "day, model, workspace", "see: ccrun help sessions"],
  ];
  for (const [args, ...words] of cases) await assertUsage(() => optionsOf(args), ...words);
});

Deno.test("checkValues names the variable that has an invalid value", async () => {
  const cases: [variable: string, value: string, ...words: string[]][] = [
    ["CCRUN_MAX_TURNS", "x", "a whole number"],
    ["CCRUN_FORMAT", "xml", "pretty"],
    ["CCRUN_MODEL", " ", "CCRUN_MODEL=MODEL"],
    ["CCRUN_TIMEOUT", "5", "a duration"],
    ["CCRUN_IDLE_TIMEOUT", "5", "a duration"],
    ["CCRUN_GRACE", "5", "a duration"],
    ["CCRUN_ISOLATE", "yes", "1 or 0"],
  ];
  for (const [variable, value, ...words] of cases) {
    await assertUsage(() => optionsOf([], { [variable]: value }), variable, ...words);
  }
});

Deno.test("checkValues accepts valid values", () => {
  const cases = [
    ["--max-turns", "1"],
    ["--max-retries", "0"],
    ["--max-budget-usd", "2.50"],
    ["--max-budget-usd", ".5"],
    ["--max-budget-usd", "3."],
    ["--timeout", "1h30m"],
    ["--timeout", "999d"],
    ["--idle-timeout", "0"],
    ["--grace", "500ms"],
    ["--grace", " 1.5s "],
    ["--no-isolate"],
    ["--session-id", "11111111-2222-4333-8444-55555555555A"],
    ["--api-url", "http://127.0.0.1:8080/v1"],
    ["--resume", "pending_1"],
    ["-p", ""],
  ];
  for (const args of cases) assertEquals(optionsOf(args).size, 1, args.join(" "));
});

Deno.test("checkValues suggests another option for a file on stdout", async () => {
  const cases = [["--record", "--format raw"], ["--result", "--format result"], ["--summary"]];
  for (const [option = "", ...words] of cases) {
    await assertUsage(() => optionsOf([option, "-"]), `${option} needs a file`, ...words);
  }
});

Deno.test("checkValues rejects the streams of this program as files", async () => {
  const streams = ["/dev/stdin", "/dev/stdout", "/dev/stderr", "/dev/tty", "/dev/fd/1", "/dev/fd/2"]
    .concat("/proc/self/fd/1", "/proc/thread-self/fd/2", "/proc/42/fd/0", "/dev/../dev//stdout");
  for (const stream of streams) {
    for (const option of ["--output", "--record", "--result", "--summary"]) {
      await assertUsage(() => optionsOf([option, stream]), `needs a file, not ${stream}`);
    }
  }
  for (const path of ["/dev/null", "/dev/fd/3", "/dev/fd/12", "/dev/shm/stdout", "dev/stdout"]) {
    optionsOf(["--record", path]);
  }
});
