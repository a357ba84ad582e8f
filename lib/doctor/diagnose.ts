import { join } from "@std/path/join";
import type { ConfigFiles } from "../claude/config_files.ts";
import { type Credential, findCredentials } from "../claude/credentials.ts";
import { getObject } from "../claude/json_fields.ts";
import { PinnedSettings } from "../claude/pinned_settings.ts";
import { asFailure } from "../errors.ts";
import { readWorkspaceConfig } from "../run/workspace_settings.ts";
import type { Env } from "../util/env.ts";
import { createTempDirectory, type TempDirectory } from "../util/temp_directory.ts";
import { checkApi } from "./checks/api.ts";
import { checkClaude } from "./checks/claude.ts";
import { checkCredential } from "./checks/credential.ts";
import { checkInstall } from "./checks/install.ts";
import { checkNesting } from "./checks/nesting.ts";
import { checkPermissions, missingPermissions } from "./checks/permissions.ts";
import { checkSettings } from "./checks/settings.ts";
import { checkTools } from "./checks/tools.ts";
import { checkTrust } from "./checks/trust.ts";
import { checkVersion } from "./checks/version.ts";
import { checkWorkspace } from "./checks/workspace.ts";
import { type Finding, problem, warning } from "./finding.ts";
import type { Installation } from "./installation.ts";
import { isolatedEnv } from "./isolated_env.ts";
import { runTrialSession } from "./trial_session.ts";

/** Options for {@linkcode diagnose}. */
export interface DiagnoseOptions {
  readonly env: Env;
  /** The directory that relative paths start from. */
  readonly baseDirectory: string;
  /** The absolute path of the workspace. */
  readonly workspace: string;
  /** The path or name of claude that the user gave. */
  readonly claudePath?: string | undefined;
  /** The option or variable that the user gave it with. */
  readonly claudeSource?: string | undefined;
  /** The value of `--api-url`. */
  readonly apiUrl?: string | undefined;
  /** Stops the checks. */
  readonly signal: AbortSignal;
  /** Called with each finding, as soon as it is known. */
  readonly onFinding: (finding: Finding) => void;
}

/** What runs would use. */
export interface Diagnosis {
  readonly claude?: { readonly path: string; readonly version?: string };
  readonly credential?: Pick<Credential, "kind" | "name" | "file">;
  /** How this ccrun was installed. */
  readonly install?: Installation;
}

/** Checks whether runs work on this machine. */
export async function diagnose(options: DiagnoseOptions): Promise<Diagnosis> {
  const { env, baseDirectory, workspace, apiUrl, onFinding: report } = options;
  const missing = await missingPermissions();
  const permissionFinding = checkPermissions(missing);
  if (permissionFinding.status === "problem") {
    // Without this permission, the other checks would report wrong causes.
    report(permissionFinding);
    return {};
  }
  const aborted = whenAborted(options.signal);
  const config = await readWorkspaceConfig({ env, claude: {}, target: { cwd: workspace } });
  const { files } = config;

  const claude = await checkClaude({
    env,
    baseDirectory,
    path: options.claudePath,
    source: options.claudeSource,
  });
  report(claude.finding);
  const obstacle = missing.has("net")
    ? "Deno does not allow net on 127.0.0.1"
    : settingsObstacle(files);
  const version = await tryClaude({ ...options, path: claude.path, obstacle, aborted });

  const pins = new PinnedSettings({ ...config, env, apiUrl });
  const variables = pins.effectiveVariables();
  const credentials = findCredentials({ ...files, settings: pins.effectiveSettings() }, variables);
  const [credential] = credentials;
  report(checkCredential({ credentials, files, apiUrl }));
  report(await checkApi({ variables, credential, apiUrl, canConnect: !missing.has("net") }));
  checkSettings(files, await checkTrust(workspace, config)).forEach(report);
  report(await checkWorkspace(workspace, env));
  report(permissionFinding);
  (await checkTools(env)).forEach(report);
  report(checkNesting(env));
  const install = await checkInstall({ env, baseDirectory });
  install.findings.forEach(report);

  return {
    install: install.installation,
    ...(claude.path && { claude: { path: claude.path, ...(version && { version }) } }),
    ...(credential && { credential: publicPart(credential) }),
  };
}

function publicPart({ kind, name, file }: Credential): Pick<Credential, "kind" | "name" | "file"> {
  return { kind, name, ...(file && { file }) };
}

async function whenAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
}

interface TryClaudeOptions extends DiagnoseOptions {
  /** The executable, if there is one. */
  readonly path: string | undefined;
  /** A reason not to run a session. */
  readonly obstacle: string | undefined;
  readonly aborted: Promise<void>;
}

/** Starts claude in a temporary directory: first for its version, then for a session. */
async function tryClaude(options: TryClaudeOptions): Promise<string | undefined> {
  const { path, obstacle, aborted, signal, onFinding: report } = options;
  if (path === undefined) {
    report(warning("version", "skipped: claude was not found"));
    report(warning("session", "skipped: claude was not found"));
    return undefined;
  }
  let directory: TempDirectory;
  try {
    directory = createTempDirectory();
  } catch (error) {
    const { message, hint } = asFailure(error);
    report(warning("version", "skipped: no temporary directory"));
    report(problem("session", message, hint));
    return undefined;
  }
  using home = directory;
  const env = isolatedEnv(options.env, home.path);
  // Old versions write files even for --version.
  const checked = await checkVersion({ path, env, cwd: home.path, aborted });
  report(checked.finding);
  if (!checked.isClaude) {
    report(warning("session", "skipped: claude does not work"));
  } else if (obstacle !== undefined) {
    report(warning("session", `skipped: ${obstacle}`));
  } else {
    const workspace = join(home.path, "workspace");
    await Deno.mkdir(workspace);
    report(await runTrialSession({ path, env, workspace, signal }));
  }
  return checked.version;
}

/** Returns why a session would use a real account: settings that `isolatedEnv` cannot override. */
function settingsObstacle({ settings }: ConfigFiles): string | undefined {
  for (const { scope, path, content } of settings) {
    if (scope !== "managed") continue;
    const names = Object.keys(getObject(content, "env"));
    const name = names.find((name) =>
      name === "ANTHROPIC_BASE_URL" || name.startsWith("CLAUDE_CODE_USE_")
    );
    if (name !== undefined) return `${path} sets ${name} for all sessions`;
  }
  return undefined;
}
