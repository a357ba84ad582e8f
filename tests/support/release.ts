/**
 * A release of ccrun in a sandbox, and stubs for `curl` and `npm` that install from it.
 *
 * @module
 */

import { assert } from "@std/assert";
import { shellQuote } from "../../lib/util/shell_quote.ts";
import { writeExecutable } from "./executable.ts";
import type { Sandbox } from "./sandbox.ts";

/** The archive of a release for this machine. */
export const ARCHIVE = `ccrun-${Deno.build.target}.tar.gz`;

/** Makes a release whose ccrun is this shell script. Its checksums include another archive. */
export async function makeRelease({ root }: Sandbox, ccrun: string): Promise<void> {
  const folder = `${root}/release`;
  await Deno.mkdir(`${folder}/content`, { recursive: true });
  await writeExecutable(`${folder}/content/ccrun`, `#!/bin/bash\n${ccrun}\n`);
  await Deno.writeTextFile(`${folder}/content/README.md`, "# ccrun\n");
  const script = `tar -C content -czf ${ARCHIVE} ccrun README.md
    echo other >ccrun-other.tar.gz
    if command -v sha256sum; then sum=sha256sum; else sum='shasum -a 256'; fi
    $sum *.tar.gz >SHA256SUMS`;
  const { success, stderr } = await new Deno.Command("/bin/bash", {
    args: ["-ec", script],
    cwd: folder,
    stdin: "null",
  }).output();
  assert(success, new TextDecoder().decode(stderr));
}

/**
 * Writes commands that install from the release, and record their arguments and their environment.
 *
 * @param claude the Claude Code that npm installs
 */
export async function writeInstallers(sandbox: Sandbox, claude: string): Promise<void> {
  const { root } = sandbox;
  await writeStub(
    sandbox,
    "curl",
    `url="\${@: -1}"
    case $url in
      https://github.com/ccrun/ccrun/releases/latest/download/*) ;;
      https://github.com/ccrun/ccrun/releases/download/v+([0-9.])/*) ;;
      *) exit 22 ;;
    esac
    cp '${root}/release'/"\${url##*/}" .`,
  );
  // With --global, it installs into the first directory of PATH.
  await writeStub(
    sandbox,
    "npm",
    `if [[ " $* " == *" --global "* ]]; then bin=\${PATH%%:*}; else bin=node_modules/.bin; fi
    mkdir -p "$bin" && ln -s ${shellQuote(claude)} "$bin/claude"`,
  );
}

/** Writes a command that records its arguments, its working directory and its environment. */
export async function writeStub(
  { root, bin }: Sandbox,
  name: string,
  script: string,
): Promise<void> {
  const log = `${root}/${name}`;
  await writeExecutable(
    `${bin}/${name}`,
    `#!/bin/bash\nshopt -s extglob\necho "$*" >>'${log}.log'; pwd >>'${log}.cwd'; env >>'${log}.env'\n${script}\n`,
  );
}

/** Returns what a stub has recorded, or an empty text if it was not called. */
export async function recordOf(
  { root }: Sandbox,
  name: string,
  kind: "log" | "cwd" | "env" = "log",
): Promise<string> {
  return await Deno.readTextFile(`${root}/${name}.${kind}`).catch(() => "");
}
