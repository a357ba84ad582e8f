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

const session = { session_id: SESSION };

/** Returns a shell command that writes a line of claude. */
function write(line: string): string {
  const values = [[SESSION, "$id"], [TEXT, "$text"], [`"${COST}"`, "$turns"]];
  const commands = values.map(([name, value]) =>
    `-e "s/${JSON.stringify(name).slice(1, -1)}/${value}/"`
  );
  return `printf '%s\\n' '${line}' | sed ${commands.join(" ")}`;
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
field() { printf '%s\\n' "$line" | sed "s/.*\\"$1\\":\\"\\([^\\"]*\\)\\".*/\\1/"; }
respond() {
  printf '{"type":"control_response","response":{"subtype":"%s","request_id":"%s"%s}}\\n' "$1" "$(field request_id)" "$2"
}
finish() {
  ${write(resultLine({ ...session, result: TEXT, total_cost_usd: COST }))}
  ${state("idle")}
}
text= hanging= turns=0
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
    model=$(field model)
    if [ "$model" = bad ]; then respond error ',"error":"unknown model"'; else respond success; fi;;
  *'"subtype":"set_permission_mode"'*)
    mode=$(field mode)
    if [ "$mode" = auto ]; then respond error ',"error":"not available"'; else respond success; fi;;
  *'"type":"control_request"'*) respond success;;
  *)
    text=$(field text)
    [ "$text" = die ] && exit 9
    if [ "$text" = leave ]; then sleep 900 & nohup setsid sleep 900 >/dev/null 2>&1 & fi
    turns=$((turns + 1))
    printf '%s\\n' "$text" >>"$HOME/sessions/$id"
    ${state("running")}
    ${write(initLine({ ...session, model: "MODEL_NAME", permissionMode: "MODE_NAME" }))} |
      sed -e "s/MODEL_NAME/$model/" -e "s/MODE_NAME/$mode/"
    case "$text" in hang|ignore) hanging=$text; continue;; esac
    text="$(($(wc -l <"$HOME/sessions/$id"))): $text"
    ${write(textLine(TEXT, session))}
    finish;;
  esac
done
`,
  );
}
