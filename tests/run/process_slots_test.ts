import { assertEquals } from "@std/assert";
import type { ProcessHolder } from "../../lib/run/process_broker.ts";
import { ProcessSlots } from "../../lib/run/process_slots.ts";

const NEVER = new Promise<never>(() => {});

/** A holder whose runs are ended by the test. */
class FakeHolder implements ProcessHolder {
  readonly name: string;
  #slots: ProcessSlots;
  #log: string[];
  #run: PromiseWithResolvers<void> | undefined;

  constructor(name: string, slots: ProcessSlots, log: string[]) {
    this.name = name;
    this.#slots = slots;
    this.#log = log;
  }

  /** Begins a run, when it may. */
  async begin(sessionId?: string, aborted: Promise<unknown> = NEVER): Promise<void> {
    await this.#slots.acquire(this, sessionId, aborted);
    this.#run = Promise.withResolvers();
    this.#log.push(`${this.name} runs`);
  }

  /** Ends the run, and keeps the claude. */
  end(sessionId?: string): void {
    this.#run?.resolve();
    this.#run = undefined;
    if (sessionId !== undefined) this.#slots.setSessionId(this, sessionId);
    this.#slots.setIdle(this);
  }

  async release(): Promise<void> {
    await this.#run?.promise;
    await settle();
    this.#log.push(`${this.name} is released`);
    // A run may have begun in the meantime.
    if (this.#run === undefined) this.#slots.free(this);
  }
}

/** Waits until everything that can go on has gone on. */
function settle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

function makeHolders(max: number, names: string) {
  const slots = new ProcessSlots(max);
  const log: string[] = [];
  const holders = [...names].map((name) => new FakeHolder(name, slots, log));
  return { slots, log, holders: holders as [FakeHolder, FakeHolder, ...FakeHolder[]] };
}

Deno.test("the claude that was idle for the longest time makes room", async () => {
  const { slots, log, holders: [a, b, c] } = makeHolders(2, "abc");
  await a.begin();
  await b.begin();
  b.end();
  a.end();
  await c?.begin();
  assertEquals(log, ["a runs", "b runs", "b is released", "c runs"]);
  assertEquals(slots.size, 2);
  // a has its claude still.
  await a.begin();
  assertEquals(log.slice(4), ["a runs"]);
});

Deno.test("runs wait in order while all claudes are busy", async () => {
  const { slots, log, holders: [a, b, c] } = makeHolders(1, "abc");
  await a.begin();
  const waiting = [b.begin(), c?.begin()];
  await settle();
  assertEquals(log, ["a runs"]);
  a.end();
  await waiting[0];
  b.end();
  await waiting[1];
  assertEquals(log, ["a runs", "a is released", "b runs", "b is released", "c runs"]);
  assertEquals(slots.size, 1);
});

Deno.test("a run that is stopped leaves the queue", async () => {
  const { slots, log, holders: [a, b, c] } = makeHolders(1, "abc");
  await a.begin();
  const stop = Promise.withResolvers<void>();
  const stopped = b.begin(undefined, stop.promise);
  const waiting = c?.begin();
  await settle();
  stop.resolve();
  await stopped;
  slots.free(b);
  a.end();
  await waiting;
  assertEquals(log, ["a runs", "b runs", "a is released", "c runs"]);
  assertEquals(slots.size, 1);
});

Deno.test("a session has one claude, after the run that uses it", async () => {
  const { slots, log, holders: [a, b] } = makeHolders(8, "ab");
  await a.begin("X");
  const waiting = b.begin("X");
  await settle();
  assertEquals(log, ["a runs"]);
  a.end();
  await waiting;
  assertEquals(log, ["a runs", "a is released", "b runs"]);
  assertEquals(slots.size, 1);
});

Deno.test("a session that claude chose itself ends the other claude of it", async () => {
  const { slots, log, holders: [a, b] } = makeHolders(8, "ab");
  await a.begin("X");
  a.end();
  await b.begin();
  b.end("X");
  await settle();
  await settle();
  assertEquals(log, ["a runs", "b runs", "a is released"]);
  assertEquals(slots.size, 1);
});

Deno.test("two holders can exchange their sessions", async () => {
  const { slots, holders: [a, b] } = makeHolders(8, "ab");
  await a.begin("X");
  await b.begin("Y");
  a.end();
  b.end();
  await Promise.all([a.begin("Y"), b.begin("X")]);
  assertEquals(slots.size, 2);
});

Deno.test("many runs of many holders never have more claudes than allowed", async () => {
  const { slots, log, holders } = makeHolders(3, "abcdefghij");
  let peak = 0;
  await Promise.all(holders.map(async (holder, index) => {
    for (let run = 0; run < 20; run++) {
      await holder.begin(`session ${(index + run) % 7}`);
      peak = Math.max(peak, slots.size);
      await settle();
      holder.end();
    }
  }));
  assertEquals(peak, 3);
  assertEquals(log.filter((entry) => entry.endsWith("runs")).length, 200);
});
