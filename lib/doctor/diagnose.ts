import { join } from "node:path";
import { onExit } from "../util/exit_handlers.ts";
import { isolatedEnv } from "./isolated_env.ts";
import {
  type ConfigFiles,
  effectiveVariables,
  readConfigFiles,
  type Variable,
} from "./checks/config_files.ts";
import { type Credential, isSwitchedOn } from "./checks/credentials.ts";
import { homeDirectory } from "../util/home_directory.ts";
import { describeReadError, describeWriteError } from "../util/file_errors.ts";
import { checkApi, checkCredential } from "./checks/account.ts";
import { type Finding, type FindingName, findingsOf } from "./finding.ts";
import { type Host, inspectHost } from "./checks/host.ts";
import {
  checkDeno,
  checkIsolation,
  checkNesting,
  checkPermissions,
  checkShell,
  checkTools,
  missingPermissions,
  type PermissionName,
} from "./checks/machine.ts";
import { askVersion, findProgram } from "./checks/program.ts";
import { runTrialSession } from "./trial_session.ts";
import {
  checkBypass,
  checkGit,
  checkHome,
  checkSettings,
  checkTrust,
  checkWorkspace,
} from "./checks/workspace.ts";
import type { Env } from "../util/env.ts";

/** What a run would be told. */
export interface DiagnoseOptions {
  /** The environment. */
  readonly env: Env;
  /** The directory that relative paths start from. */
  readonly from: string;
  /** The workspace, absolute. */
  readonly cwd: string;
  /** Which claude. */
  readonly claudePath?: string | undefined;
  /** How it was said which. */
  readonly claudeSource?: string | undefined;
  /** A proxy or gateway. */
  readonly apiUrl?: string | undefined;
  /** Stops it. */
  readonly signal: AbortSignal;
  /** Where an administrator's settings of Claude Code are. @default {the system's place} */
  readonly managedFolder?: string | undefined;
}

/** What a diagnosis comes to, beside its findings. */
export interface Diagnosis {
  /** The claude that a run would start. */
  readonly claude?: { readonly path: string; readonly version?: string };
  /** The credential that it would use. */
  readonly credential?: Pick<Credential, "kind" | "name" | "file">;
}

/**
 * Finds out whether runs can work here. It looks at everything at once, and tells its findings in
 * their order as soon as they are there. It throws nothing: what cannot be looked at is a finding.
 */
export async function* diagnose(
  options: DiagnoseOptions,
): AsyncGenerator<Finding, Diagnosis, void> {
  const { env, cwd, signal } = options;
  const until = new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
  const missing = await missingPermissions();
  const scratch = await makeScratch();
  try {
    const home = await homeDirectory(env);
    const files = await readConfigFiles({ ...options, home });
    const variables = effectiveVariables(env, files.settings);
    const folder = files.folder ?? cwd;
    const claudeTemp = env["CLAUDE_CODE_TMPDIR"];
    const places = [cwd, folder, ...(claudeTemp ? [claudeTemp] : [])];
    const host = inspectHost({ env, places, until });
    const program = findProgram({
      env,
      from: options.from,
      path: options.claudePath,
      source: options.claudeSource,
    });
    const trial = tryOut({ options, files, variables, scratch, program, until, missing });
    const workspace = host.then((host) => checkWorkspace(cwd, host));
    // Where nobody can stand, there is nothing else to look at.
    const inWorkspace = async (name: FindingName, check: () => Promise<Finding>) =>
      (await workspace).status === "problem"
        ? findingsOf(name).warning("not looked at: the workspace cannot be used")
        : await check();
    const account = { files, variables, apiUrl: options.apiUrl };
    const { credential, finding: aboutCredential } = checkCredential(account);
    const checks: readonly Check[] = [
      ["claude", NAMED, async () => (await program).finding],
      ["version", NAMED_AND_RUN, async () => (await trial.version).finding],
      ["session", NAMED_AND_RUN, () => trial.session],
      ["credential", ["read", "env"], () => aboutCredential],
      ["api", ["read", "env"], () => checkApi(account, credential)],
      [
        "settings",
        ["read", "env"],
        async () => checkSettings(files, (await trial.version).version),
      ],
      ["workspace", ["read"], () => workspace],
      ["trust", ["read", "env"], () => inWorkspace("trust", () => checkTrust(cwd, files))],
      [
        "git",
        ["run", "read"],
        () => inWorkspace("git", async () => checkGit({ cwd, env, host: await host, until })),
      ],
      [
        "bypass",
        ["run", "read", "env"],
        async () => checkBypass({ files, variables, host: await host }),
      ],
      [
        "home",
        ["env"],
        async () =>
          checkHome({ env, files, host: await host, version: (await trial.version).version }),
      ],
      ["temporary", ["write"], async () => checkTemporary(scratch, env, await host)],
      ["deno", [], () => checkDeno()],
      ["permissions", [], () => checkPermissions(missing)],
      ["tools", ["run"], async () => checkTools(await host)],
      ["shell", ["run"], async () => checkShell(await host)],
      ["isolation", ["run"], () => checkIsolation(env)],
      ["nesting", ["env"], () => checkNesting(env)],
    ];
    const looked = checks.map((check) => look(check, missing));
    // Also what is not told any more is waited for: it may have started something.
    const settled = Promise.all(looked);
    try {
      for (const finding of looked) {
        const found = await finding;
        if (signal.aborted) break;
        if (Array.isArray(found)) yield* found;
        else yield found;
      }
    } finally {
      await settled;
    }
    const { path } = await program;
    const { version } = await trial.version;
    const isAccountKnown = !missing.has("read") && !missing.has("env");
    const { kind, name, file } = isAccountKnown ? credential ?? {} : {} as Partial<Credential>;
    return {
      ...(path === undefined ? {} : { claude: { path, ...(version && { version }) } }),
      ...(kind === undefined || name === undefined
        ? {}
        : { credential: { kind, name, ...(file === undefined ? {} : { file }) } }),
    };
  } finally {
    scratch.remove();
  }
}

