import type { Env } from "../../util/env.ts";
import { type Finding, ok, warning } from "../finding.ts";
import { shellLines } from "../shell.ts";

const SCRIPT = `
echo sh
for name in grep awk ps bash zsh git; do command -v $name >/dev/null 2>&1 && echo $name; done
[ -r /proc/$$/stat ] && echo /proc
`;

/** Checks for the tools that stop the descendants of claude, and for a shell for its Bash tool. */
export async function checkTools(env: Env): Promise<Finding[]> {
  return toolFindings(await shellLines(SCRIPT, env));
}

/** Returns the findings about the tools in `found`. */
export function toolFindings(found: ReadonlySet<string>): Finding[] {
  if (Deno.build.os === "windows") {
    return [warning("tools", "Windows: cleanup stops claude, but not what its tools started")];
  }
  if (!found.has("sh")) {
    return [warning(
      "tools",
      "cannot run /bin/sh: cleanup stops claude's process group only, and does not survive kill -9",
      "install a POSIX shell as /bin/sh",
    )];
  }
  const findings: Finding[] = [];
  const processList = Deno.build.os === "linux" ? "/proc" : "ps";
  const missing = ["grep", "awk", processList].filter((name) => !found.has(name));
  if (missing.length > 0) {
    findings.push(warning(
      "tools",
      `${missing.join(", ")} not found: cleanup stops claude's process group only`,
      missing.includes("/proc") ? "mount /proc" : `install ${missing.join(", ")}`,
    ));
  }
  if (!found.has("bash") && !found.has("zsh")) {
    findings.push(
      warning("tools", "bash and zsh not found: claude's Bash tool does not work", "install bash"),
    );
  }
  if (!found.has("git")) {
    findings.push(
      warning("tools", "git not found: claude cannot see or commit changes", "install git"),
    );
  }
  if (findings.length > 0) return findings;
  return [ok("tools", `sh, grep, awk and ${processList} for cleanup; a shell for the Bash tool`)];
}
