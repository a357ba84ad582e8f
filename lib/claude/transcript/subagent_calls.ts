import { parseJsonObject } from "../../util/json.ts";
import { isId } from "../../util/plausible.ts";
import { getId, getObject, getPlausible, getString } from "../json_fields.ts";
import { startsSubagent } from "../tools.ts";
import { blocksOf, timeOf } from "./entries.ts";

/** A call that started a subagent. */
export interface SubagentCall {
  readonly id: string;
  /** The latest time in the transcript up to the call, in milliseconds since 1970. */
  readonly timeMs: number;
}

/**
 * Finds the calls that started subagents in a transcript of versions before 2.1.197, in which only the
 * result of a call names its subagent.
 *
 * @returns the calls by the ids of the subagents
 */
export async function findSubagentCalls(
  lines: AsyncIterable<string>,
): Promise<ReadonlyMap<string, SubagentCall>> {
  const times = new Map<string, number>();
  const calls = new Map<string, SubagentCall>();
  let latestMs = 0;
  for await (const line of lines) {
    const entry = parseJsonObject(line) ?? {};
    latestMs = Math.max(latestMs, timeOf(entry) ?? 0);
    for (const block of blocksOf(entry)) {
      if (startsSubagent(getString(block, "name") ?? "")) {
        times.set(getId(block, "id"), latestMs);
      }
      const agent = getPlausible(getObject(entry, "toolUseResult"), "agentId", isId);
      if (agent === undefined || block["type"] !== "tool_result") continue;
      const id = getId(block, "tool_use_id");
      calls.set(agent, { id, timeMs: times.get(id) ?? 0 });
    }
  }
  return calls;
}