/** A check: what it is about, without which permissions it would tell nonsense, and how it is made. */
type Check = readonly [
  FindingName,
  readonly PermissionName[],
  () => Finding | Finding[] | Promise<Finding | Finding[]>,
];

const NAMED: readonly PermissionName[] = ["read", "env"];
const NAMED_AND_RUN: readonly PermissionName[] = [...NAMED, "run"];

/** Makes a check. What cannot be looked at is a finding. */
async function look(
  [name, needs, check]: Check,
  missing: ReadonlySet<PermissionName>,
): Promise<Finding | Finding[]> {
  const { warning } = findingsOf(name);
  const lacking = needs.filter((need) => missing.has(need));
  if (lacking.length > 0) {
    return warning(`not looked at: Deno does not allow ${lacking.join(", ")}`);
  }
  try {
    return await check();
  } catch (error) {
    return warning(`not looked at: ${describeReadError(error)}`);
  }
}

/** A folder for all that is tried. */
interface Scratch {
  readonly path: string | undefined;
  /** Why there is none. */
  readonly fault?: unknown;
  remove(): void;
}

async function makeScratch(): Promise<Scratch> {
  let path: string;
  try {
    path = await Deno.makeTempDir({ prefix: "ccrun-doctor-" });
  } catch (fault) {
    return { path: undefined, fault, remove() {} };
  }
  const remove = () => {
    forget();
    try {
      Deno.removeSync(path, { recursive: true });
    } catch {
      // Somebody cleaned up before us.
    }
  };
  const forget = onExit(remove);
  // Who works in it may see it by another name, as on macOS.
  return { path: await Deno.realPath(path).catch(() => path), remove };
}

/** Whether there is room for temporary files. */
function checkTemporary(
  { path, fault }: Scratch,
  env: DiagnoseOptions["env"],
  host: Host,
): Finding {
  const { ok, problem } = findingsOf("temporary");
  const hint = "let TMPDIR name a folder that can be written";
  if (path === undefined) {
    const where = env["TMPDIR"] ? ` in ${env["TMPDIR"]}` : "";
    // Also /proc, to which no file can be added, is told of in this way.
    const why = fault instanceof Deno.errors.NotFound
      ? "it does not exist, or takes no files"
      : describeWriteError(fault);
    return problem(`no temporary file can be made${where}: ${why}`, hint);
  }
  const claudeTemp = env["CLAUDE_CODE_TMPDIR"];
  if (claudeTemp && host.mayWrite(claudeTemp) === false) {
    return problem(
      `CLAUDE_CODE_TMPDIR names ${claudeTemp}, where nothing can be written: claude does not start`,
      "let it name a folder that can be written, or unset it",
    );
  }
  return ok("temporary files can be made");
}

/** What {@linkcode tryOut} is told. */
interface TrialOptions {
  readonly options: DiagnoseOptions;
  readonly files: ConfigFiles;
  readonly variables: ReadonlyMap<string, Variable>;
  readonly scratch: Scratch;
  readonly program: ReturnType<typeof findProgram>;
  readonly until: Promise<void>;
  readonly missing: ReadonlySet<PermissionName>;
}

/** Starts the claude that is found: first for its version, and when it is one, for a session. */
function tryOut(trial: TrialOptions): {
  readonly version: ReturnType<typeof askVersion>;
  readonly session: Promise<Finding>;
} {
  const { options, scratch, program, until, missing } = trial;
  const { path: folder } = scratch;
  const skipped = (name: FindingName, why: string) => findingsOf(name).warning(`not tried: ${why}`);
  const version = program.then(async ({ path }) => {
    const no = (why: string) => ({ isClaude: false, finding: skipped("version", why) });
    if (path === undefined) return no("there is no claude");
    if (folder === undefined) return no(NO_FOLDER);
    if (missing.has("run")) return no("Deno does not allow run");
    // Also to say its version, an old one leaves files in its home.
    const env = isolatedEnv(options.env, folder);
    return await askVersion({ path, env, cwd: folder, until });
  });
  const session = version.then(async ({ isClaude }) => {
    const { path } = await program;
    if (folder === undefined) return skipped("session", NO_FOLDER);
    if (path === undefined || !isClaude) {
      return skipped("session", "there is no claude that works");
    }
    if (missing.has("net")) return skipped("session", "Deno does not allow net on 127.0.0.1");
    const elsewhere = managedApi(trial);
    if (elsewhere !== undefined) {
      return skipped("session", `${elsewhere} names another API, whatever else is said`);
    }
    const workspace = join(folder, "workspace");
    await Deno.mkdir(workspace);
    const env = isolatedEnv(options.env, folder);
    return await runTrialSession({ path, env, workspace, signal: options.signal });
  });
  // Nobody waits for it where it makes no sense.
  session.catch(() => {});
  return { version, session };
}

const NO_FOLDER = "there is no folder for temporary files";

/** The file by which an administrator leads every claude to an API, also the one that is tried. */
function managedApi({ files, variables }: TrialOptions): string | undefined {
  const managed = new Set(
    files.settings.filter(({ scope }) => scope === "managed").map(({ path }) => path),
  );
  for (const [name, { value, file }] of variables) {
    const leads = name === "ANTHROPIC_BASE_URL" ||
      name.startsWith("CLAUDE_CODE_USE_") && isSwitchedOn(value);
    if (leads && file !== undefined && managed.has(file)) return file;
  }
  return undefined;
}
