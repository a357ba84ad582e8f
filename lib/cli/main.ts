import { type Inherited, lookAtInheritance } from "../process/inherited.ts";
import { type Edge, lookAtEdge } from "./edge.ts";
import { helpText, versionText } from "./help.ts";
import type { Command } from "./options.ts";
import { parseCommandLine } from "./parse.ts";
import { print } from "./print.ts";

/** The commands that signals can stop. */
const STOPPABLE: readonly Command[] = ["run", "replay", "doctor"];

/**
 * ccrun: arguments in, exit code out.
 *
 * What it needs for most commands, over a hundred modules, takes 25 ms to load. `--version` and
 * `--help` do without, and a run looks meanwhile at what it has inherited. A binary loads it always:
 * it keeps the compiled code of what its very first start has loaded, and of nothing else.
 *
 * @returns the exit code
 */
export async function main(args: readonly string[]): Promise<number> {
  if (Deno.build.standalone) await import("./carry_out.ts");
  let edge: Edge | undefined;
  let inherited: Promise<Inherited> | undefined;
  try {
    edge = lookAtEdge(args[0] === "doctor");
    const line = parseCommandLine(args);
    const { command, options } = line;
    if (options.has("version")) return await print(versionText());
    if (options.has("help")) return await print(helpText(command));
    if (STOPPABLE.includes(command)) inherited = lookAtInheritance();
    const { carryOut } = await import("./carry_out.ts");
    return await carryOut(line, { args, edge, inherited });
  } catch (error) {
    // Nothing that was started is left behind.
    await inherited;
    const { reportFailure } = await import("./report_failure.ts");
    return await reportFailure(error, { args, edge });
  }
}
