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

/** Returns the words of the task `compile`. */
export async function compileTask(): Promise<readonly string[]> {
  const config = asObject(JSON.parse(await Deno.readTextFile(`${REPOSITORY}/deno.json`)));
  return asString(asObject(asObject(config.tasks).compile).command).split(" ");
}

/** Programs that are compiled for the tests of one file. */
export class CompiledPrograms {
  #directory: Promise<string> | undefined;

  /** Compiles a program with the options of `deno task compile`, without checking its types again. */
  async compile(main: string, name: string): Promise<string> {
    this.#directory ??= Deno.makeTempDir({ prefix: "ccrun-test-" });
    const output = `${await this.#directory}/${name}`;
    const task = await compileTask();
    const words = task.map((word, at) =>
      task[at - 1] === "--output" ? output : word === "main.ts" ? main : word
    );
    assertEquals([words[0], words[1], words.at(-1)], ["deno", "compile", main], task.join(" "));
    assert(words.includes(output), task.join(" "));
    const result = await new Deno.Command("/bin/bash", {
      args: ["-c", `eval "$("$1")" && shift && "$COMPILE_DENO" "$@"`, "bash", COMPILE_RUNTIME]
        .concat("compile", "--no-check", words.slice(2)),
      cwd: REPOSITORY,
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
