import { assertEquals, assertThrows } from "@std/assert";
import { REPOSITORY } from "../support/paths.ts";
import { SECTIONS } from "./goals.ts";
import { BadOptions, benchOptions } from "./options.ts";

Deno.test("benchOptions measures everything, at the sizes of the goals, unless told otherwise", () => {
  assertEquals(benchOptions([]), {
    only: SECTIONS,
    megabytes: 200,
    memoryMegabytes: 2000,
    rounds: 3,
    json: false,
  });
});

Deno.test("benchOptions takes sections in any order, and sizes", () => {
  const args = ["--only", "startup, replay", "--mb=0.5", "--rounds", "1", "--json"];
  const { only, megabytes, rounds, json } = benchOptions(args);
  assertEquals([only, megabytes, rounds, json], [["replay", "startup"], 0.5, 1, true]);
});

Deno.test("benchOptions says in one line what is wrong", () => {
  const wrong: readonly (readonly [args: readonly string[], said: string])[] = [
    [["--mb", "many"], '--mb must be a number above 0, not "many"'],
    [["--mb", "0"], '--mb must be a number above 0, not "0"'],
    [["--memory-mb="], '--memory-mb must be a number above 0, not ""'],
    [["--rounds", "2.5"], "--rounds must be a whole number, not 2.5"],
    [["--only", "speed"], '--only knows no section "speed": there are replay, run,'],
    [["--only", ""], '--only knows no section "": there are replay, run,'],
    [["--fast"], "Unknown option '--fast'"],
    [["replay"], "Unexpected argument 'replay'"],
    [["--json=1"], "Option '--json' does not take an argument"],
  ];
  for (const [args, said] of wrong) {
    const { message } = assertThrows(() => benchOptions(args), BadOptions, said);
    assertEquals(message.includes("\n"), false, message);
  }
});

Deno.test("deno task bench ends with 2 and one line when its options are wrong", async () => {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", "--cached-only", `${REPOSITORY}/tests/bench/main.ts`, "--mb=-1"],
    stdin: "null",
  }).output();
  const said = new TextDecoder().decode(stderr);
  assertEquals([code, stdout.length], [2, 0], said);
  assertEquals(said, 'bench: --mb must be a number above 0, not "-1"\n');
});
