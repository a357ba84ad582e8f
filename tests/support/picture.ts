/**
 * The picture of a terminal in the README. A ccrun command is typed into a shell in a pseudo terminal, and the
 * final screen is drawn. Claude Code is the real one, with a scripted API.
 *
 * The session ID and the duration differ from run to run, so they are replaced by fixed values. The
 * durations of slow tools are removed.
 *
 * @module
 */

import { inTerminal } from "../e2e/in_terminal.ts";
import { claudePath } from "./claude.ts";
import { DEMO_FILES } from "./demo_script.ts";
import { startMessagesApi } from "./messages_api.ts";
import { REPOSITORY } from "./paths.ts";
import { PICTURE_COMMAND, pictureScript } from "./picture_scene.ts";
import { makeSandbox } from "./sandbox.ts";
import { type Cell, makeScreen } from "./screen.ts";
import { terminalSvg } from "./terminal_svg.ts";

/** The path of the picture. */
export const PICTURE = `${REPOSITORY}/.github/terminal.svg`;

/** Wide enough for the command, narrow enough for the page of a repository. */
const COLUMNS = 88;

/** The directory of the project in the home directory. */
const FOLDER = "till";

/** A short prompt, because the command needs the columns. */
const PROMPT = String.raw`\[\e[1;34m\]$\[\e[0m\] `;
const SHOWN_PROMPT = "\x1b[1;34m$\x1b[0m ";

const SESSION_ID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;
const SOME_SESSION_ID = "e9ff419f-1a5f-46ee-a06a-e6ce97c2d717";

/** The duration in the closing line. */
// deno-lint-ignore no-control-regex -- matches terminal output
const TIME = /(✓\x1b\[39m \x1b\[2m)(?:\d+m )?[\d.]+s/g;
/** The duration of the demo. */
const SOME_TIME = "8.7s";

/** The duration of a tool that took a second or more, in a row of its own or at the end of one. */
const SLOW_ROW = /^[│ ]*(?:\d+m )?\d+(?:\.\d)?s$/;
const SLOW_END = /(?: · | {2})(?:\d+m )?\d+(?:\.\d)?s$/;

/** The mode that the shell switches on and off. */
// deno-lint-ignore no-control-regex -- matches terminal output
const BRACKETED_PASTE = /\x1b\[\?2004[hl]/g;

/** Runs the session and returns the output of the terminal, up to the next prompt. */
export async function pictureOutput(): Promise<string> {
  const claude = await claudePath();
  await using sandbox = await makeSandbox();
  const project = `${sandbox.home}/${FOLDER}`;
  await Deno.mkdir(project);
  for (const [name, content] of Object.entries(DEMO_FILES)) {
    await Deno.writeTextFile(`${project}/${name}`, content);
  }
  await using api = await startMessagesApi({ respond: pictureScript(project) });
  await using terminal = await inTerminal({ sandbox }, `PS1='${PROMPT}'`, {
    as: "interactive",
    apiUrl: api.url,
    columns: COLUMNS,
    cwd: project,
    env: { CCRUN_CLAUDE: claude },
  });
  await terminal.stdoutUntil(SHOWN_PROMPT);
  await terminal.write(`${PICTURE_COMMAND}\r`);
  const output = await terminal.stdoutUntil((text) => text.split(SHOWN_PROMPT).length > 2);
  await terminal.write("exit\r");
  await terminal.finished;
  return output;
}

/** Draws the picture from the output of the terminal. */
export function pictureOf(output: string): string {
  const same = output.replaceAll(SESSION_ID, SOME_SESSION_ID).replaceAll(TIME, `$1${SOME_TIME}`);
  const screen = makeScreen(COLUMNS);
  screen.write(same.replaceAll(BRACKETED_PASTE, ""));
  if (screen.widest > COLUMNS) throw new Error(`a line is wider than ${COLUMNS} columns`);
  const rows = withoutSlowness(screen.rows());
  const last = rows.at(-1)?.at(-1);
  return terminalSvg(rows, {
    columns: COLUMNS,
    caption: `~/${FOLDER}`,
    title: "ccrun in a terminal",
    description:
      "A user asks ccrun why the tests fail. ccrun shows the failing test, the file that claude " +
      "reads, a subagent with its command, the change in red and green, and the passing tests. " +
      "The answer follows, and a line with the duration, turns, tools, tokens and cost.",
    cursor: last === undefined ? 0 : last.column + last.width,
  });
}

/** Removes the durations of slow tools, which depend on the machine. */
function withoutSlowness(rows: readonly (readonly Cell[])[]): readonly (readonly Cell[])[] {
  const textOf = (cells: readonly Cell[]) => cells.map(({ text }) => text).join("");
  return rows.filter((cells) => !SLOW_ROW.test(textOf(cells))).map((cells) => {
    const length = SLOW_END.exec(textOf(cells))?.[0].length ?? 0;
    return cells.slice(0, cells.length - length);
  });
}
