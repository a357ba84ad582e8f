import { resolve } from "@std/path";
import { diagnose, type Diagnosis } from "../../doctor/diagnose.ts";
import type { Finding, FindingStatus } from "../../doctor/finding.ts";
import { CcrunError } from "../../errors.ts";
import { EXIT_CODES } from "../../exit_codes.ts";
import { escapeLine } from "../../ci/escape_commands.ts";
import { stringifySafe } from "../../util/safe_json.ts";
import { createBufferedWriter } from "../../terminal/buffered_writer.ts";
import { createStyles, type Styles } from "../../terminal/styles.ts";
import { sanitizeLine } from "../../terminal/sanitize.ts";
import { createRedactor } from "../../redact/redactor.ts";
import { VERSION } from "../../version.ts";
import type { HostInfo } from "../host.ts";
import type { OptionValue } from "../args.ts";
import { colorOf } from "../settings.ts";
import { createForcedExitTimer, type SignalHandler } from "../signals.ts";
import { stdoutFailure } from "../stdout_failure.ts";
import type { Env } from "../../util/env.ts";

/**
 * What `ccrun doctor --json` prints, on one line. Fields, names of findings and kinds of credentials
 * are only added; readers ignore what they do not know.
 */
export interface DoctorReport extends Diagnosis {
  /** Whether there is no problem: then the exit code is 0. */
  ok: boolean;
  /** ccrun's version. */
  ccrun: string;
  /** Deno's version. */
  deno: string;
  /** The operating system and processor. */
  platform: string;
  /** The workspace. */
  cwd: string;
  /** How many findings there are of each status. */
  counts: { [S in FindingStatus]: number };
  /** All findings. A name can come more than once. */
  findings: Finding[];
}

/** As long as a claude has that is tried; see `runTrialSession`. */
const GRACE_MS = 1000;

/**
 * `ccrun doctor`: says whether runs can work here.
 *
 * @returns 0, or 1 when there is a problem
 */
export async function doctorCommand(
  options: ReadonlyMap<string, OptionValue>,
  edge: HostInfo,
  signals: SignalHandler,
): Promise<number> {
  const stdout = createBufferedWriter(Deno.stdout, {
    onFailure: (error) => signals.stop({ failure: stdoutFailure(error) }),
  });
  const backstop = createForcedExitTimer(signals, GRACE_MS);
  const cwd = resolve(edge.cwd, options.get("cwd")?.values[0] ?? ".");
  const claude = options.get("claude");
  const isJson = options.has("json");
  const styles = createStyles(!isJson && colorOf(options, edge, "stdout"));
  const tidy = makeTidy(edge.env);
  const findings: Finding[] = [];
  const diagnosis = diagnose({
    env: edge.env,
    from: edge.cwd,
    cwd,
    claudePath: claude?.values[0],
    claudeSource: claude?.source,
    apiUrl: options.get("api-url")?.values[0],
    signal: signals.abortSignal,
  });
  try {
    let step = await diagnosis.next();
    while (!step.done) {
      const finding = tidyFinding(step.value, tidy);
      findings.push(finding);
      if (!isJson) stdout.write(findingText(finding, styles));
      step = await diagnosis.next();
    }
    if (signals.abortSignal.aborted) return await stopped(signals, stdout);
    const counts = countsOf(findings);
    const report: DoctorReport = {
      ok: counts.problem === 0,
      ccrun: VERSION,
      deno: Deno.version.deno,
      platform: `${Deno.build.os} ${Deno.build.arch}`,
      cwd,
      ...step.value,
      counts,
      findings,
    };
    stdout.write(isJson ? `${stringifySafe(report)}\n` : `\n${countsText(counts, styles)}\n`);
    await stdout.flush();
    if (signals.abortSignal.aborted) return await stopped(signals, stdout);
    return counts.problem === 0 ? EXIT_CODES.success : EXIT_CODES.failed;
  } finally {
    backstop.clear();
  }
}

/** Says why it was stopped, and gives the exit code that a run would give. */
async function stopped(
  signals: SignalHandler,
  stdout: ReturnType<typeof createBufferedWriter>,
): Promise<number> {
  await stdout.flush();
  try {
    return await signals.raceWithStop(new Promise<never>(() => {}));
  } catch (error) {
    if (!(error instanceof CcrunError)) throw error;
    // A reader that goes away is told nothing.
    if (error.kind !== "pipe") console.error(`ccrun: error: ${sanitizeLine(error.message)}`);
    return error.exitCode;
  }
}

const STATUS_STYLES = { ok: "green", warning: "yellow", problem: "red" } as const;

/** The width of the longest status, and of the longest name. */
const STATUS_WIDTH = "problem".length;
const NAME_WIDTH = "permissions".length;

function countsOf(findings: readonly Finding[]): { [S in FindingStatus]: number } {
  const count = (wanted: FindingStatus) =>
    findings.filter(({ status }) => status === wanted).length;
  return { ok: count("ok"), warning: count("warning"), problem: count("problem") };
}

/** Makes what is said fit to be shown. */
type Tidy = (text: string) => string;

/** One line without secrets: those of the caller's environment, and what looks like a key. */
function makeTidy(env: Env): Tidy {
  const redactor = createRedactor(env);
  return (text) => sanitizeLine(redactor.text(text));
}

function tidyFinding({ name, status, message, hint }: Finding, tidy: Tidy): Finding {
  const more = hint === undefined ? {} : { hint: tidy(hint) };
  return { name, status, message: tidy(message), ...more };
}

/** A finding as a person reads it. */
function findingText({ name, status, message, hint }: Finding, styles: Styles): string {
  const style = styles[STATUS_STYLES[status]];
  const before = `${style(status.padEnd(STATUS_WIDTH))}  ${styles.bold(name.padEnd(NAME_WIDTH))}  `;
  const indent = " ".repeat(STATUS_WIDTH + NAME_WIDTH + 4);
  const line = (text: string) => `${escapeLine(text, false)}\n`;
  return `${before}${line(message)}${hint === undefined ? "" : `${indent}${line(hint)}`}`;
}

function countsText({ ok, warning, problem }: DoctorReport["counts"], styles: Styles): string {
  const part = (count: number, word: string) => `${count} ${word}${count === 1 ? "" : "s"}`;
  const parts = [`${ok} ok`, part(warning, "warning"), part(problem, "problem")];
  const style = problem > 0 ? styles.red : warning > 0 ? styles.yellow : styles.green;
  return style(parts.join(", "));
}
