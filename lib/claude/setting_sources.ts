/** What Claude Code reads, besides what its options name. */
export interface SettingSources {
  /** The settings of the user. */
  readonly user: boolean;
  /** `.claude/settings.json` and the agents, commands and skills of the workspace. */
  readonly project: boolean;
  /** `.claude/settings.local.json`. */
  readonly local: boolean;
  /** `.mcp.json`. */
  readonly mcp: boolean;
  /** Hooks, plugins, agents and skills, wherever they are. */
  readonly customizations: boolean;
  /** Commands that return a credential, such as `apiKeyHelper`. */
  readonly helpers: boolean;
}

/** Everything, which is the default of Claude Code. */
export const ALL_SOURCES: SettingSources = {
  user: true,
  project: true,
  local: true,
  mcp: true,
  customizations: true,
  helpers: true,
};

/**
 * Returns what Claude Code reads when it is started with these arguments.
 *
 * @example
 * ```ts
 * import { settingSources } from "./setting_sources.ts";
 *
 * console.log(settingSources(["--setting-sources", "user"]).project); // false
 * ```
 */
export function settingSources(args: readonly string[] = []): SettingSources {
  const list = listOf(args);
  const isRestricted = args.includes("--restricted");
  const isBare = args.includes("--bare");
  const reads = (name: string) => !isRestricted && (list?.includes(name) ?? true);
  const customizations = !isBare && !args.includes("--safe-mode");
  const project = reads("project");
  return {
    user: reads("user"),
    project,
    local: reads("local"),
    mcp: project && customizations && !args.includes("--strict-mcp-config"),
    customizations,
    helpers: !isBare,
  };
}

/** Returns the names in the last `--setting-sources`; undefined if there is none. */
function listOf(args: readonly string[]): string[] | undefined {
  const index = args.findLastIndex((arg) => /^--setting-sources(=|$)/.test(arg));
  const arg = args[index];
  if (arg === undefined) return undefined;
  const value = arg.includes("=") ? arg.slice(arg.indexOf("=") + 1) : args[index + 1] ?? "";
  return value.split(",").map((name) => name.trim());
}
