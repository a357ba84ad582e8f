import type { JsonObject } from "../../util/json.ts";
import { isFiller, isTalk } from "./entries.ts";

/** How many entries a late parent can follow. */
const MAX_LATE = 20;

/**
 * Puts the first entries of a transcript in order. In a terminal, 2.1.197 can write the first answer before
 * the prompt: then the parent of the answer comes later.
 */
export class FirstEntries {
  /** The entries whose first parent has not come yet. */
  #held: JsonObject[] = [];
  #known = new Set<unknown>();
  #late = 0;
  #isOver = false;

  /** Returns the entries that can be read now. */
  read(entry: JsonObject): JsonObject[] {
    if (this.#isOver) return [entry];
    if (this.#held.length === 0) return this.#readFirst(entry);
    if (entry["uuid"] === this.#held[0]?.["parentUuid"]) return [entry, ...this.end()];
    const isHeld = this.#held.some(({ uuid }) => uuid === entry["parentUuid"]);
    if (isHeld) this.#held.push(entry);
    if (++this.#late === MAX_LATE) return isHeld ? this.end() : [...this.end(), entry];
    return isHeld ? [] : [entry];
  }

  /** Returns the entries whose parent has not come. */
  end(): JsonObject[] {
    const held = this.#held;
    this.#held = [];
    this.#isOver = true;
    return held;
  }

  #readFirst(entry: JsonObject): JsonObject[] {
    const parent = entry["parentUuid"];
    const isLate = typeof parent === "string" && !this.#known.has(parent);
    this.#known.add(entry["uuid"]);
    if (!isTalk(entry) || isFiller(entry)) return [entry];
    if (!isLate) return [...this.end(), entry];
    this.#held.push(entry);
    return [];
  }
}
