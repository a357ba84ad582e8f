import { type InheritedState, readInheritedState } from "../process/inherited_state.ts";
import { type HostInfo, inspectHost } from "./host.ts";
import { fullHelp, shortHelp, versionText } from "./help.ts";
import type { Command } from "./options.ts";
import { parseCommandLine } from "./args.ts";
import { print } from "./print.ts";

/** The commands that signals can stop. */
const STOPPABLE: readonly Command[] = ["run", "replay", "doctor"];

/**
 * ccrun: arguments in, exit code out.
 *
 * Over a hundred modules take 30 ms to load, so that each is loaded where it is needed: `--version`
 * and `--help` do with a few, and half of a run's are loaded while claude starts. A binary loads a
 * run's at once: it keeps the compiled code of what its very first start has loaded by then, and of
 * nothing else.
 *
 * @returns the exit code
 */
export async function main(args: readonly string[]): Promise<number> {
  let edge: HostInfo | undefined;
  let inherited: Promise<InheritedState> | undefined;
  try {
    edge = inspectHost(args[0] === "doctor");
    const line = parseCommandLine(args);
    const { command, options } = line;
    if (options.has("version")) return await print(versionText());
    const help = options.get("help");
    if (help !== undefined) {
      return await print(help.source === "-h" ? shortHelp(command) : fullHelp(command));
    }
    if (STOPPABLE.includes(command)) inherited = readInheritedState();
    const { dispatch } = await import("./dispatch.ts");
    return await dispatch(line, { args, edge, inherited });
  } catch (error) {
    // Nothing that was started is left behind.
    await inherited;
    const { reportEarlyFailure } = await import("./early_failure.ts");
    return await reportEarlyFailure(error, { args, edge });
  }
}
