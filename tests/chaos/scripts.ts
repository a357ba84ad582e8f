/**
 * What a run's claude does until its moment, and then until it is let go: the stand-in's script, and the
 * scripted model's replies.
 *
 * @module
 */

import {
  hold,
  message,
  type Reply,
  type Respond,
  script,
  subAgent,
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
import type { Offspring, RunChoices } from "./choices.ts";

/** How a run that is left in peace ends. */
export const ANSWER = "The answer is 4711.";

/** What the model says when a sub-agent works in the background. */
export const WAITS = "It looks.";

/** The file that says that claude has begun. */
export const BEGUN = "begun";

/** The file that says that the moment has come. */
export const REACHED = "reached";

/** The file that lets claude go on. */
export const GO = "go";

/** By this, the sub-agent's conversation is known. */
export const SUB_AGENT = "ALPHA";

/** The shell commands that start them. What has cleared its environment keeps the test's own mark. */
const STARTS: Readonly<Record<Offspring, string>> = {
  child: "sleep 900 &",
  deaf: "sh -c 'trap \"\" INT TERM HUP; sleep 900; sleep 900' &",
  session: "setsid sleep 900 &",
  nohup: "nohup sleep 900 &",
  orphan: "sh -c '(setsid sh -c \"sleep 900 & sleep 900\" &)'",
  cleared: 'env -i "CCRUN_TEST_MARK=$CCRUN_TEST_MARK" "PATH=$PATH" sleep 900 &',
};

function startOffspring(kinds: readonly Offspring[], holdsOutput: boolean): string {
  if (kinds.length === 0) return "";
  const starts = kinds.map((kind) => STARTS[kind]).join("\n");
  return `{\n${starts}\n}${holdsOutput ? "" : " </dev/null >/dev/null 2>&1"}\n`;
}

/** Says that the moment has come, and waits until it is let go. */
function waitingAt({ root }: Sandbox): string {
  return `touch '${root}/${REACHED}'; until [ -e '${root}/${GO}' ]; do sleep 0.05; done\n`;
}

/** A flood is written in pieces of this many lines. */
const FLOOD_LINES = 500;

/** The script of the stand-in. */
export function fakeScript(choices: RunChoices, sandbox: Sandbox): string {
  const { moment, temper, offspring, holdsOutput } = choices;
  const { root } = sandbox;
  const kin = startOffspring(offspring, holdsOutput);
  const wait = waitingAt(sandbox);
  const reached = `touch '${root}/${REACHED}'\n`;
  const result = resultLine({ result: ANSWER });
  const answer = emit(textLine(ANSWER), result);
  const call = { id: "toolu_1", name: "Bash", input: { command: "sleep 900" } };
  const story = {
    boot: () => `${kin}${wait}${emit(initLine())}${answer}`,
    begun: () => `${kin}${wait}${emit(initLine())}${answer}`,
    request: () => `${kin}${wait}${emit(initLine())}${answer}`,
    text: () => `${emit(initLine(), textLine("Once upon a time."))}${kin}${wait}${answer}`,
    tool: () =>
      emit(initLine(), textLine("Let me look."), toolUseLine(call)) +
      `${kin}${wait}${emit(toolResultLine({ id: call.id, content: "one" }))}${answer}`,
    flood: () => {
      const lines = Array.from({ length: FLOOD_LINES }, (_, at) => textLine(`Word ${at}.`));
      return `${emit(initLine())}${kin}cat >'${root}/flood' <<'END_OF_FLOOD'\n` +
        `${lines.join("\n")}\nEND_OF_FLOOD\n` +
        `${reached}until [ -e '${root}/${GO}' ]; do cat '${root}/flood'; done\n${answer}`;
    },
    result: () => `${emit(initLine(), textLine(ANSWER), result)}${kin}${wait}`,
    left: () => `${emit(initLine(), textLine(ANSWER))}${kin}${emit(result)}${reached}`,
  };
  const lateResult = emit(resultLine({ result: "All is well." }));
  const manner = {
    meek: "",
    deaf: "trap '' INT TERM\n",
    late: `late() {\n${lateResult}exit 0\n}\ntrap late INT\n`,
  }[temper];
  const play = moment in story ? story[moment as keyof typeof story] : story.tool;
  return `${manner}touch '${root}/${BEGUN}'\nhead -n 1 >/dev/null\n${play()}exit 0\n`;
}

/** What the model says to the real claude; what it waits for is `released`. */
export function replies(
  choices: RunChoices,
  sandbox: Sandbox,
  released: Promise<unknown>,
): Respond {
  const { moment, offspring } = choices;
  const kin = startOffspring(offspring, false);
  const bash = (command: string) => toolUse("Bash", { command, description: "Run it" });
  const tool = bash(`${kin}${waitingAt(sandbox)}`);
  const agent = (background: boolean) =>
    subAgent({
      prompt: `Look for ${SUB_AGENT}.`,
      description: `Find ${SUB_AGENT}`,
      background,
    });
  const found = text("It is found.");
  const plays: { [moment: string]: readonly [Reply[], Reply[]?] } = {
    text: [[message(text(ANSWER), { pause: released })]],
    tool: [[message(text("Let me look."), tool), text(ANSWER)]],
    subagent: [[agent(false), text(ANSWER)], [hold(released, found)]],
    "subagent tool": [[agent(false), text(ANSWER)], [tool, found]],
    background: [[agent(true), text(WAITS), text(ANSWER)], [hold(released, found)]],
    result: [[...(kin === "" ? [] : [bash(kin)]), text(ANSWER)]],
  };
  const [main, inner = []] = plays[moment] ?? [[hold(released, text(ANSWER))]];
  return script(main, { subagents: { [SUB_AGENT]: inner } });
}
