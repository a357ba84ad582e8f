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
