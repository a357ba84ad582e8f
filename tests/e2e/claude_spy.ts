/**
 * A claude that records its arguments and environment, and then runs the real one.
 *
 * @module
 */

import type { Scene } from "./scene.ts";
import { writeExecutable } from "../support/executable.ts";

/** A file that an option of claude names. */
export interface SeenFile {
  readonly path: string;
  /** Its content. */
  readonly text: string;
  /** Its permissions and those of its directory, as `ls -l` prints them. */
  readonly modes: readonly string[];
}

/** Returns what a spy recorded at the last start. */
export interface Spy {
  /** The value for `--claude`. */
  readonly path: string;
  args(): Promise<readonly string[]>;
  env(): Promise<Readonly<Record<string, string>>>;
  /** Returns the file that an option named, as it was at the start. */
  file(option: string): Promise<SeenFile>;
}

/** Creates a spy in the sandbox of a scene. */
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
