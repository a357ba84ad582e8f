import type { ClaudeOptions } from "../claude/options.ts";

/** The permission modes, those that allow the least first. `manual` is the newer name of `default`. */
export const PERMISSION_MODES = [
  "plan",
  "dontAsk",
  "default",
  "manual",
  "acceptEdits",
  "auto",
  "bypassPermissions",
] as const;

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
  const most = dangerouslySkipPermissions ? "bypassPermissions" : permissionMode ?? "manual";
  const name = most === "default" ? "manual" : most;
  return PERMISSION_MODES.slice(0, PERMISSION_MODES.findIndex((mode) => mode === name) + 1);
}
