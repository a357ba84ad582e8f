import type { SessionFile } from "../../claude/sessions/store.ts";
import { type Grouping, UsageTotals } from "../../claude/sessions/usage_totals.ts";
import { inputTokens } from "../../events.ts";
import { getNumber, getText } from "../command_line.ts";
import { GROUPINGS } from "../options.ts";
import { jsonArray } from "./json_array.ts";
import { createRedact, type SessionsTask } from "./sessions_task.ts";
import { type TotalRow, totalsTable } from "./totals_table.ts";

/** Returns what the sessions used together, or by day, model or workspace. */
export async function* totalsTexts(task: SessionsTask): AsyncGenerator<string> {
  const { options, host } = task;
  const by = GROUPINGS.find((grouping) => grouping === getText(options, "by"));
  const rows = (await sumSessions(task, by)).slice(0, getNumber(options, "limit"));
  if (options.has("json")) {
    yield* jsonArray(
      rows.map(({ key, total }) => by === undefined ? total : { [by]: key, ...total }),
    );
    return;
  }
  const redact = await createRedact(task);
  const shown = rows.map(({ key, total }) => ({ key: key && redact(key), total }));
  yield totalsTable(shown, { by, hasHeading: host.isTerminal.stdout });
}

/** Adds up what the sessions used. */
async function sumSessions(
  { source, signal }: SessionsTask,
  by: Grouping | undefined,
): Promise<TotalRow[]> {
  const totals = new UsageTotals({ by, sinceMs: source.sinceMs });
  for await (const { record, steps } of source.read(originalsFirst(source.files), signal)) {
    totals.add({ workspace: record.cwd ?? null, steps });
  }
  const rows = totals.totals.entries().map(([key, total]) => ({ key, total }));
  return rows.toArray().sort(by === "day" ? compareNewestFirst : compareMostFirst);
}

/** Returns files so that a session comes before its forks. */
function originalsFirst(files: readonly SessionFile[]): SessionFile[] {
  return files.toSorted((one, other) =>
    one.createdMs - other.createdMs || one.updatedMs - other.updatedMs
  );
}

function compareNewestFirst({ key: one }: TotalRow, { key: other }: TotalRow): number {
  return (one ?? "") > (other ?? "") ? -1 : 1;
}

function compareMostFirst(one: TotalRow, other: TotalRow): number {
  return tokensOf(other) - tokensOf(one);
}

function tokensOf({ total: { usage } }: TotalRow): number {
  return inputTokens(usage) + usage.output;
}
