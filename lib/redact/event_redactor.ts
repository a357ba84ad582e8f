import type { EventOf, RunEvent } from "../events.ts";
import { BoundedMap } from "../util/bounded_map.ts";
import { detach, sliceEnd } from "../util/truncate.ts";
import type { Redactor } from "./redactor.ts";

/** The length of the end of a text that can be the beginning of a secret. */
const MAX_END_LENGTH = 4096;

/** Most runs have fewer agents. */
const MAX_AGENTS = 256;

function isShownInSequence(
  event: RunEvent,
): event is EventOf<"text" | "thinking" | "tool_result"> {
  return event.type === "text" || event.type === "thinking" || event.type === "tool_result";
}

/**
 * Removes secrets from the events of a run. Consecutive texts of an agent, or outputs of its tools, could
 * each have a piece of a secret that is too short to be recognized by itself.
 *
 * @example
 * ```ts
 * import type { EventOf, RunEvent } from "../events.ts";
 * import { EventRedactor } from "./event_redactor.ts";
 * import { createRedactor } from "./redactor.ts";
 *
 * const redactor = new EventRedactor(createRedactor({ MY_TOKEN: "k3y-4f1b9c" }));
 * const text = { type: "text", seq: 1, time_ms: 0, message_id: "m", index: 0 } as const;
 * const events: RunEvent[] = [{ ...text, text: "It is k3y-4" }, { ...text, text: "f1b9c." }];
 * const shown = events.map((event) => redactor.redact(event));
 * console.log(shown.map((event) => event?.type === "text" && event.text)); // ["It is k3y-4", "[redacted]."]
 * ```
 */
export class EventRedactor {
  readonly #redactor: Redactor;
  /** The ends of the last texts, by their kind and agent. */
  readonly #ends = new BoundedMap<string, string>(MAX_AGENTS);

  constructor(redactor: Redactor) {
    this.#redactor = redactor;
  }

  /** Returns the event without secrets; undefined for a delta, which could have any part of one. */
  redact(event: RunEvent): RunEvent | undefined {
    if (event.type === "text_delta" || event.type === "thinking_delta") return undefined;
    if (!isShownInSequence(event)) return this.#redactor.event(event);
    const sequence = `${event.type} ${event.parent_tool_use_id ?? ""}`;
    const before = this.#ends.get(sequence) ?? "";
    this.#ends.set(sequence, detach(sliceEnd(before + event.text, MAX_END_LENGTH)));
    const text = this.#redactor.textAfter(before, event.text);
    return { ...this.#redactor.event({ ...event, text: "" }), text } as RunEvent;
  }
}
