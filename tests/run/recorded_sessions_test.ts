import { assertEquals } from "@std/assert";
import { addUsage, NO_USAGE, type Usage } from "../../lib/events.ts";
import { readUsage } from "../../lib/claude/usage.ts";
import { replaySession } from "../../lib/run/replay.ts";
import { assertEvents } from "../support/event_schema.ts";
import { eventsOfType, exitOf } from "../support/events_of_type.ts";
import { asArray, asObject, asString, isJsonObject, type JsonObject } from "../support/json.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { recordedTranscripts, storeRecordedSession } from "../support/stored_sessions.ts";

/** The types of blocks that become an event of a type. */
const SAME_TYPES: Readonly<Record<string, readonly string[]>> = {
  tool_use: ["tool_use", "server_tool_use"],
  tool_result: ["tool_result", "web_search_tool_result"],
};

for (const name of recordedTranscripts()) {
  Deno.test(`replaySession shows all calls, results, texts and tokens of ${name}`, async () => {
    await using sandbox = await makeSandbox();
    const { path } = await storeRecordedSession(sandbox.home, sandbox.project, name);
    const events = await Array.fromAsync(replaySession(path));
    assertEvents(events);

    const entries = await entriesOf(path);
    const messages = entries.map(({ message }) => asObject(message));
    const blocks = messages.flatMap(({ content }) => asArray(content).map(asObject));
    const ids = (type: string, field: string) =>
      blocks.filter((block) => SAME_TYPES[type]?.includes(asString(block.type))).map((block) =>
        asString(block[field])
      ).sort();
    const calls = eventsOfType(events, "tool_use").map(({ id }) => id).sort();
    assertEquals(calls, ids("tool_use", "id"), "calls");
    const results = eventsOfType(events, "tool_result").map((event) => event.tool_use_id).sort();
    assertEquals(results, ids("tool_result", "tool_use_id"), "results");

    // A stream leaves out what a subagent says to its caller, too.
    const texts = entries.filter(({ type, isSidechain }) => type === "assistant" && !isSidechain)
      .map(({ message }) => asObject(message)).flatMap(({ content }) =>
        asArray(content).map((block) => asString(asObject(block).text))
      );
    const words = new Set(events.flatMap((event) => "text" in event ? [event.text] : []));
    assertEquals(texts.filter((text) => text !== "" && !words.has(text)), [], "texts");

    const { usage, ok } = exitOf(events);
    // Without a result, what Claude Code does at its start does not count.
    const counted = ok === null ? entries.filter((entry) => !isWarmUp(entry)) : entries;
    const tokens = tokensOf(counted.map(({ message }) => asObject(message)));
    assertEquals(usage ?? NO_USAGE, recordedTokens(path) ?? tokens, "tokens");
    const [first] = events.filter(({ type }) => type === "user_text" || type === "text");
    if (first !== undefined) assertEquals(first.type, "user_text", "the first message");
    const stopped = eventsOfType(events, "notice").filter(({ kind }) => kind === "stopped_tasks");
    assertEquals(stopped, [], "tasks");
  });
}

function isWarmUp({ isSidechain, message }: JsonObject): boolean {
  const text = asString(asObject(asArray(asObject(message).content)[0]).text);
  return isSidechain === true && text === "Ready";
}

/** Returns the entries with messages of a session and of its subagents, except what has no meaning. */
async function entriesOf(path: string): Promise<readonly JsonObject[]> {
  const folder = path.replace(/\.jsonl$/, "");
  const paths = [path];
  for (const directory of [folder.replace(/\/[^/]*$/, ""), `${folder}/subagents`]) {
    for (const { name } of await entriesIn(directory)) {
      if (/^agent-.*\.jsonl$/.test(name)) paths.push(`${directory}/${name}`);
    }
  }
  return paths.flatMap(linesOf).filter((entry) => {
    const { model } = asObject(entry.message);
    const isFiller = model === "<synthetic>" && entry.isApiErrorMessage !== true;
    return isJsonObject(entry.message) && !isFiller;
  });
}

function linesOf(path: string): readonly JsonObject[] {
  return Deno.readTextFileSync(path).trimEnd().split("\n").map((line) =>
    asObject(JSON.parse(line))
  );
}

/** Returns the tokens that the session states, which include those of a compaction. */
function recordedTokens(path: string): Usage | undefined {
  const state = linesOf(path).findLast(({ type }) => type === "cost-state");
  if (state === undefined) return undefined;
  return Object.values(asObject(state.modelUsage)).map(asObject).map((usage): Usage => ({
    input: Number(usage.inputTokens),
    output: Number(usage.outputTokens),
    cache_read: Number(usage.cacheReadInputTokens),
    cache_write: Number(usage.cacheCreationInputTokens),
  })).reduce(addUsage, NO_USAGE);
}

async function entriesIn(directory: string): Promise<readonly Deno.DirEntry[]> {
  return await Array.fromAsync(Deno.readDir(directory)).catch(() => []);
}

/** Returns the tokens of the messages. The lines of a message repeat them, the last one states all. */
function tokensOf(messages: readonly JsonObject[]): Usage {
  const usages = new Map<string, Usage>();
  for (const { id, usage } of messages) {
    const read = readUsage(usage);
    if (read !== undefined) usages.set(asString(id), read);
  }
  return [...usages.values()].reduce(addUsage, NO_USAGE);
}
