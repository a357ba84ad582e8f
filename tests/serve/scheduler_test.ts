import { assertEquals } from "@std/assert";
import { Scheduler, type Task } from "../../lib/serve/scheduler.ts";

/** Tasks that end when the test says so, and the order in which they start. */
function makeTasks(scheduler: Scheduler) {
  const started: string[] = [];
  const ends = new Map<string, () => void>();
  const add = (name: string, key: string = name): Task => {
    const end = Promise.withResolvers<void>();
    ends.set(name, end.resolve);
    const task = {
      key,
      run() {
        started.push(name);
        return end.promise;
      },
    };
    scheduler.add(task);
    return task;
  };
  const end = async (name: string) => {
    ends.get(name)?.();
    await new Promise((resolve) => setTimeout(resolve));
  };
  return { started, add, end };
}

Deno.test("tasks run in order, several at a time", async () => {
  const scheduler = new Scheduler(2);
  const { started, add, end } = makeTasks(scheduler);
  for (const name of ["a", "b", "c", "d"]) add(name);
  assertEquals(started, ["a", "b"]);
  assertEquals([scheduler.runningCount, scheduler.waitingCount], [2, 2]);
  await end("b");
  assertEquals(started, ["a", "b", "c"]);
  for (const name of ["a", "c", "d"]) await end(name);
  await scheduler.idle();
  assertEquals([scheduler.runningCount, scheduler.waitingCount], [0, 0]);
});

Deno.test("tasks with the same key wait for each other, and others overtake them", async () => {
  const { started, add, end } = makeTasks(new Scheduler(2));
  add("a1", "a");
  add("a2", "a");
  add("b1", "b");
  assertEquals(started, ["a1", "b1"]);
  await end("a1");
  assertEquals(started, ["a1", "b1", "a2"]);
});

Deno.test("canStart returns whether a task would not wait", async () => {
  const scheduler = new Scheduler(2);
  const { add, end } = makeTasks(scheduler);
  add("a");
  assertEquals([scheduler.canStart("a"), scheduler.canStart("b")], [false, true]);
  add("b");
  assertEquals(scheduler.canStart("c"), false);
  await end("a");
  assertEquals(scheduler.canStart("a"), true);
  await end("b");
});

Deno.test("waitingSize is the size of the tasks that wait", async () => {
  const scheduler = new Scheduler(1);
  const running = Promise.withResolvers<void>();
  scheduler.add({ key: 0, size: 5, run: () => running.promise });
  for (const size of [1, 2, undefined]) scheduler.add({ key: 0, size, run: async () => {} });
  assertEquals(scheduler.waitingSize, 3);
  running.resolve();
  await scheduler.idle();
  assertEquals(scheduler.waitingSize, 0);
});

Deno.test("a removed task does not run, and a running one cannot be removed", async () => {
  const scheduler = new Scheduler(1);
  const { started, add, end } = makeTasks(scheduler);
  const [first, second] = [add("a"), add("b")];
  assertEquals([scheduler.remove(first), scheduler.remove(second)], [false, true]);
  await end("a");
  await scheduler.idle();
  assertEquals(started, ["a"]);
});

Deno.test("idle resolves at once without tasks, and again after later ones", async () => {
  const scheduler = new Scheduler(1);
  await scheduler.idle();
  const { add, end } = makeTasks(scheduler);
  add("a");
  const idle = scheduler.idle();
  await end("a");
  await idle;
});
