import { addUsage, NO_USAGE, type Usage } from "../../events.ts";
import type { JsonObject } from "../../util/json.ts";
import { getId, getObject } from "../json_fields.ts";
import { readUsage } from "../usage.ts";

/** Adds up the tokens of messages. Each line of a message repeats its tokens, and the last one has all. */
export class MessageTokens {
  #usages = new Map<string, Usage>();

  /** Records the tokens that an entry of the model states. */
  record(entry: JsonObject): void {
    const message = getObject(entry, "message");
    const usage = readUsage(message["usage"]);
    const id = getId(message, "id");
    if (usage === undefined || id === "") return;
    const known = this.#usages.get(id);
    if (known === undefined || usage.output >= known.output) this.#usages.set(id, usage);
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
  }
}
