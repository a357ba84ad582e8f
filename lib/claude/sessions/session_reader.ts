/**
 * Reads sessions and what they used.
 *
 * @module
 */

import { addUsage, NO_USAGE, type Usage } from "../../events.ts";
import { roundCost } from "../../util/cost.ts";
import { mapAhead } from "../../util/map_ahead.ts";
import { type Session, sessionOf } from "./list.ts";
import { readEntries } from "./read_entries.ts";
import type { SessionFile } from "./store.ts";
import { SubagentIndex } from "./subagent_index.ts";
import { readTranscript, type SessionRecord } from "./transcript.ts";
import { USAGE_PATTERN, UsageCollector, type UsageStep } from "./usage_steps.ts";
import { UsageTotals } from "./usage_totals.ts";

/** How many sessions are read at a time. More of them need more memory, but no less time. */
const READ_AHEAD = 4;

/** A session as it was read. */
export interface ReadSession {
  readonly file: SessionFile;
  readonly record: SessionRecord;
  /** The messages and costs, including those of subagents. */
  readonly steps: readonly UsageStep[];
}

/** Options for {@linkcode readSessionsInOrder}. */
export interface ReadSessionsOptions {
  /** Stops the reading. */
  readonly signal?: AbortSignal | undefined;
  /** Receives the path of a file that cannot be read, and why. */
  readonly onSkip: (path: string, error: unknown) => void;
}

/** Reads files in their order. Those without a conversation are left out. */
export async function* readSessionsInOrder(
  files: Iterable<SessionFile>,
  options: ReadSessionsOptions,
): AsyncGenerator<ReadSession> {
  const subagents = new SubagentIndex();
  const sessions = mapAhead(files, READ_AHEAD, (file) => read(file, subagents, options));
  for await (const session of sessions) if (session !== undefined) yield session;
}

async function read(
  file: SessionFile,
  subagents: SubagentIndex,
  { signal, onSkip }: ReadSessionsOptions,
): Promise<ReadSession | undefined> {
  const skip = (path: string) => (error: unknown) => {
    signal?.throwIfAborted();
    // A session that was deleted in the meantime is not missing.
    if (!(error instanceof Deno.errors.NotFound)) onSkip(path, error);
    return undefined;
  };
  const usage = new UsageCollector();
  const record = await readTranscript(file.path, { usage, signal }).catch(skip(file.path));
  if (record === undefined) return undefined;
  const subagentUsage = new UsageCollector();
  for (const path of await subagents.pathsOf(file)) {
    await collectUsage(path, subagentUsage, signal).catch(skip(path));
  }
  return { file, record, steps: withSubagents(usage.steps, subagentUsage.steps) };
}

async function collectUsage(
  path: string,
  usage: UsageCollector,
  signal: AbortSignal | undefined,
): Promise<void> {
  for await (const entry of readEntries(path, { pattern: USAGE_PATTERN, signal })) {
    usage.read(entry);
  }
}

/** Inserts the messages of subagents before the recorded cost that includes theirs. */
function withSubagents(
  steps: readonly UsageStep[],
  subagentSteps: readonly UsageStep[],
): readonly UsageStep[] {
  const last = steps.findLastIndex(({ type }) => type === "cost");
  const lastMs = steps[last]?.timeMs ?? -Infinity;
  // Claude Code records the cost when its subagents have ended.
  const isIncluded = ({ timeMs }: UsageStep) =>
    last === steps.length - 1 || (timeMs ?? Infinity) <= lastMs;
  if (last === -1) return [...steps, ...subagentSteps];
  return [
    ...steps.slice(0, last),
    ...subagentSteps.filter(isIncluded),
    ...steps.slice(last),
    ...subagentSteps.filter((step) => !isIncluded(step)),
  ];
}

/** A session, and what it used: all in its file, including what it was forked from. */
export interface SessionDetails extends Session {
  /** The directory that it started in; null if it is not known. */
  readonly workspace: string | null;
  /** The models, the most used first. */
  readonly models: readonly string[];
  readonly usage: Usage;
  /** The recorded cost in US dollars; null if none is recorded. */
  readonly cost_usd: number | null;
  /** Whether a part of the cost is not recorded. */
  readonly cost_is_partial: boolean;
}

/** Returns what `ccrun sessions` lists of a session. */
export function detailsOf({ file, record, steps }: ReadSession): SessionDetails {
  const workspace = record.cwd ?? null;
  const totals = new UsageTotals({ by: "model" });
  if (steps.length > 0) totals.add({ workspace, steps });
  const groups = [...totals.totals].sort(([, one], [, other]) =>
    other.usage.output - one.usage.output
  );
  const costs = groups.map(([, { cost_usd }]) => cost_usd).filter((usd) => usd !== null);
  const isPartial = groups.some(([, total]) => total.sessions_without_cost > 0);
  return {
    ...sessionOf(file, record),
    workspace,
    models: groups.map(([model]) => model).filter((model) => model !== null),
    usage: groups.map(([, { usage }]) => usage).reduce(addUsage, NO_USAGE),
    cost_usd: costs.length === 0 ? null : roundCost(costs.reduce((sum, usd) => sum + usd)),
    cost_is_partial: costs.length > 0 && isPartial,
  };
}
