import type { ClaudeOptions } from "./options.ts";

/** `manual` is the name of `default` in newer versions of claude. */
export const PERMISSION_MODES = [
  "default",
  "manual",
  "acceptEdits",
  "auto",
  "bypassPermissions",
  "dontAsk",
  "plan",
] as const;

/** What each mode allows, compared with the others. */
const RANKS: { readonly [mode in typeof PERMISSION_MODES[number]]: number } = {
  plan: 0,
  default: 1,
  manual: 1,
  dontAsk: 1,
  acceptEdits: 2,
  auto: 3,
  bypassPermissions: 4,
};

/**
 * Returns the permission modes that allow no more than that of a session.
 *
 * @example
 * ```ts
 * import { allowedPermissionModes } from "./permission_modes.ts";
 *
 * console.log(allowedPermissionModes({ permissionMode: "plan" })); // ["plan"]
 * ```
 */
export function allowedPermissionModes(
  { permissionMode, dangerouslySkipPermissions }: Pick<
    ClaudeOptions,
    "permissionMode" | "dangerouslySkipPermissions"
  >,
): readonly string[] {
  const mode = dangerouslySkipPermissions ? "bypassPermissions" : permissionMode;
  const known = PERMISSION_MODES.find((name) => name === mode) ?? "default";
  return PERMISSION_MODES.filter((name) => RANKS[name] <= RANKS[known]);
}

/** Returns whether Claude Code has a permission mode. Older versions accept any word while they run. */
export function isPermissionMode(mode: string): boolean {
  return Object.hasOwn(RANKS, mode);
}

/** Returns the name of a permission mode that all versions know. */
export function permissionModeName(mode: string): string {
  return mode === "manual" ? "default" : mode;
}
