import type { StepKind } from "./step.ts";

/** Records which steps a page shows, for the parts of the page that refer to them. */
export class ShownSteps {
  /** The kinds of the steps. */
  readonly kinds = new Set<StepKind>();
  /** Whether one of the steps is a problem. */
  hasProblem = false;
  readonly #places = new Set<number>();
  #sorted = new Float64Array();

  /** Records the place of a step, or of the note that stands for it and those after it. */
  addPlace(number: number): void {
    this.#places.add(number);
  }

  /** Returns the number of a step, or of the last place before it if the step is not shown. */
  placeOf(number: number): number {
    if (this.#places.has(number)) return number;
    if (this.#sorted.length !== this.#places.size) {
      this.#sorted = Float64Array.from(this.#places).sort();
    }
    return this.#sorted.findLast((place) => place < number) ?? number;
  }
}
