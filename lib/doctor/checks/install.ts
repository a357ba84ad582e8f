import type { Env } from "../../util/env.ts";
import { describeVersion } from "../../version.ts";
import { type Finding, ok, warning } from "../finding.ts";
import {
  findInstallation,
  type Installation,
  type InstallMethod,
  runningProgram,
} from "../installation.ts";
import { packageRoot } from "../package_managers.ts";
import { findPathCommands, type PathCommand } from "../path_commands.ts";

/** Options for {@linkcode checkInstall}. */
export interface CheckInstallOptions {
  readonly env: Env;
  /** The directory that relative paths start from. */
  readonly baseDirectory: string;
  /** The file that runs: the binary, or main.ts. By default, this program. */
  readonly program?: string;
}

/** How ccrun was installed, and the findings about it. */
export interface CheckedInstall {
  readonly installation: Installation;
  readonly findings: readonly Finding[];
}

/** What the directory of an installation is. */
const PLACES: { readonly [M in InstallMethod]: string } = {
  npm: "installed by npm in",
  pnpm: "installed by pnpm in",
  yarn: "installed by yarn in",
  bun: "installed by bun in",
  npx: "installed by npx in",
  action: "installed by the action in",
  binary: "a binary in",
  compiled: "compiled in the clone",
  deno: "installed by deno install from",
  source: "run from the source in",
};

const OTHERS_HINT = "remove what you do not use, or change the order of PATH";

/** Finds out how ccrun was installed, and warns if PATH has another ccrun. */
export async function checkInstall(options: CheckInstallOptions): Promise<CheckedInstall> {
  const { env, baseDirectory, program = await runningProgram() } = options;
  const all = await findPathCommands(env, baseDirectory);
  const commands = all.filter((command) => starts(command, program));
  const installation = await findInstallation({ env, program, commands });
  const { method, directory, update } = installation;
  const found = ok("install", `${describeVersion()}, ${PLACES[method]} ${directory}`);
  const findings: Finding[] = [{ ...found, hint: `to update it: ${update}` }];
  const others = all.filter((command) => !commands.includes(command)).map(({ file }) => file);
  if (others.length > 0) {
    const place = others[0] === all[0]?.file ? "the first ccrun in PATH is" : "PATH also has";
    findings.push(warning("install", `${place} another one: ${others.join(", ")}`, OTHERS_HINT));
  }
  return { installation, findings };
}

/** Returns whether a command starts a program: by a link, or by a script that names it. */
function starts({ target, script }: PathCommand, program: string): boolean {
  const root = packageRoot(program);
  // The command of a package is a script of the same package manager.
  const places = root === undefined ? [] : [`${root}/node_modules/`, `${root}/.pnpm/`];
  return target === program || places.some((place) => target.startsWith(place)) ||
    [program, encodeURI(program), ...places].some((name) => script.includes(name));
}
