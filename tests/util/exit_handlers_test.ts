import { assertEquals, assertStringIncludes } from "@std/assert";
import { REPOSITORY } from "../support/paths.ts";
import { startProcess } from "../support/running_process.ts";
import { makeSandbox } from "../support/sandbox.ts";

/** Runs a program in which `onExit` is there, and tells what it printed. */
async function run(body: string): Promise<{ stdout: string; stderr: string; code: number }> {
  await using sandbox = await makeSandbox();
  const program = `${sandbox.root}/program.ts`;
  await Deno.writeTextFile(
    program,
    `import { onExit } from "${REPOSITORY}/lib/util/exit_handlers.ts";\n${body}\n`,
  );
  const argv = [Deno.execPath(), "run", "-A", "--no-lock", "--quiet", program] as const;
  await using process = startProcess(argv, { sandbox });
  return await process.finished;
}

const SAY = "onExit(() => console.log('taken'));";

/** Ways in which a program ends by itself. */
const ENDS: { readonly [name: string]: string } = {
  "after its last line": "",
  "by Deno.exit": "Deno.exit(3);",
  "by an error that nobody catches": "throw new Error('x');",
  "by an error in a callback": "setTimeout(() => { throw new Error('x'); });",
  "by a promise that nobody catches":
    "Promise.reject(new Error('x')); await new Promise(() => {});",
};

for (const [name, end] of Object.entries(ENDS)) {
  Deno.test(`onExit takes its action when the program ends ${name}`, async () => {
    const { stdout } = await run(`${SAY}\n${end}`);
    assertEquals(stdout, "taken\n");
  });
}

Deno.test("onExit takes no action that was forgotten", async () => {
  const { stdout } = await run(`const forget = ${SAY} forget(); forget(); console.log("end");`);
  assertEquals(stdout, "end\n");
});

Deno.test("onExit takes every action, also when one of them throws", async () => {
  const { stdout } = await run(`onExit(() => { throw new Error("x"); }); ${SAY}`);
  assertEquals(stdout, "taken\n");
});

Deno.test("onExit takes no action for an error that the program has dealt with", async () => {
  const { stdout } = await run(`
    globalThis.addEventListener("unhandledrejection", (event) => event.preventDefault());
    const forget = ${SAY}
    Promise.reject(new Error("x"));
    await new Promise((resolve) => setTimeout(resolve));
    forget();
    console.log("goes on");
  `);
  assertEquals(stdout, "goes on\n");
});

Deno.test("onExit leaves the error to be told as ever", async () => {
  const { stderr, code } = await run(`${SAY} throw new Error("the fault");`);
  assertEquals(code, 1);
  assertStringIncludes(stderr, "the fault");
});
