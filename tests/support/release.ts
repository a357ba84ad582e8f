/**
 * A release of ccrun in a sandbox, and stubs for `curl` and `npm` that install from it.
 *
 * @module
 */

import { shellQuote } from "../../lib/util/shell_quote.ts";
import { writeExecutable } from "./executable.ts";
import type { Sandbox } from "./sandbox.ts";
import { runSetupScript } from "./setup_script.ts";

/** The targets of the archives with a binary for a shell. */
export const RELEASE_TARGETS = [
  "x86_64-unknown-linux-gnu",
  "aarch64-unknown-linux-gnu",
  "x86_64-apple-darwin",
  "aarch64-apple-darwin",
] as const;

/** The archive of a release for this machine. */
export const ARCHIVE = `ccrun-${Deno.build.target}.tar.gz`;

/** Makes the archives from `content`, and SHA256SUMS, which also names an archive that does not exist. */
const PACK = `for target; do tar -C content -czf "ccrun-$target.tar.gz" ccrun README.md; done
  touch ccrun-x86_64-pc-windows-msvc.zip
  if command -v sha256sum; then sum=sha256sum; else sum="shasum -a 256"; fi
  $sum ccrun-* >SHA256SUMS
  rm ccrun-x86_64-pc-windows-msvc.zip`;

/** Makes a release whose ccrun is this bash script, and returns its directory. */
export async function makeRelease({ root }: Sandbox, ccrun: string): Promise<string> {
  const directory = `${root}/release`;
  await Deno.mkdir(`${directory}/content`, { recursive: true });
  await writeExecutable(`${directory}/content/ccrun`, `#!/bin/bash\n${ccrun}\n`);
  await Deno.writeTextFile(`${directory}/content/README.md`, "# ccrun\n");
  await runSetupScript(directory, PACK, RELEASE_TARGETS);
  return directory;
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
