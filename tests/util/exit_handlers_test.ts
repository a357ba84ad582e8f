import { assertEquals, assertStringIncludes } from "@std/assert";
import { REPOSITORY } from "../support/paths.ts";
import { startProcess } from "../support/running_process.ts";
import { makeSandbox } from "../support/sandbox.ts";

/** Runs a program that has imported `onExit`. */
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

const REGISTER = "onExit(() => console.log('handled'));";

const EXITS: { readonly [name: string]: string } = {
  "after its last line": "",
  "with Deno.exit": "Deno.exit(3);",
  "with an uncaught error": "throw new Error('x');",
  "with an uncaught error in a callback": "setTimeout(() => { throw new Error('x'); });",
  "with an unhandled rejection": "Promise.reject(new Error('x')); await new Promise(() => {});",
};

for (const [name, exit] of Object.entries(EXITS)) {
  Deno.test(`onExit runs the handler when the program exits ${name}`, async () => {
    const { stdout } = await run(`${REGISTER}\n${exit}`);
    assertEquals(stdout, "handled\n");
  });
}

Deno.test("onExit returns a function that removes the handler", async () => {
  const { stdout } = await run(
    `const remove = ${REGISTER} remove(); remove(); console.log("end");`,
  );
  assertEquals(stdout, "end\n");
});

Deno.test("onExit runs the other handlers after one that throws", async () => {
  const { stdout } = await run(`onExit(() => { throw new Error("x"); }); ${REGISTER}`);
  assertEquals(stdout, "handled\n");
});

Deno.test("onExit runs no handler for an error that the program handles", async () => {
  const { stdout } = await run(`
    globalThis.addEventListener("unhandledrejection", (event) => event.preventDefault());
    const remove = ${REGISTER}
    Promise.reject(new Error("x"));
    await new Promise((resolve) => setTimeout(resolve));
    remove();
    console.log("end");
  `);
  assertEquals(stdout, "end\n");
});

Deno.test("onExit does not change how an uncaught error is reported", async () => {
  const { stderr, code } = await run(`${REGISTER} throw new Error("the message");`);
  assertEquals(code, 1);
  assertStringIncludes(stderr, "the message");
});
