/**
 * The script of the fake claude, and the replies of the scripted model for the real one. Both reach
 * the moment of the plan and then wait until they are released.
 *
 * @module
 */

import {
  hold,
  message,
  type Reply,
  type Respond,
  script,
  subagent,
  text,
  toolUse,
} from "../support/api_reply.ts";
import {
  emit,
  initLine,
  resultLine,
  textLine,
  toolResultLine,
  toolUseLine,
} from "../support/fake_claude.ts";
import type { Sandbox } from "../support/sandbox.ts";
import type { ChildKind, RunPlan } from "./round.ts";

/** The answer of a run without signals. */
export const ANSWER = "The answer is 4711.";

/** The text of the model while a subagent works in the background. */
export const WAITING_TEXT = "The subagent is searching.";

/** Exists when claude has started. */
export const STARTED_FILE = "started";

/** Exists when the moment has been reached. */
export const REACHED_FILE = "reached";

/** Releases claude when it exists. */
export const RELEASE_FILE = "release";

/** Identifies the conversation of the subagent. */
export const SUBAGENT_KEYWORD = "ALPHA";

/** The shell command that starts each kind. The cleared environment keeps the mark of the sandbox. */
const STARTS: Readonly<Record<ChildKind, string>> = {
  child: "sleep 900 &",
  stubborn: "sh -c 'trap \"\" INT TERM HUP; sleep 900; sleep 900' &",
  new_session: "setsid sleep 900 &",
  nohup: "nohup sleep 900 &",
  orphan: "sh -c '(setsid sh -c \"sleep 900 & sleep 900\" &)'",
  cleared: 'env -i "CCRUN_TEST_MARK=$CCRUN_TEST_MARK" "PATH=$PATH" sleep 900 &',
};

function startChildren(kinds: readonly ChildKind[], holdsOutput: boolean): string {
  if (kinds.length === 0) return "";
  const starts = kinds.map((kind) => STARTS[kind]).join("\n");
  return `{\n${starts}\n}${holdsOutput ? "" : " </dev/null >/dev/null 2>&1"}\n`;
}

/** Returns a script that reports the moment and waits for the release. */
function waitForRelease({ root }: Sandbox): string {
  return `touch '${root}/${REACHED_FILE}'; until [ -e '${root}/${RELEASE_FILE}' ]; do sleep 0.05; done\n`;
}

/** The number of lines that a flood repeats. */
const FLOOD_LINES = 500;

/** Returns the script of the fake claude. */
export function fakeScript(plan: RunPlan, sandbox: Sandbox): string {
  const { moment, onInterrupt, children, holdsOutput } = plan;
  const { root } = sandbox;
  const start = startChildren(children, holdsOutput);
  const wait = waitForRelease(sandbox);
  const reached = `touch '${root}/${REACHED_FILE}'\n`;
  const result = resultLine({ result: ANSWER });
  const answer = emit(textLine(ANSWER), result);
  const call = { id: "toolu_1", name: "Bash", input: { command: "sleep 900" } };
  const actions = {
    launch: () => `${start}${wait}${emit(initLine())}${answer}`,
    claude_started: () => `${start}${wait}${emit(initLine())}${answer}`,
    request: () => `${start}${wait}${emit(initLine())}${answer}`,
    text: () => `${emit(initLine(), textLine("Once upon a time."))}${start}${wait}${answer}`,
    tool: () =>
      emit(initLine(), textLine("Let me look."), toolUseLine(call)) +
      `${start}${wait}${emit(toolResultLine({ id: call.id, content: "one" }))}${answer}`,
    flood: () => {
      const lines = Array.from({ length: FLOOD_LINES }, (_, at) => textLine(`Word ${at}.`));
      return `${emit(initLine())}${start}cat >'${root}/flood' <<'END_OF_FLOOD'\n` +
        `${lines.join("\n")}\nEND_OF_FLOOD\n` +
        `${reached}until [ -e '${root}/${RELEASE_FILE}' ]; do cat '${root}/flood'; done\n${answer}`;
    },
    result: () => `${emit(initLine(), textLine(ANSWER), result)}${start}${wait}`,
    claude_exited: () => `${emit(initLine(), textLine(ANSWER))}${start}${emit(result)}${reached}`,
  };
  const lateResult = emit(resultLine({ result: "All is well." }));
  const trap = {
    exit: "",
    ignore: "trap '' INT TERM\n",
    succeed: `succeed() {\n${lateResult}exit 0\n}\ntrap succeed INT\n`,
  }[onInterrupt];
  const action = moment in actions ? actions[moment as keyof typeof actions] : actions.tool;
  return `${trap}touch '${root}/${STARTED_FILE}'\nhead -n 1 >/dev/null\n${action()}exit 0\n`;
}

/** Returns the replies of the model to the real claude. They wait for `released`. */
export function replies(
  plan: RunPlan,
  sandbox: Sandbox,
  released: Promise<unknown>,
): Respond {
  const { moment, children } = plan;
  const start = startChildren(children, false);
  const bash = (command: string) => toolUse("Bash", { command, description: "Run it" });
  const tool = bash(`${start}${waitForRelease(sandbox)}`);
  const agent = (background: boolean) =>
    subagent({
      prompt: `Look for ${SUBAGENT_KEYWORD}.`,
      description: `Find ${SUBAGENT_KEYWORD}`,
      background,
    });
  const found = text("Found it.");
  const conversations: { [moment: string]: readonly [Reply[], Reply[]?] } = {
    text: [[message(text(ANSWER), { pause: released })]],
    tool: [[message(text("Let me look."), tool), text(ANSWER)]],
    subagent: [[agent(false), text(ANSWER)], [hold(released, found)]],
    subagent_tool: [[agent(false), text(ANSWER)], [tool, found]],
    background: [[agent(true), text(WAITING_TEXT), text(ANSWER)], [hold(released, found)]],
    result: [[...(start === "" ? [] : [bash(start)]), text(ANSWER)]],
  };
  const [main, inner = []] = conversations[moment] ?? [[hold(released, text(ANSWER))]];
  return script(main, { subagents: { [SUBAGENT_KEYWORD]: inner } });
}
