import { processTable } from "./process_table.ts";
import type { Sandbox } from "./sandbox.ts";

/** Returns the ids of the processes of a sandbox that run this claude, real or fake. */
export async function claudeProcesses(sandbox: Sandbox, path: string): Promise<number[]> {
  const own = new Set(await sandbox.processes());
  const table = await processTable();
  return table.filter(({ pid, command }) => own.has(pid) && command.includes(path))
    .map(({ pid }) => pid);
}
