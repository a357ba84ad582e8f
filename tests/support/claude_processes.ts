import { processTable } from "./process_table.ts";
import type { Sandbox } from "./sandbox.ts";

/** Returns the ids of the processes of a sandbox that run this claude, real or fake. */
export async function claudeProcesses(sandbox: Sandbox, path: string): Promise<number[]> {
  const own = new Set(await sandbox.processes());
  const found = (await processTable())
    .filter(({ pid, command }) => own.has(pid) && command.includes(path));
  // A subshell of a fake claude has the same command line.
  const commands = new Map(found.map(({ pid, command }) => [pid, command]));
  return found.filter(({ parent, command }) => commands.get(parent) !== command)
    .map(({ pid }) => pid);
}
