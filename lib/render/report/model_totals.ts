import { addUsage, type EventOf, NO_USAGE, type Usage } from "../../events.ts";
import type { ReportModel } from "../report.ts";

/** The model of a message that does not state it. */
const UNKNOWN_MODEL = "unknown model";

/** Adds up the tokens of each model from the messages of a session. Their costs are not known. */
export class ModelTotals {
  readonly #messages = new Map<string, { readonly model: string; readonly usage: Usage }>();

  /** Records the tokens of a message. They replace earlier ones of the same message. */
  record({ message_id: id, model, usage }: EventOf<"usage">): void {
    const name = model ?? this.#messages.get(id)?.model ?? UNKNOWN_MODEL;
    this.#messages.set(id, { model: name, usage });
  }

  /** The tokens of all messages; null if no message was recorded. */
  get usage(): Usage | null {
    if (this.#messages.size === 0) return null;
    return this.#messages.values().map(({ usage }) => usage).reduce(addUsage, NO_USAGE);
  }

  /** The tokens of each model. */
  get models(): ReportModel[] {
    const models = new Map<string, Usage>();
    for (const { model, usage } of this.#messages.values()) {
      models.set(model, addUsage(models.get(model) ?? NO_USAGE, usage));
    }
    return [...models].map(([name, usage]) => ({ name, ...usage, cost_usd: null }));
  }
}

/** Returns the models of an `exit` event, the most expensive first. */
export function modelsOf({ models = {} }: EventOf<"exit">): ReportModel[] {
  return Object.entries(models)
    .map(([name, usage]) => ({ name, ...usage }))
    .sort((one, other) => (other.cost_usd ?? 0) - (one.cost_usd ?? 0));
}
