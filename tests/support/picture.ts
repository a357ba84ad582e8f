/**
 * Makes the README's picture of a terminal: ccrun with the real Claude Code and a scripted API, typed at the
 * prompt of a shell in a pseudo terminal, and what is on the screen in the end.
 *
 * ```sh
 * deno task picture           # writes .github/terminal.svg
 * deno task picture --check   # says whether that file is what would be written
 * ```
 *
 * What differs from run to run is set to one value: the session's id and the time it took. Times of single
 * tools, which only slow ones show, are left out.
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
import { type Cell, screenOf } from "./terminal_screen.ts";
import { terminalSvg } from "./terminal_svg.ts";

/** Where the picture is. */
export const PICTURE = `${REPOSITORY}/.github/terminal.svg`;

/** Wide enough for the command, narrow enough to be read beside a README's text. */
const COLUMNS = 88;

/** The project's folder in the home directory, as in the demo. */
const FOLDER = "till";

/** A plain prompt: the command needs the columns. */
const PROMPT = String.raw`\[\e[1;34m\]$\[\e[0m\] `;
const SHOWN_PROMPT = "\x1b[1;34m$\x1b[0m ";

const SESSION_ID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;
const SOME_SESSION_ID = "e9ff419f-1a5f-46ee-a06a-e6ce97c2d717";

/** The time in the closing line. */
// deno-lint-ignore no-control-regex -- as it comes out of a terminal
const TIME = /(✓\x1b\[39m \x1b\[2m)(?:\d+m )?[\d.]+s/g;
/** What the demo takes, at the speed at which a person can read it. */
const SOME_TIME = "8.7s";

/** What a tool adds that took a second or more, alone in a row or behind something. */
const SLOW_ROW = /^[│ ]*(?:\d+m )?\d+(?:\.\d)?s$/;
const SLOW_END = /(?: · | {2})(?:\d+m )?\d+(?:\.\d)?s$/;

/** Runs the session and gives what came out of the terminal, up to the prompt after it. */
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

/** Makes the picture from what came out of the terminal. */
export function pictureOf(output: string): string {
  const same = output.replaceAll(SESSION_ID, SOME_SESSION_ID).replaceAll(TIME, `$1${SOME_TIME}`);
  const rows = withoutSlowness(screenOf(same, COLUMNS));
  const last = rows.at(-1)?.at(-1);
  return terminalSvg(rows, {
    columns: COLUMNS,
    caption: `~/${FOLDER}`,
    title: "ccrun in a terminal",
    description:
      "A person asks ccrun why the tests fail. It shows the failing test, the file that is " +
      "read, a sub-agent with the command that it runs, the change in red and green, and the tests " +
      "as they pass. Then come the answer, and a line with time, turns, tools, tokens and cost.",
    cursor: last === undefined ? 0 : last.column + last.width,
  });
}

/** How long a tool took is the machine's: as if none had taken long. */
function withoutSlowness(rows: readonly (readonly Cell[])[]): readonly (readonly Cell[])[] {
  const textOf = (cells: readonly Cell[]) => cells.map(({ text }) => text).join("");
  return rows.filter((cells) => !SLOW_ROW.test(textOf(cells))).map((cells) => {
    const length = SLOW_END.exec(textOf(cells))?.[0].length ?? 0;
    return cells.slice(0, cells.length - length);
  });
}

async function main(args: readonly string[]): Promise<number> {
  const isCheck = args[0] === "--check";
  if (args.length > (isCheck ? 1 : 0)) {
    console.error("usage: deno task picture [--check]");
    return 2;
  }
  const made = pictureOf(await pictureOutput());
  if (!isCheck) {
    await Deno.writeTextFile(PICTURE, made);
    return 0;
  }
  if (await Deno.readTextFile(PICTURE).catch(() => "") === made) return 0;
  console.error("the picture is not what ccrun shows now: run `deno task picture`, and look at it");
  return 1;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
