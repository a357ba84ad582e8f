import { addUsage, NO_USAGE, type Usage } from "../../events.ts";
import type { JsonObject } from "../../util/json.ts";
import { isCost } from "../../util/plausible.ts";
import { getId, getObject, getPlausible } from "../json_fields.ts";
import { readUsage } from "../usage.ts";

/**
 * Adds up the tokens of messages, and their costs in versions that state them. Each line of a message
 * repeats its tokens, and the last one has all.
 */
export class MessageTokens {
  #usages = new Map<string, Usage>();
  #costs = new Map<string, number>();

  /** Records the tokens and the cost that an entry of the model states. */
  record(entry: JsonObject): void {
    const message = getObject(entry, "message");
    const usage = readUsage(message["usage"]);
    const id = getId(message, "id");
    if (usage === undefined || id === "") return;
    const known = this.#usages.get(id);
    if (known === undefined || usage.output >= known.output) this.#usages.set(id, usage);
    const cost = getPlausible(entry, "costUSD", isCost);
    if (cost !== undefined) this.#costs.set(id, cost);
  }

  /** The costs in US dollars; undefined if the messages do not state them. */
  get costUsd(): number | undefined {
    if (this.#costs.size === 0) return undefined;
    return this.#costs.values().reduce((sum, cost) => sum + cost, 0);
  }

  /** Returns the sum in the form of the Messages API. */
  get total(): JsonObject {
    const sum = this.#usages.values().reduce(addUsage, NO_USAGE);
    return {
      input_tokens: sum.input,
      output_tokens: sum.output,
      cache_read_input_tokens: sum.cache_read,
      cache_creation_input_tokens: sum.cache_write,
    };
  }

  /** Forgets all messages. */
  clear(): void {
    this.#usages.clear();
    this.#costs.clear();
  }
}
