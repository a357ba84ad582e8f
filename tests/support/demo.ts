/**
 * Runs ccrun with the real Claude Code against a scripted API, without an account or the network.
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

/** The delay between two words: readable, and the session takes less than 20 s. */
const DELAY_MS = 35;

/** Signals that stop the demo. It ignores them itself, waits for ccrun, and cleans up. */
const STOP_SIGNALS: readonly Deno.Signal[] = ["SIGINT", "SIGTERM", "SIGHUP"];

/** Variables that describe the terminal. */
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

/** Runs the session and returns ccrun's exit code. */
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

/** Forwards signals to ccrun, so that the demo can clean up after it. */
function forwardSignals(child: Deno.ChildProcess): Disposable {
  const listeners = STOP_SIGNALS.map((signal) => {
    // The terminal sends Ctrl-C to ccrun, too. A second SIGINT would kill claude at once.
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
