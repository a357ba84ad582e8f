import type { EventOf } from "../../events.ts";
import { continuesText } from "../../util/text_continuation.ts";
import type { ReportStep, TextStep, ThinkingStep } from "../report.ts";

type ModelStep = TextStep | ThinkingStep;

type Mutable<S> = { -readonly [F in keyof S]: S[F] };

type Block = EventOf<"text" | "thinking">;

/** A text or a thought in a list of steps. */
interface Entry {
  readonly steps: ReportStep[];
  readonly step: Mutable<ModelStep>;
  /** The blocks that it consists of. */
  blocks: Block[];
}

/** Adds what the model writes to lists of steps. Joins texts that continue each other. */
export class ModelSteps {
  readonly #entries = new Map<ReportStep, Entry>();
  readonly #byMessage = new Map<string, Set<Entry>>();

  /** Adds a block to the steps of its agent. */
  add(steps: ReportStep[], block: Block, number: number): void {
    const entry = this.#continuedEntry(steps, block) ?? this.#addEntry(steps, block, number);
    entry.blocks.push(block);
    entry.step.text += block.text;
    const entries = this.#byMessage.get(block.message_id);
    if (entries === undefined) this.#byMessage.set(block.message_id, new Set([entry]));
    else entries.add(entry);
  }

  #continuedEntry(steps: readonly ReportStep[], block: Block): Entry | undefined {
    const last = steps.at(-1);
    if (last?.kind !== "text" || block.type !== "text") return undefined;
    const entry = this.#entries.get(last);
    const before = entry?.blocks.at(-1);
    return before !== undefined && continuesText(block, before) ? entry : undefined;
  }

  #addEntry(steps: ReportStep[], block: Block, number: number): Entry {
    const step = createStep(block, number);
    const entry: Entry = { steps, step, blocks: [] };
    this.#entries.set(step, entry);
    steps.push(step);
    return entry;
  }

  /** Removes the blocks of a message that no longer counts. */
  retract(messageId: string): void {
    for (const entry of this.#byMessage.get(messageId) ?? []) {
      entry.blocks = entry.blocks.filter((block) => block.message_id !== messageId);
      entry.step.text = textOf(entry);
      if (entry.blocks.length === 0) remove(entry.steps, entry.step);
    }
    this.#byMessage.delete(messageId);
  }
}

function createStep(block: Block, number: number): ModelStep {
  const place = { number, timeMs: block.time_ms, text: "" };
  return block.type === "thinking"
    ? { kind: "thinking", ...place }
    : { kind: "text", ...place, isSynthetic: block.synthetic ?? false };
}

function textOf({ blocks }: Entry): string {
  return blocks.map(({ text }) => text).join("");
}

function remove(steps: ReportStep[], step: ReportStep): void {
  const index = steps.lastIndexOf(step);
  if (index >= 0) steps.splice(index, 1);
}
