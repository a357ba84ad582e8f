/**
 * A Deno that compiles without its download site, and the programs that it compiles.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { asObject, asString } from "./json.ts";
import { REPOSITORY } from "./paths.ts";

/** Prints a shell script that sets COMPILE_DENO and DENORT_BIN. */
const COMPILE_RUNTIME = `${REPOSITORY}/../shared/tools/compile-runtime`;

/** Returns why compiling is impossible, or undefined if it is possible. */
export function whyNotCompiled(): string | undefined {
  const { os, arch } = Deno.build;
  if (os !== "linux" || arch !== "x86_64") return "compile-runtime is for Linux on x86-64";
  try {
    Deno.statSync(COMPILE_RUNTIME);
    return undefined;
  } catch {
    return "no ../shared/tools/compile-runtime here";
  }
}

/** A Deno that can compile, and the variable that names its runtime. */
export interface CompileVariables {
  readonly COMPILE_DENO: string;
  readonly DENORT_BIN: string;
}

/** Returns the variables that compile-runtime sets. */
export async function compileVariables(): Promise<CompileVariables> {
  const { success, stdout, stderr } = await new Deno.Command("/bin/bash", {
    args: ["-c", `eval "$("$1")" && printf '%s\\n' "$COMPILE_DENO" "$DENORT_BIN"`]
      .concat("bash", COMPILE_RUNTIME),
    stdin: "null",
  }).output();
  assert(success, new TextDecoder().decode(stderr));
  const [COMPILE_DENO = "", DENORT_BIN = ""] = new TextDecoder().decode(stdout).split("\n");
  return { COMPILE_DENO, DENORT_BIN };
}

/** What follows the command in the task `compile`, so that more words do not reach it. */
const END_OF_TASK = " || exit 1 #";

/** Returns the words of `deno compile` in the task `compile`. */
export async function compileWords(): Promise<readonly string[]> {
  const config = asObject(JSON.parse(await Deno.readTextFile(`${REPOSITORY}/deno.json`)));
  const command = asString(asObject(asObject(config.tasks).compile).command);
  assert(command.endsWith(END_OF_TASK), command);
  return command.slice(0, -END_OF_TASK.length).split(" ");
}

/** Programs that are compiled for the tests of one file. */
export class CompiledPrograms {
  #directory: Promise<string> | undefined;

  /**
   * Compiles a program with the options of `deno task compile`, without checking its types again. A
   * commit that was written earlier is not included.
   */
  async compile(main: string, name: string): Promise<string> {
    this.#directory ??= Deno.makeTempDir({ prefix: "ccrun-test-" });
    const output = `${await this.#directory}/${name}`;
    const task = await compileWords();
    const words = task.map((word, at) =>
      task[at - 1] === "--output" ? output : word === "main.ts" ? main : word
    ).filter((word) => word !== "--include" && word !== "lib/build");
    assertEquals([words[0], words[1], words.at(-1)], ["deno", "compile", main], task.join(" "));
    assert(words.includes(output), task.join(" "));
    const { COMPILE_DENO, ...env } = await compileVariables();
    const result = await new Deno.Command(COMPILE_DENO, {
      args: ["compile", "--no-check", ...words.slice(2)],
      cwd: REPOSITORY,
      env,
      stdin: "null",
    }).output();
    assert(result.success, new TextDecoder().decode(result.stderr));
    return output;
  }

  /** Removes the programs. */
  async remove(): Promise<void> {
    if (this.#directory !== undefined) {
      await Deno.remove(await this.#directory, { recursive: true });
    }
  }
}
