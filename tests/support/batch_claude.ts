/**
 * A fake Claude Code for batches, which does what its prompt says and keeps a list of its executions.
 *
 * @module
 */

import { shellQuote } from "../../lib/util/shell_quote.ts";
import { fakeClaude, initLine, messageLine, resultLine, textLine } from "./fake_claude.ts";
import type { Sandbox } from "./sandbox.ts";

/** Stands for the session id in the lines of the script. */
const SESSION = "SESSION_ID";

/** Stands for the prompt. */
const PROMPT = "PROMPT_TEXT";

/** Stands for the seconds at which the limit is reset. */
const RESET = "RESET_SECONDS";

/** Stands for the working directory. */
const DIRECTORY = "WORKING_DIRECTORY";

/** The variables of the script that replace words of a line. */
const VARIABLES = {
  [SESSION]: "$session",
  [PROMPT]: "$prompt",
  [`"${RESET}"`]: "$reset",
  [DIRECTORY]: "$PWD",
} as const;

/** The cost of an execution that reaches the model, in US dollars. */
export const TASK_COST_USD = 0.25;

/** The variable that names the ccrun that started a claude, see {@linkcode Execution.by}. */
export const STARTED_BY_VARIABLE = "CCRUN_TEST_STARTED_BY";

const session = { session_id: SESSION };

const NO_USAGE = { input_tokens: 0, output_tokens: 0 };

/** What the API makes claude report if it is overloaded, and if the usage limit of the plan is reached. */
const OVERLOADED = "API Error: Repeated 529 Overloaded errors";
const LIMIT = "You've hit your 5-hour limit";

/** Returns a shell command that writes these lines. It starts no process. */
function write(...lines: readonly string[]): string {
  const words = lines.map((line) =>
    Object.entries(VARIABLES).reduce(
      (text, [name, variable]) => text.replaceAll(name, `'"${variable}"'`),
      shellQuote(line),
    )
  );
  return `printf '%s\\n' ${words.join(" ")}`;
}

/** Returns a shell command that writes a failure of the API, and ends claude. */
function apiFailure(text: string, status: number, name: string): string {
  const failure = {
    ...session,
    error: name,
    message: {
      id: `msg_${name}`,
      role: "assistant",
      model: "<synthetic>",
      content: [{ type: "text", text }],
      usage: NO_USAGE,
    },
  };
  const result = {
    ...session,
    is_error: true,
    api_error_status: status,
    result: text,
    stop_reason: "stop_sequence",
    terminal_reason: "api_error",
    total_cost_usd: 0,
    usage: NO_USAGE,
  };
  return `${write(textLine(text, failure), resultLine(result))}; exit 1`;
}

const FAILURE = write(resultLine({
  ...session,
  subtype: "error_during_execution",
  is_error: true,
  result: "It broke.",
  total_cost_usd: TASK_COST_USD,
}));

const REJECTED = messageLine({
  ...session,
  type: "rate_limit_event",
  rate_limit_info: { status: "rejected", resetsAt: RESET, rateLimitType: "five_hour" },
});

/**
 * Writes a fake claude that succeeds with its prompt as the answer. It starts no process for that, so that
 * thousands of tasks are fast. Words of the prompt make it do more, in their order:
 *
 * - `sleep=SECONDS` takes time.
 * - `hang` waits until claude is stopped.
 * - `edit=NAME` creates a file in the working directory, and `commit=NAME` commits it, too.
 * - `trace` creates a file that is named after {@linkcode Execution.by}.
 * - `alone=NAME` adds itself to `$HOME/overlaps` if another claude with the same name is running.
 * - `leave` starts processes that go on after claude has exited, one of them in a session of its own.
 * - `fail` fails, `flaky=NAME` fails at its first execution, `overloaded` reports an overloaded API.
 * - `limit=SECONDS` reaches the usage limit of the plan, once. Claudes that start before it is reset fail.
 *   A test resets it earlier with {@linkcode resetLimit}.
 *
 * It keeps its executions in `$HOME/executions`, see {@linkcode readExecutions}.
 */
export async function batchClaude(sandbox: Sandbox): Promise<string> {
  return await fakeClaude(
    sandbox,
    `
set -f
# Twelve digits of the process id make the session unique.
digits=000000000000$$
session=5e551011-0000-4000-8000-\${digits#"\${digits%????????????}"}
for arg; do
  case "$arg" in --resume=*|--session-id=*) session=\${arg#*=};; esac
done
fail() {
  ${FAILURE}
  exit 1
}
check_limit() {
  [ -e "$HOME/limit" ] || return 0
  read -r reset <"$HOME/limit"
  [ "$(date +%s)" -lt "$reset" ] || return 0
  ${write(REJECTED)}
  ${apiFailure(LIMIT, 429, "rate_limit")}
}
IFS= read -r line
prompt=\${line#*\\"text\\":\\"}
prompt=\${prompt%%\\"*}
by=\${${STARTED_BY_VARIABLE}:-1}
printf '%s\\n' "$by $session $prompt" >>"$HOME/executions"
${write(initLine({ ...session, cwd: DIRECTORY }))}
check_limit
for word in $prompt; do
  case "$word" in
  sleep=*) sleep "\${word#*=}";;
  trace) : >"trace-$by";;
  alone=*)
    owner=
    [ ! -e "$HOME/$word" ] || read -r owner <"$HOME/$word"
    if [ -n "$owner" ] && grep -qs fake-claude "/proc/$owner/cmdline"; then
      echo "$word" >>"$HOME/overlaps"
    fi
    echo $$ >"$HOME/$word";;
  hang)
    trap 'exit 130' INT TERM
    # Stdin stays open until claude is stopped.
    IFS= read -r line
    exit 1;;
  edit=*) echo "$prompt" >"\${word#*=}";;
  commit=*)
    echo "$prompt" >"\${word#*=}"
    git add -- "\${word#*=}"
    git -c user.name=Test -c user.email=test@example.com commit --quiet --message="$prompt";;
  leave) sleep 900 & nohup setsid sleep 900 >/dev/null 2>&1 &;;
  flaky=*) [ -e "$HOME/$word" ] || { : >"$HOME/$word"; fail; };;
  fail) fail;;
  overloaded) ${apiFailure(OVERLOADED, 529, "overloaded")};;
  limit=*)
    [ -e "$HOME/limit" ] || echo "$(($(date +%s) + \${word#*=}))" >"$HOME/limit"
    check_limit;;
  esac
done
${write(textLine(PROMPT, session))}
${write(resultLine({ ...session, result: PROMPT, total_cost_usd: TASK_COST_USD }))}
`,
  );
}

/** Resets the usage limit of {@linkcode batchClaude} for all later executions. */
export async function resetLimit({ home }: Sandbox): Promise<void> {
  await Deno.writeTextFile(`${home}/limit`, "0\n");
}

/** A start of {@linkcode batchClaude}. */
export interface Execution {
  /** The ccrun that started it: the value of {@linkcode STARTED_BY_VARIABLE}, or 1. */
  readonly by: string;
  readonly session: string;
  readonly prompt: string;
}

/** Returns all executions so far, in order. */
export async function readExecutions({ home }: Sandbox): Promise<readonly Execution[]> {
  const text = await Deno.readTextFile(`${home}/executions`).catch(() => "");
  return text.split("\n").slice(0, -1).map((line) => {
    const [by = "", session = "", ...words] = line.split(" ");
    return { by, session, prompt: words.join(" ") };
  });
}
