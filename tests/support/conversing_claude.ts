/**
 * A fake Claude Code that serves many turns, as the real one does while its stdin is open.
 *
 * @module
 */

import { fakeClaude, initLine, resultLine, textLine } from "./fake_claude.ts";
import type { Sandbox } from "./sandbox.ts";

/** Stands for the session id in the lines of the script. */
const SESSION = "SESSION_ID";

/** Stands for the cost of the process, which is 1 USD a turn. */
const COST = "TOTAL_COST";

/** Stands for the text of the model. */
const TEXT = "MODEL_TEXT";

/** The variables of the script that replace words of a line. */
const VARIABLES = {
  [SESSION]: "$id",
  [TEXT]: "$text",
  [`"${COST}"`]: "$turns",
  MODEL_NAME: "$model",
  MODE_NAME: "$mode",
} as const;

const session = { session_id: SESSION };

/** Returns a shell command that writes a line of claude. It starts no process, so that many turns are fast. */
function write(line: string): string {
  const word = Object.entries(VARIABLES).reduce(
    (text, [name, variable]) => text.replaceAll(name, `'"${variable}"'`),
    `'${line}'`,
  );
  return `printf '%s\\n' ${word}`;
}

function state(name: string): string {
  return write(
    `{"type":"system","subtype":"session_state_changed","state":"${name}","session_id":"${SESSION}"}`,
  );
}

/**
 * Writes a fake claude that answers each prompt with the number of the prompt in its session and the prompt
 * itself, such as `2: hello`. It keeps the prompts of a session in `$HOME/sessions/ID`, and its arguments in
 * `$HOME/args`, a line a start.
 *
 * - Each turn costs 1 USD, and a result states the sum of the process.
 * - The prompt `hang` has no result until it is interrupted, and `ignore` ignores the interruption.
 * - The prompt `die` makes it exit with code 9, before it writes anything.
 * - The prompt `leave` starts processes that go on after it has exited, one of them in a session of its own.
 * - The prompt `linger` makes it take a second to exit.
 * - If another fake claude has the same session, it writes the id of the session to `$HOME/shared`.
 * - A model named `bad` and a permission mode named `auto` are refused.
 */
export async function conversingClaude(sandbox: Sandbox): Promise<string> {
  await Deno.mkdir(`${sandbox.home}/sessions`, { recursive: true });
  return await fakeClaude(
    sandbox,
    `
echo "$@" >>"$HOME/args"
id= model=opus mode=default
for arg; do
  case "$arg" in
  --resume=*|--session-id=*) id=\${arg#*=};;
  --model=*) model=\${arg#*=};;
  --permission-mode=*) mode=\${arg#*=};;
  esac
done
case "$*" in *--fork-session*) source=$id; id=;; esac
[ -n "$id" ] || id=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \\n' |
  sed 's/\\(.\\{8\\}\\)\\(.\\{4\\}\\)\\(.\\{4\\}\\)\\(.\\{4\\}\\)/\\1-\\2-\\3-\\4-/')
[ -z "$source" ] || cat "$HOME/sessions/$source" >"$HOME/sessions/$id"
owner=$(cat "$HOME/sessions/$id.pid" 2>/dev/null)
if [ -n "$owner" ] && grep -qs fake-claude "/proc/$owner/cmdline"; then echo "$id" >>"$HOME/shared"; fi
echo $$ >"$HOME/sessions/$id.pid"
trap 'exit 1' INT
# Sets $value to a field of $line.
read_field() {
  value=\${line#*\\"$1\\":\\"}
  value=\${value%%\\"*}
}
respond() {
  read_field request_id
  printf '{"type":"control_response","response":{"subtype":"%s","request_id":"%s"%s}}\\n' "$1" "$value" "$2"
}
finish() {
  ${write(resultLine({ ...session, result: TEXT, total_cost_usd: COST }))}
  ${state("idle")}
}
text= hanging= lingering= turns=0 prompts=0
[ ! -f "$HOME/sessions/$id" ] || prompts=$(($(wc -l <"$HOME/sessions/$id")))
while IFS= read -r line; do
  case "$line" in
  *'"subtype":"interrupt"'*)
    respond success
    [ "$hanging" = hang ] || continue
    hanging= text=
    ${
      write(
        resultLine({
          ...session,
          subtype: "error_during_execution",
          is_error: true,
          terminal_reason: "aborted_streaming",
        }),
      )
    }
    ${state("idle")};;
  *'"subtype":"set_model"'*)
    read_field model; model=$value
    if [ "$model" = bad ]; then respond error ',"error":"unknown model"'; else respond success; fi;;
  *'"subtype":"set_permission_mode"'*)
    read_field mode; mode=$value
    if [ "$mode" = auto ]; then respond error ',"error":"not available"'; else respond success; fi;;
  *'"type":"control_request"'*) respond success;;
  *)
    read_field text; text=$value
    [ "$text" = die ] && exit 9
    [ "$text" = linger ] && lingering=1
    if [ "$text" = leave ]; then sleep 900 & nohup setsid sleep 900 >/dev/null 2>&1 & fi
    turns=$((turns + 1))
    prompts=$((prompts + 1))
    printf '%s\\n' "$text" >>"$HOME/sessions/$id"
    ${state("running")}
    ${write(initLine({ ...session, model: "MODEL_NAME", permissionMode: "MODE_NAME" }))}
    case "$text" in hang|ignore) hanging=$text; continue;; esac
    text="$prompts: $text"
    ${write(textLine(TEXT, session))}
    finish;;
  esac
done
[ -z "$lingering" ] || sleep 1
`,
  );
}
