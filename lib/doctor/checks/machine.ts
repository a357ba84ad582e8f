/**
 * What ccrun itself needs of the machine.
 *
 * @module
 */

import { compareVersions } from "../../claude/version.ts";
import { CcrunError } from "../../errors.ts";
import { isolation } from "../../process/isolation.ts";
import { type Finding, findingsOf } from "../finding.ts";
import type { Host } from "./host.ts";
import type { Env } from "../../util/env.ts";

/** The oldest Deno that has all that ccrun uses. */
const OLDEST_DENO = "2.6.0";

/** Which Deno runs it. */
export function checkDeno(version: string = Deno.version.deno): Finding {
  const { ok, problem } = findingsOf("deno");
  return compareVersions(version, OLDEST_DENO) < 0
    ? problem(`Deno ${version} is too old: ccrun needs 2.6 or later`, "update it: deno upgrade")
    : ok(`Deno ${version}`);
}

/** A permission of Deno's that ccrun uses, by its kind. */
export type PermissionName = "run" | "env" | "read" | "write" | "net";

/** A permission that ccrun asks Deno for. */
interface Permission {
  readonly descriptor: Deno.PermissionDescriptor & { readonly name: PermissionName };
  readonly option: string;
  /** What cannot be done without it. */
  readonly cost: string;
  /** Whether a run can do without. */
  readonly isSpare?: boolean;
}

const PERMISSIONS: readonly Permission[] = [
  {
    descriptor: { name: "run" },
    option: "--allow-run",
    cost: "claude cannot be started",
  },
  {
    descriptor: { name: "env" },
    option: "--allow-env",
    cost: "PATH, the credential and all settings in variables are unknown",
  },
  {
    descriptor: { name: "read" },
    option: "--allow-read",
    cost: "claude and the workspace cannot be found",
  },
  {
    descriptor: { name: "write" },
    option: "--allow-write",
    cost: "nothing can be kept: no --output, no --record, no long option for claude",
  },
  {
    descriptor: { name: "net", host: "127.0.0.1" },
    option: "--allow-net=127.0.0.1",
    cost: "doctor cannot try a session; runs do not need it",
    isSpare: true,
  },
];

/** Which of ccrun's permissions Deno has not granted, or not whole. None is asked for. */
export async function missingPermissions(): Promise<ReadonlySet<PermissionName>> {
  const missing = new Set<PermissionName>();
  for (const { descriptor } of PERMISSIONS) {
    const { state, partial } = await Deno.permissions.query(descriptor);
    if (state !== "granted" || partial) missing.add(descriptor.name);
  }
  return missing;
}

/** What the permissions that are missing cost. */
export function checkPermissions(names: ReadonlySet<PermissionName>): Finding {
  const { ok, warning, problem } = findingsOf("permissions");
  const missing = PERMISSIONS.filter(({ descriptor }) => names.has(descriptor.name));
  if (missing.length === 0) return ok("Deno allows run, env, read, write, and net on 127.0.0.1");
  const message = missing.map(({ option, cost }) => `without ${option}, ${cost}`).join("; ");
  const all = PERMISSIONS.map(({ option }) => option).join(" ");
  const hint = `start it as: deno run --no-prompt ${all} main.ts, or as the binary`;
  const isBad = missing.some(({ isSpare }) => !isSpare);
  return (isBad ? problem : warning)(message, hint);
}

/** Whether what a run needs to end all that it has started is there. */
export function checkTools(host: Host): Finding {
  const { ok, warning } = findingsOf("tools");
  if (Deno.build.os === "windows") {
    return warning("on Windows only claude itself is ended, not what its tools have started");
  }
  if (!host.hasShell) {
    return warning(
      "there is no /bin/sh that can be run: only claude and its process group are ended, " +
        "and not when ccrun itself is killed",
      "install a POSIX shell as /bin/sh",
    );
  }
  const source = Deno.build.os === "linux" ? "proc" : "ps";
  const missing = ["grep", "awk", source].filter((name) => !host.has(name));
  if (missing.length > 0) {
    const names = missing.map((name) => name === "proc" ? "/proc" : name).join(", ");
    return warning(
      `${names} missing: only claude and its process group are ended; what tools have started ` +
        "elsewhere stays",
      missing.includes("proc") ? "mount /proc" : `install ${names}`,
    );
  }
  if (!host.has("gnu-tail")) {
    return warning(
      "there is no tail of GNU's: that the reader of stdout has left, as in `ccrun | head -1`, is " +
        "noticed only at the next write",
      "install coreutils, where that matters",
    );
  }
  return ok("all that it takes to end what a run has started is there");
}

/** Whether the Bash tool of Claude Code finds a shell. */
export function checkShell(host: Host): Finding {
  const { ok, warning } = findingsOf("shell");
  if (!host.hasShell) return warning("not known: there is no /bin/sh that can be run");
  const found = ["bash", "zsh"].filter((name) => host.has(name));
  return found.length > 0
    ? ok(`claude's Bash tool can use ${found.join(" or ")}`)
    : warning("there is neither bash nor zsh: claude's Bash tool cannot work", "install bash");
}

/** Whether `--isolate` works. */
export async function checkIsolation(
  env: Env,
): Promise<Finding> {
  const { ok } = findingsOf("isolation");
  try {
    await isolation(env);
    return ok("--isolate works here");
  } catch (error) {
    const why = error instanceof CcrunError ? error.message : "it cannot be tried";
    return ok(`--isolate does not work here: ${why.replace(/^this host .*? isolated: /, "")}`);
  }
}

/** Whether this is inside a session of Claude Code, or a run of ccrun. */
export function checkNesting(env: Env): Finding {
  const { ok } = findingsOf("nesting");
  if (env["CLAUDECODE"]) {
    return ok("inside another session of Claude Code, which a run takes no notice of");
  }
  return env["CCRUN_RUNS"]
    ? ok("inside a run of ccrun, with which runs end")
    : ok("not inside another session");
}
