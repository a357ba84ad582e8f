import { type Finding, ok, problem, warning } from "../finding.ts";

/** A kind of permission that ccrun asks Deno for. */
export type PermissionName = "run" | "env" | "read" | "write" | "net";

interface Permission {
  readonly descriptor: Deno.PermissionDescriptor & { readonly name: PermissionName };
  readonly option: string;
  /** What fails without it. */
  readonly consequence: string;
}

const PERMISSIONS: readonly Permission[] = [
  {
    descriptor: { name: "run" },
    option: "--allow-run",
    consequence: "claude cannot be started",
  },
  {
    descriptor: { name: "env" },
    option: "--allow-env",
    consequence: "PATH, credentials and options in variables are unknown",
  },
  {
    descriptor: { name: "read" },
    option: "--allow-read",
    consequence: "claude and the workspace cannot be found",
  },
  {
    descriptor: { name: "write" },
    option: "--allow-write",
    consequence: "no file can be written",
  },
  {
    descriptor: { name: "net", host: "127.0.0.1" },
    option: "--allow-net=127.0.0.1",
    consequence: "doctor cannot try a session, but runs work",
  },
];

/** Returns the permissions that Deno has not granted in full. It does not prompt for them. */
export async function missingPermissions(): Promise<ReadonlySet<PermissionName>> {
  const missing = new Set<PermissionName>();
  for (const { descriptor } of PERMISSIONS) {
    const { state, partial } = await Deno.permissions.query(descriptor);
    if (state !== "granted" || partial) missing.add(descriptor.name);
  }
  return missing;
}

/** Checks whether Deno has granted the permissions of ccrun. Runs need all but `net`. */
export function checkPermissions(missing: ReadonlySet<PermissionName>): Finding {
  const denied = PERMISSIONS.filter(({ descriptor }) => missing.has(descriptor.name));
  if (denied.length === 0) {
    return ok("permissions", "Deno allows run, env, read, write, and net on 127.0.0.1");
  }
  const message = denied
    .map(({ option, consequence }) => `without ${option}, ${consequence}`)
    .join("; ");
  const options = PERMISSIONS.map(({ option }) => option).join(" ");
  const hint = `start ccrun with: deno run --no-prompt ${options} main.ts, or use the binary`;
  const isNeeded = denied.some(({ descriptor }) => descriptor.name !== "net");
  return isNeeded ? problem("permissions", message, hint) : warning("permissions", message, hint);
}
