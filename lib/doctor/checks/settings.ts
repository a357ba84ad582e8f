import type { ConfigFiles } from "../../claude/config_files.ts";
import { type Finding, ok, problem, warning } from "../finding.ts";

const HINT = "correct the file, or move it away";

/**
 * Checks whether claude can read its configuration. It ignores most files that it cannot read, but
 * does not start without its state or an administrator's settings.
 *
 * @param trust what `checkTrust` found
 */
export function checkSettings(files: ConfigFiles, trust: readonly Finding[] = []): Finding[] {
  const { settings, state, login, mcp } = files;
  const findings: Finding[] = [];
  const managed = settings.filter(({ scope }) => scope === "managed");
  for (const file of [...settings, login, ...mcp, state]) {
    if (file?.problem === undefined) continue;
    const isNeeded = file === state || managed.some((other) => other === file);
    findings.push(
      isNeeded
        ? problem("settings", `${file.problem}; claude does not start`, HINT)
        : warning("settings", `${file.problem}; claude ignores the file`, HINT),
    );
  }
  findings.push(...trust);
  if (findings.length > 0) return findings;
  const paths = settings.map(({ path }) => path);
  return [ok("settings", paths.length === 0 ? "no settings files" : paths.join(", "))];
}
