import { UNREADABLE } from "../../claude/workspace_definitions.ts";
import {
  describeUntrusted,
  unpinnableProblem,
  UNTRUSTED_HINT,
  untrustedSettings,
  type WorkspaceConfig,
} from "../../run/workspace_settings.ts";
import { type Finding, problem, warning } from "../finding.ts";

/** Reports what the workspace sets if the user does not trust it. */
export async function checkTrust(cwd: string, config: WorkspaceConfig): Promise<Finding[]> {
  const findings: Finding[] = [];
  const unusable = unpinnableProblem(config);
  if (unusable !== undefined) findings.push(problem("settings", unusable.message, unusable.hint));
  // `checkSettings` reports files that cannot be read.
  const found = (await untrustedSettings(cwd, config))
    .filter(({ names }) => !names.includes(UNREADABLE));
  if (found.length > 0) {
    findings.push(warning("settings", describeUntrusted(found, cwd), UNTRUSTED_HINT));
  }
  return findings;
}
