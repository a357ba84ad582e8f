/**
 * Shows ccrun at work, without an account and without the network: the real Claude Code, with a scripted API.
 *
 * Run it as `deno task demo`.
 *
 * @module
 */

import { command, denoVariables } from "./ccrun.ts";
import { claudePath } from "./claude.ts";
import { DEMO_FILES, DEMO_PROMPT, demoScript } from "./demo_script.ts";
import { startMessagesApi } from "./messages_api.ts";
import { makeSandbox } from "./sandbox.ts";

/** Between two words: fast reading, and the whole session well under 20 s. */
const DELAY_MS = 35;

/** What a person types at the terminal to stop it; ccrun hears it too and ends, and so does the demo then. */
const STOP_SIGNALS: readonly Deno.Signal[] = ["SIGINT", "SIGTERM", "SIGHUP"];

/** Variables of the terminal, by which ccrun decides how to show things. */
const TERMINAL_VARIABLES: readonly string[] = [
  "TERM",
  "COLORTERM",
  "COLUMNS",
  "LC_ALL",
  "LC_CTYPE",
  "LANG",
  "NO_COLOR",
  "FORCE_COLOR",
];

/** Shows the session and returns ccrun's exit code. */
async function demo(): Promise<number> {
  const claude = await claudePath({
    onInstall: (name) =>
      console.error(`Installing ${name} with npm, once; it may take a minute ...`),
  });
  await using sandbox = await makeSandbox();
  const project = `${sandbox.root}/till`;
  await Deno.mkdir(project);
  for (const [name, content] of Object.entries(DEMO_FILES)) {
    await Deno.writeTextFile(`${project}/${name}`, content);
  }
  await using api = await startMessagesApi({
    respond: demoScript({ project, delayMs: DELAY_MS }),
  });

  const [program, ...prefix] = await command();
  const options = ["--dangerously-skip-permissions"];
  console.error(`$ ccrun ${options.join(" ")} "${DEMO_PROMPT}"\n`);
  const ccrun = new Deno.Command(program, {
    args: [...prefix, "--claude", claude, ...options, DEMO_PROMPT],
    cwd: project,
    clearEnv: true,
    env: { ...sandbox.env(api.url), ...await denoVariables(), ...terminalVariables() },
    stdin: "null",
    stdout: "inherit",
    stderr: "inherit",
  }).spawn();
  using _signals = forwardSignals(ccrun);
  return (await ccrun.status).code;
}

function terminalVariables(): Record<string, string> {
  const set = TERMINAL_VARIABLES.map((name) => [name, Deno.env.get(name)] as const);
  return Object.fromEntries(set.filter((entry): entry is [string, string] => !!entry[1]));
}

/** So that the demo does not die before it has cleaned up. */
function forwardSignals(child: Deno.ChildProcess): Disposable {
  const listeners = STOP_SIGNALS.map((signal) => {
    // Ctrl-C reaches the whole foreground group, ccrun too; a second one would mean more than the person said.
    const listener = () => {
      if (signal !== "SIGINT") child.kill(signal);
    };
    Deno.addSignalListener(signal, listener);
    return { signal, listener };
  });
  return {
    [Symbol.dispose](): void {
      for (const { signal, listener } of listeners) Deno.removeSignalListener(signal, listener);
    },
  };
}

if (import.meta.main) Deno.exit(await demo());
