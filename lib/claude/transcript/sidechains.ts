import { BoundedMap } from "../../util/bounded_map.ts";
import type { JsonObject } from "../../util/json.ts";
import { getId, getObject, getString } from "../json_fields.ts";
import { startsSubagent } from "../tools.ts";
import { blocksOf, textOf } from "./entries.ts";

/** How many calls without their entries, and how many entries, are remembered. */
const MAX_CALLS = 1_000;
const MAX_ENTRIES = 100_000;

/**
 * Assigns the entries of subagents to the calls that started them, in transcripts that contain both. The
 * first entry of a subagent repeats the prompt of the call, and the others name the entry before them.
 */
export class Sidechains {
  /** Calls whose subagent has no entry yet: their prompts by their ids, the oldest first. */
  #prompts = new BoundedMap<string, string>(MAX_CALLS);
  #descriptions = new BoundedMap<string, string>(MAX_CALLS);
  /** The call of each entry. */
  #calls = new BoundedMap<string, string>(MAX_ENTRIES);

  /** Records the calls in an entry of the model. */
  recordCalls(entry: JsonObject): void {
    for (const block of blocksOf(entry)) {
      if (!startsSubagent(getString(block, "name") ?? "")) continue;
      const id = getId(block, "id");
      const input = getObject(block, "input");
      const prompt = getString(input, "prompt");
      if (prompt !== undefined) this.#prompts.set(id, prompt);
      this.#descriptions.set(id, getString(input, "description") ?? "");
    }
  }

  /** Returns what a call says about its subagent. */
  descriptionOf(call: string): string | undefined {
    return this.#descriptions.get(call);
  }

  /**
   * Returns the call whose subagent has an entry. Some versions begin a session with a subagent of their
   * own, which no call has started.
   */
  callOf(entry: JsonObject): string | undefined {
    const call = this.#calls.get(getString(entry, "parentUuid") ?? "") ?? this.#start(entry);
    const uuid = getString(entry, "uuid");
    if (call !== undefined && uuid !== undefined) this.#calls.set(uuid, call);
    return call;
  }

  #start(entry: JsonObject): string | undefined {
    if (entry["type"] !== "user") return undefined;
    const text = textOf(entry);
    const [call] = this.#prompts.entries().find(([, prompt]) => prompt === text) ?? [];
    if (call !== undefined) this.#prompts.delete(call);
    return call;
  }
}
