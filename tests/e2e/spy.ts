/**
 * A claude that writes down how it was started, and then is the real one.
 *
 * @module
 */

import type { Scene } from "./scene.ts";
import { writeExecutable } from "../support/executable.ts";

/** A file that claude was told to read. */
export interface SeenFile {
  /** Its path. */
  readonly path: string;
  /** What was in it. */
  readonly text: string;
  /** Its permissions and those of its folder, as `ls -l` writes them. */
  readonly modes: readonly string[];
}

/** What a spy saw of the last start. */
export interface Spy {
  /** For `--claude`. */
  readonly path: string;
  /** The arguments. */
  args(): Promise<readonly string[]>;
  /** The environment. */
  env(): Promise<Readonly<Record<string, string>>>;
  /** The file that an option named, as it was then. */
  file(option: string): Promise<SeenFile>;
}

/** Makes a spy in the sandbox of a scene. */
export async function makeSpy({ sandbox, claude }: Scene): Promise<Spy> {
  const path = `${sandbox.bin}/spy`;
  const seen = `${sandbox.root}/seen`;
  await Deno.mkdir(seen);
  await writeExecutable(
    path,
    `#!/bin/sh
env >'${seen}/env'
printf '%s\\0' "$@" >'${seen}/args'
for word; do
  case $word in --*=*) option=\${word%%=*} file=\${word#*=};; *) file=$word;; esac
  if [ -f "$file" ]; then
    cp "$file" "${seen}/$option"
    { ls -l "$file"; ls -ld "\${file%/*}"; } | cut -c 1-10 >"${seen}/$option.modes"
    printf %s "$file" >"${seen}/$option.path"
  fi
  option=$word
done
exec '${claude}' "$@"
`,
  );
  const read = (name: string) => Deno.readTextFile(`${seen}/${name}`);
  return {
    path,
    args: async () => (await read("args")).split("\0").slice(0, -1),
    env: async () =>
      Object.fromEntries(
        (await read("env")).split("\n").map((line) => {
          const at = line.indexOf("=");
          return [line.slice(0, at), line.slice(at + 1)];
        }),
      ),
    file: async (option) => ({
      path: await read(`${option}.path`),
      text: await read(option),
      modes: (await read(`${option}.modes`)).trim().split("\n"),
    }),
  };
}
