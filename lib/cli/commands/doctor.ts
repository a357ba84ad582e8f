import { diagnose, type Diagnosis } from "../../doctor/diagnose.ts";
import type { Finding, FindingStatus } from "../../doctor/finding.ts";
import { TRIAL_GRACE_MS } from "../../doctor/trial_session.ts";
import { EXIT_CODES } from "../../exit_codes.ts";
import { escapeWithinLine } from "../../terminal/escape_commands.ts";
import { formatCount } from "../../util/units.ts";
import { stringifySafe } from "../../util/safe_json.ts";
import { createBufferedWriter } from "../../terminal/buffered_writer.ts";
import { createStyles, type Styles } from "../../terminal/styles.ts";
import { sanitizeLine } from "../../terminal/sanitize.ts";
import type { Redactor } from "../../redact/redactor.ts";
import { stopReasonOf } from "../../run/stop_reason.ts";
import { readCommit, VERSION } from "../../version.ts";
import type { HostInfo } from "../host.ts";
import { type CommandLine, getText, getWorkspace } from "../command_line.ts";
import { loadRedactor } from "../redaction.ts";
import { usesColor } from "../render_settings.ts";
import { ForcedExitTimer } from "../forced_exit.ts";
import type { SignalHandler } from "../signals.ts";
import { printFailure, stdoutFailure } from "../print.ts";

/**
 * What `ccrun doctor --json` prints, on one line. Fields, names of findings and kinds of credentials
 * may be added; readers must ignore those that they do not know.
 */
export interface DoctorReport extends Diagnosis {
  /** Whether there is no problem. Then the exit code is 0. */
  readonly ok: boolean;
  /** The version of ccrun. */
  readonly ccrun: string;
  /** The commit that the binary was compiled from. It ends with `-modified` if files were modified. */
  readonly commit?: string;
  /** The version of Deno. */
  readonly deno: string;
  /** The operating system and processor. */
  readonly platform: string;
  /** The workspace. */
  readonly cwd: string;
  /** The number of findings of each status. */
  readonly counts: { [S in FindingStatus]: number };
  /** All findings. A name may occur more than once. */
  readonly findings: Finding[];
}

/**
 * Runs `ccrun doctor`, which checks whether runs work on this machine.
 *
 * @returns 0, or 1 if there is a problem
 */
export async function doctorCommand(
  { options }: CommandLine,
  host: HostInfo,
  signals: SignalHandler,
): Promise<number> {
  const stdout = createBufferedWriter(Deno.stdout, {
    onFailure: (error) => signals.stop({ failure: stdoutFailure(error) }),
  });
  using _forcedExit = new ForcedExitTimer({ signals, graceMs: TRIAL_GRACE_MS });
  const { abortSignal } = signals;
  const cwd = getWorkspace(options, host.cwd);
  const isJson = options.has("json");
  const styles = createStyles(!isJson && usesColor(options, host, "stdout"));
  const clean = createCleaner(await loadRedactor({ options }, host));
  const findings: Finding[] = [];
  const diagnosis = await diagnose({
    env: host.env,
    baseDirectory: host.cwd,
    workspace: cwd,
    claudePath: getText(options, "claude"),
    claudeSource: options.get("claude")?.source,
    apiUrl: getText(options, "api-url"),
    signal: abortSignal,
    onFinding(found) {
      if (abortSignal.aborted) return;
      const finding = clean(found);
      findings.push(finding);
      if (!isJson) stdout.write(findingText(finding, styles));
    },
  });
  const report = createReport(findings, cwd, diagnosis);
  if (!abortSignal.aborted) {
    stdout.write(
      isJson ? `${stringifySafe(report)}\n` : `\n${countsText(report.counts, styles)}\n`,
    );
  }
  await stdout.flush();
  if (abortSignal.aborted) return printFailure(stopReasonOf(abortSignal).failure);
  return report.ok ? EXIT_CODES.success : EXIT_CODES.failed;
}

function createReport(findings: Finding[], cwd: string, diagnosis: Diagnosis): DoctorReport {
  const commit = readCommit();
  const counts = { ok: 0, warning: 0, problem: 0 };
  for (const { status } of findings) counts[status]++;
  return {
    ok: counts.problem === 0,
    ccrun: VERSION,
    ...(commit !== undefined && { commit }),
    deno: Deno.version.deno,
    platform: `${Deno.build.os} ${Deno.build.arch}`,
    cwd,
    ...diagnosis,
    counts,
    findings,
  };
}

const STATUS_STYLES = { ok: "green", warning: "yellow", problem: "red" } as const;

const STATUS_WIDTH = "problem".length;
const NAME_WIDTH = "permissions".length;

/** Returns a function that removes secrets and control characters from a finding. */
function createCleaner(redactor: Redactor): (finding: Finding) => Finding {
  const cleanText = (text: string) => sanitizeLine(redactor.text(text));
  return ({ name, status, message, hint }) => ({
    name,
    status,
    message: cleanText(message),
    ...(hint === undefined ? {} : { hint: cleanText(hint) }),
  });
}

function findingText({ name, status, message, hint }: Finding, styles: Styles): string {
  const style = styles[STATUS_STYLES[status]];
  const label = `${style(status.padEnd(STATUS_WIDTH))}  ${styles.bold(name.padEnd(NAME_WIDTH))}  `;
  const indent = " ".repeat(STATUS_WIDTH + NAME_WIDTH + 4);
  const line = (text: string) => `${escapeWithinLine(text)}\n`;
  return `${label}${line(message)}${hint === undefined ? "" : `${indent}${line(hint)}`}`;
}

function countsText({ ok, warning, problem }: DoctorReport["counts"], styles: Styles): string {
  const style = problem > 0 ? styles.red : warning > 0 ? styles.yellow : styles.green;
  const parts = [`${ok} ok`, formatCount(warning, "warning"), formatCount(problem, "problem")];
  return style(parts.join(", "));
}
