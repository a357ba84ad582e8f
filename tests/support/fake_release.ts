/**
 * A release of ccrun in a sandbox, and stubs of `curl` and `wget` that download from it.
 *
 * @module
 */

import { writeExecutable } from "./executable.ts";
import { exists } from "../../lib/util/exists.ts";
import { linkPrograms } from "./link_programs.ts";
import { REPOSITORY } from "./paths.ts";
import { makeRelease } from "./release.ts";
import type { Sandbox } from "./sandbox.ts";

/** The version of the release. */
export const RELEASE_VERSION = "9.8.7";

/** The output of `ccrun --version` in the release. */
export const RELEASE_OUTPUT = `ccrun ${RELEASE_VERSION}`;

/** The programs of the system that an installation may use. */
const PROGRAMS = [
  ..."bash cat chmod cp dash grep gzip getconf kill ldd mkdir mktemp mv rm sed setsid".split(" "),
  ..."sh sha256sum shasum sleep sysctl tar tr uname".split(" "),
];

/** A release, and the environment in which it can be installed. */
export interface FakeRelease {
  /** The directory of the archives and of SHA256SUMS. */
  readonly files: string;
  /** The PATH of an installation: the stubs of the test, and a few programs of the system. */
  readonly path: string;
  /** The directory with links to the programs of the system. */
  readonly programs: string;
  /** Returns the URLs that were downloaded. */
  downloads(): Promise<readonly string[]>;
}

/** Makes a release whose archives contain an executable script. */
export async function makeFakeRelease(sandbox: Sandbox): Promise<FakeRelease> {
  const files = await makeRelease(sandbox, `echo "${RELEASE_OUTPUT}"`);
  const programs = `${sandbox.root}/programs`;
  const log = `${sandbox.root}/downloads`;
  await Deno.mkdir(programs);
  await linkPrograms(programs, PROGRAMS);
  await writeExecutable(`${sandbox.bin}/curl`, curl(sandbox.root));
  await writeExecutable(`${sandbox.bin}/wget`, wget(sandbox.root));
  return {
    files,
    programs,
    path: `${sandbox.bin}:${programs}`,
    downloads: async () =>
      await exists(log) ? (await Deno.readTextFile(log)).split("\n").slice(0, -1) : [],
  };
}

const RELEASES = "https://github.com/ccrun/ccrun/releases";

/** A pattern of the shell for the files of the release. */
const FILES = `${RELEASES}/latest/download/* | ${RELEASES}/download/v${RELEASE_VERSION}/*`;

const INSTALL_SCRIPT = "https://raw.githubusercontent.com/ccrun/ccrun/main/.github/install.sh";

/** Returns a `curl` whose last argument is the URL. */
function curl(root: string): string {
  return `#!/bin/sh
for url; do :; done
echo "$url" >>'${root}/downloads'
case $url in
  ${FILES}) file='${root}/release'/\${url##*/} ;;
  ${INSTALL_SCRIPT}) file='${REPOSITORY}/.github/install.sh' ;;
  *) echo "curl: (22) The requested URL returned error: 404" >&2; exit 22 ;;
esac
case " $* " in
  *" -O "* | *" -fsSLO "*) exec cat "$file" >"\${url##*/}" ;;
  *) exec cat "$file" ;;
esac
`;
}

/** Returns a `wget` whose last argument is the URL. */
function wget(root: string): string {
  return `#!/bin/sh
for url; do :; done
echo "$url" >>'${root}/downloads'
case $url in
  ${FILES}) exec cat '${root}/release'/"\${url##*/}" >"\${url##*/}" ;;
  *) exit 8 ;;
esac
`;
}
