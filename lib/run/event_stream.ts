import type { RunEvent } from "../events.ts";

/** How much may wait for the reader, in {@linkcode weightOf} units: 256 small events. */
const MAX_PENDING = 256;

/** The characters that weigh as much as one small event. */
const CHARACTERS_PER_UNIT = 4096;

/** Returns the weight of an event in the buffer, which grows with its text. */
function weightOf(event: RunEvent): number {
  const text = "text" in event ? event.text : event.type === "raw" ? event.content : "";
  return 1 + Math.floor(text.length / CHARACTERS_PER_UNIT);
}

/**
 * Carries events from several sources to one reader. The sources wait for {@linkcode ready} before they
 * read more, so that a slow reader slows them down.
 *
 * @example
 * ```ts
 * import { createEventFactory } from "../events.ts";
 * import { EventStream } from "./event_stream.ts";
 *
 * const events = new EventStream();
 * events.emit(createEventFactory(() => 0)({ type: "raw", content: "hello" }));
 * events.close();
 * for await (const event of events) console.log(event.type); // raw
 * ```
 */
export class EventStream implements AsyncIterable<RunEvent> {
  #controller!: ReadableStreamDefaultController<RunEvent>;
  #capacity: PromiseWithResolvers<void> | undefined;
  #isClosed = false;
  #readable = new ReadableStream<RunEvent>({
    start: (controller) => void (this.#controller = controller),
    pull: () => this.#resumeSources(),
    cancel: () => this.#markClosed(),
  }, { highWaterMark: MAX_PENDING, size: weightOf });

  /** Whether the sources should wait for {@linkcode ready}. */
  get isFull(): boolean {
    return !this.#isClosed && (this.#controller.desiredSize ?? 0) <= 0;
  }

  /** Whether no more events are accepted. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Appends an event. After {@linkcode close} it is dropped. */
  emit(event: RunEvent): void {
    if (!this.#isClosed) this.#controller.enqueue(event);
  }

  /** Resolves when the reader has room, or has left. */
  async ready(): Promise<void> {
    if (!this.isFull) return;
    this.#capacity ??= Promise.withResolvers();
    await this.#capacity.promise;
  }

  /** Ends the stream after the events that it has. */
  close(): void {
    if (this.#isClosed) return;
    this.#controller.close();
    this.#markClosed();
  }

  #markClosed(): void {
    this.#isClosed = true;
    this.#resumeSources();
  }

  #resumeSources(): void {
    this.#capacity?.resolve();
    this.#capacity = undefined;
  }

  [Symbol.asyncIterator](): AsyncIterator<RunEvent> {
    return this.#readable.values();
  }
}
