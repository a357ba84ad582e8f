/**
 * The outcome of a run that has several reasons to stop.
 *
 * @module
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { delay } from "@std/async/delay";
import { emit, initLine, resultLine, textLine } from "../support/fake_claude.ts";
import { fakeSession } from "../support/fake_session.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { runInLibrary } from "./library_scene.ts";
import { withFake } from "./fake_scene.ts";
import { checked, eventOf, eventsOf } from "./scene.ts";

/** A fake claude that does not exit after its result, even on SIGINT. */
const STAYS = "trap 'touch \"$gates/asked\"' INT\nwhile :; do sleep 0.05; done\n";

const GOOD = emit(initLine(), textLine("Done."), resultLine({ result: "Done." }));

Deno.test("a signal changes the outcome even after a timeout that did not", async () => {
  await withFake(`${GOOD}${STAYS}`, async ({ created, start }) => {
    const args = ["--json", "--timeout", "4s", "--grace", "60s", "hi"];
    await using ccrun = await start(args);
    await created("asked");
    ccrun.kill("SIGTERM");
    await ccrun.stdoutUntil('"kind":"stopping"');
    ccrun.kill("SIGINT");
    const run = checked(await ccrun.finished);
    assertEquals([run.code, run.exit.signal], [143, "SIGTERM"]);
    assertEquals(eventsOf(run, "result").length, 1);
  });
});

Deno.test("ccrun --keep-background keeps leftovers if the timeout follows a good result", async () => {
  const body = `nohup sleep 600 >/dev/null 2>&1 & echo $! >"$gates/stays"\n${GOOD}${STAYS}`;
  await withFake(body, async ({ sandbox, start }) => {
    const args = ["--json", "--keep-background", "--timeout", "4s", "--grace", "500ms", "hi"];
    await using ccrun = await start(args);
    const run = checked(await ccrun.finished);
    const pid = Number(await Deno.readTextFile(`${sandbox.root}/stays`));
    try {
      assertEquals([run.code, await sandbox.processes()], [0, [pid]]);
      const [stopped, left] = eventsOf(run, "notice");
      assertStringIncludes(stopped?.text ?? "", "timeout of 4s reached");
      assertStringIncludes(left?.text ?? "", `kept a leftover process: sleep 600 (pid ${pid})`);
    } finally {
      Deno.kill(pid, "SIGKILL");
    }
  });
});

Deno.test("the events have no gap if claude closes its output and does not exit", async () => {
  // Both pipes are closed before the stop is announced, which takes a second.
  const body = `trap '' INT\n${emit(initLine())}exec >&- 2>&-\nexec sleep 377`;
  const { exit } = await runInLibrary(body, { lingerMs: 300, graceMs: 1500 });
  assertEquals([exit.code, exit.reason], [1, "failed"]);
});

Deno.test("ccrun --timeout includes the time to read the prompt", async () => {
  await withFake(GOOD, async ({ start, prompt }) => {
    await using ccrun = await start(["--json", "--timeout", "1s", "hi"], { stdin: "open" });
    await ccrun.write("the beginning of a context");
    const run = checked(await ccrun.finished);
    assertEquals([run.code, run.exit.reason], [124, "timeout"]);
    const { error } = eventOf(run, "error");
    assertEquals(error.message, "timeout of 1s reached: the prompt is not complete");
    assertStringIncludes(error.hint ?? "", "raise --timeout");
    assertEquals(await prompt(), undefined);
  });
});

Deno.test("ccrun --grace accepts more time than a timer", async () => {
  // A forked process has the name of its parent until it calls exec.
  const leftover = `sh -c ': >begun; exec sleep 600' & until [ -e begun ]; do sleep 0.01; done`;
  await withFake(`${leftover}\n${GOOD}`, async ({ run }) => {
    const events = checked(await run(["--json", "--grace", "30d", "hi"]));
    assertEquals([events.code, events.stderr], [0, ""]);
    assertStringIncludes(eventOf(events, "notice").text, "sleep 600");
  });
});

Deno.test("ClaudeSession does not count the time of a slow reader as lingering", async () => {
  await using sandbox = await makeSandbox();
  const lingerMs = 500;
  const session = await fakeSession(sandbox, `head -n 1 >/dev/null\n${GOOD}`, { lingerMs });
  const kinds: string[] = [];
  for await (const event of session.run("hi")) {
    kinds.push(event.type === "notice" ? event.kind : event.type);
    if (event.type === "result") await delay(3 * lingerMs);
  }
  assertEquals(kinds, ["start", "session_info", "text", "usage", "result", "exit"]);
});
