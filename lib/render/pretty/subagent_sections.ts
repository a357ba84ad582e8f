import type { Styles } from "../../terminal/styles.ts";
import type { BlockWriter } from "./block_writer.ts";
import { formatToolLabel, type ToolLabel } from "../tool_label.ts";

/** A tool call that may have started a subagent. */
interface Caller {
  readonly label: ToolLabel;
  readonly depth: number;
  readonly parent: string | undefined;
}

/**
 * Keeps the output of subagents apart: it determines their depth, and names a subagent again when
 * something else was printed since.
 */
export class SubagentSections {
  readonly #writer: BlockWriter;
  readonly #styles: Styles;
  readonly #callers = new Map<string, Caller>();
  /** The subagent that was printed last, at each depth. */
  readonly #current: string[] = [];

  /** Creates sections without subagents. */
  constructor(writer: BlockWriter, styles: Styles) {
    this.#writer = writer;
    this.#styles = styles;
  }

  /** Adds a tool call, whose events may follow. */
  add(id: string, label: ToolLabel, parent: string | undefined): void {
    this.#callers.set(id, {
      label,
      depth: this.depthOf(parent),
      parent: this.#acyclic(id, parent),
    });
  }

  /** Returns the parent, unless the events claim that a call is among its own ancestors. */
  #acyclic(id: string, parent: string | undefined): string | undefined {
    for (let at = parent; at !== undefined; at = this.#callers.get(at)?.parent) {
      if (at === id) return undefined;
    }
    return parent;
  }

  /** Returns the depth of the events of a subagent, or of the main agent. */
  depthOf(parent: string | undefined): number {
    if (parent === undefined) return 0;
    return (this.#callers.get(parent)?.depth ?? 0) + 1;
  }

  /** Prepares printing for a subagent, or for the main agent, and returns the depth. */
  startSection(parent: string | undefined): number {
    const depth = this.depthOf(parent);
    if (parent === undefined) {
      this.#current.length = 0;
      return depth;
    }
    const caller = this.#callers.get(parent);
    const isCurrent = this.#current[depth - 1] === parent || this.#writer.lastBlockId === parent;
    if (caller !== undefined && !isCurrent) this.#nameAgain(caller);
    this.#current.length = depth - 1;
    this.#current[depth - 1] = parent;
    return depth;
  }

  #nameAgain({ label, parent }: Caller): void {
    const depth = this.startSection(parent);
    this.#writer.startBlock("tool", depth);
    const columns = this.#writer.availableColumns(depth);
    const { dim } = this.#styles;
    const title = formatToolLabel({ ...label, suffix: "" }, {
      columns: columns === undefined ? undefined : columns - 2,
      styles: this.#styles,
      style: dim,
    });
    this.#writer.write(`${dim("↳")} ${title}`, depth);
  }
}
