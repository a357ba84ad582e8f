/**
 * The binary that `deno task compile` makes.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { dirname } from "@std/path/dirname";
import { text, toolUse } from "../support/api_reply.ts";
import { CompiledPrograms, whyNotCompiled } from "../support/compile_runtime.ts";
import { writeExecutable } from "../support/executable.ts";
import { asObject } from "../support/json.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { testWith } from "../support/test_with.ts";
import { ANSWER, STORY, withFake } from "../e2e/fake_scene.ts";
import { checked, SKIP, withScene } from "../e2e/scene.ts";

const NEEDS = { unless: whyNotCompiled() };

const programs = new CompiledPrograms();

Deno.test.afterAll(() => programs.remove());

let binary: Promise<string> | undefined;

/** Returns the path of the compiled ccrun. */
function ccrun(): Promise<string> {
  binary ??= programs.compile("main.ts", "ccrun");
  return binary;
}

testWith(NEEDS, "the compiled ccrun prints its version and its help", async () => {
  await withFake(STORY, async ({ run }) => {
    const binary = await ccrun();
    for (const args of [["--version"], ["help"]]) {
      const { stdout, stderr, code } = await run(args, { binary });
      assertEquals([stdout, stderr, code], [(await run(args)).stdout, "", 0]);
    }
  });
});

testWith(
  NEEDS,
  "the compiled ccrun shows tools of the real Claude Code and prints its answer",
  async () => {
    const replies = [
      toolUse("Bash", { command: "echo works" }),
      toolUse("Bash", { command: "exit 3" }),
      text("One of two."),
    ];
    await withScene(replies, async ({ run, sandbox }) => {
      const { stdout, stderr, code } = await run([SKIP, "-o", "out.txt", "Do it."], {
        binary: await ccrun(),
      });
      assertEquals([stdout, code], ["One of two.\n", 0]);
      assertStringIncludes(stderr, " · 2 tools (1 failed) · ");
      assertEquals(await Deno.readTextFile(`${sandbox.project}/out.txt`), stdout);
    });
  },
);

testWith(
  NEEDS,
  "the compiled ccrun stops the real Claude Code and its tool on SIGTERM",
  async () => {
    const replies = [toolUse("Bash", { command: "echo begun; exec sleep 77" })];
    await withScene(replies, async ({ start }) => {
      await using process = await start(["--json", SKIP, "Wait."], { binary: await ccrun() });
      await process.stdoutUntil('"type":"tool_use"');
      process.kill("SIGTERM");
      const run = checked(await process.finished);
      assertEquals([run.code, run.exit.signal], [143, "SIGTERM"]);
    });
  },
);

testWith(NEEDS, "the compiled ccrun replays a recording, and works in a shell", async () => {
  await withFake(STORY, async ({ run, shell, prompt }) => {
    const binary = await ccrun();
    assertEquals((await run(["-q", "--record", "tape", "hi"], { binary })).stdout, `${ANSWER}\n`);
    assertEquals((await run(["replay", "-q", "tape"], { binary })).stdout, `${ANSWER}\n`);
    const { stdout, stderr } = await shell(
      `answer=$(echo "from stdin" | ccrun -q); echo "<$answer> $?"
      ccrun --json hi | head -1 | cut -c 1; ccrun -q hi <&- 2>&-`,
      { binary },
    );
    assertEquals([stdout, stderr], [`<${ANSWER}> 0\n{\n${ANSWER}\n`, ""]);
    assertEquals(await prompt(), "hi");
  });
});

/** Where a binary can be, below the root, and what doctor reports about it. */
const PLACES = [
  ["lib/node_modules/ccrun/node_modules/@ccrun/linux-x64/bin/ccrun", "npm"],
  ["project/node_modules/@ccrun/linux-x64/bin/ccrun", "npm"],
  ["home/.npm/_npx/0123/node_modules/@ccrun/linux-x64/bin/ccrun", "npx"],
  ["home/.local/bin/ccrun", "binary"],
] as const;

testWith(NEEDS, "the compiled ccrun doctor reports how it was installed", async () => {
  await withFake("exit 1", async ({ run, sandbox }) => {
    const { root } = sandbox;
    await Deno.writeTextFile(`${sandbox.project}/package.json`, "{}");
    for (const [place, method] of PLACES) {
      const binary = `${root}/${place}`;
      await Deno.mkdir(dirname(binary), { recursive: true });
      await writeExecutable(binary, await Deno.readFile(await ccrun()));
      const { stdout } = await run(["doctor", "--json"], { binary });
      const { install } = asObject(JSON.parse(stdout));
      assertEquals(asObject(install).method, method);
      assert(binary.startsWith(`${asObject(install).directory}/`), stdout);
      await Deno.remove(binary);
    }
  });
});

testWith(NEEDS, "the compiled ccrun doctor warns about an older ccrun in PATH", async () => {
  await withFake("exit 1", async ({ shell, sandbox }) => {
    const binary = await ccrun();
    const other = `${sandbox.root}/older/ccrun`;
    await Deno.mkdir(dirname(other));
    await writeExecutable(other, "#!/bin/sh\necho ccrun 0.0.1\n");
    const { stdout } = await shell(`PATH=$PATH:${dirname(other)} ccrun doctor`, { binary });
    assertStringIncludes(stdout, `a binary in ${dirname(binary)}\n`);
    assertStringIncludes(stdout, `PATH also has another one: ${other}\n`);
  });
});

testWith(
  NEEDS,
  "a program compiled like ccrun can connect to this machine only, without a permission prompt",
  async () => {
    await using sandbox = await makeSandbox();
    const probe = `${sandbox.root}/probe.ts`;
    await Deno.writeTextFile(
      probe,
      `const tries = [
      () => Deno.listen({ hostname: "127.0.0.1", port: 0 }).close(),
      () => Deno.connect({ hostname: "127.0.0.2", port: 9 }),
      () => fetch("http://localhost:9/"),
      () => Deno.listen({ port: 0 }),
    ];
    for (const attempt of tries) {
      try {
        await attempt();
        console.log("it may");
      } catch (error) {
        console.log(error instanceof Deno.errors.NotCapable ? "it may not" : String(error));
      }
    }
    const names = ["run", "env", "read", "write", "net", "ffi", "sys"] as const;
    console.log(names.filter((name) => Deno.permissions.querySync({ name }).state === "granted").join());
    `,
    );
    const output = await programs.compile(probe, "probe");
    const { stdout } = await new Deno.Command(output, { clearEnv: true, stdin: "null" }).output();
    assertEquals(
      new TextDecoder().decode(stdout),
      "it may\nit may not\nit may not\nit may not\nrun,env,read,write\n",
    );
  },
);
