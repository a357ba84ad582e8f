/**
 * The binary that `deno task compile` makes.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { apiError, text, toolUse } from "../support/api_reply.ts";
import { COMPILE_RUNTIME, whyNotCompiled } from "../support/compile_runtime.ts";
import { asObject, asString } from "../support/json.ts";
import { REPOSITORY } from "../support/paths.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { testWith } from "../support/test_with.ts";
import { ANSWER, STORY, withFake } from "./fake_scene.ts";
import { checked, eventOf, eventsOf, SKIP, withScene } from "./scene.ts";

const NEEDS = { unless: whyNotCompiled() };

let folder: Promise<string> | undefined;

/** A folder for what is compiled, which goes when the tests are over. */
function compiled(): Promise<string> {
  folder ??= Deno.makeTempDir({ prefix: "ccrun-test-" });
  return folder;
}

Deno.test.afterAll(async () => {
  if (folder !== undefined) await Deno.remove(await folder, { recursive: true });
});

/** Compiles a program as `deno task compile` compiles ccrun, but for its name and place. */
async function compile(main: string, name: string): Promise<string> {
  const config = asObject(JSON.parse(await Deno.readTextFile(`${REPOSITORY}/deno.json`)));
  const task = asString(asObject(asObject(config.tasks).compile).command).split(" ");
  const output = `${await compiled()}/${name}`;
  const words = task.map((word, at) =>
    task[at - 1] === "--output" ? output : word === "main.ts" ? main : word
  );
  assertEquals([words[0], words[1], words.at(-1)], ["deno", "compile", main], task.join(" "));
  assert(words.includes(output), task.join(" "));
  const result = await new Deno.Command("/bin/bash", {
    args: ["-c", `eval "$("$1")" && shift && "$COMPILE_DENO" "$@"`, "bash", COMPILE_RUNTIME]
      .concat(words.slice(1)),
    cwd: REPOSITORY,
    stdin: "null",
  }).output();
  assert(result.success, new TextDecoder().decode(result.stderr));
  return output;
}

let binary: Promise<string> | undefined;

/** The compiled ccrun. */
function ccrun(): Promise<string> {
  binary ??= compile("main.ts", "ccrun");
  return binary;
}

testWith(NEEDS, "the compiled ccrun prints its version and its help", async () => {
  await withFake(STORY, async ({ run }) => {
    const binary = await ccrun();
    const version = await run(["--version"], { binary });
    assertEquals([version.stdout, version.stderr, version.code], [
      (await run(["--version"])).stdout,
      "",
      0,
    ]);
    assertEquals((await run(["help"], { binary })).stdout, (await run(["help"])).stdout);
    assertEquals((await run(["schema"], { binary })).stdout, (await run(["schema"])).stdout);
  });
});

testWith(NEEDS, "the compiled ccrun prints the answer of the real Claude Code", async () => {
  await withScene([text("Hello from it.")], async ({ run, sandbox }) => {
    const { stdout, stderr, code } = await run(["-o", "out.txt", "Greet me."], {
      binary: await ccrun(),
    });
    assertEquals([stdout, code], ["Hello from it.\n", 0]);
    assertStringIncludes(stderr, "✓ ");
    assertEquals(await Deno.readTextFile(`${sandbox.project}/out.txt`), stdout);
  });
});

testWith(
  NEEDS,
  "the compiled ccrun shows tools of the real Claude Code, one of them failing",
  async () => {
    const replies = [
      toolUse("Bash", { command: "echo works" }),
      toolUse("Bash", { command: "exit 3" }),
      text("One of two."),
    ];
    await withScene(replies, async ({ json }) => {
      const run = await json([SKIP, "--partial", "Do it."], { binary: await ccrun() });
      assertEquals(run.code, 0);
      assertEquals(eventsOf(run, "tool_result").map(({ is_error }) => is_error), [false, true]);
      assertEquals(eventOf(run, "result").text, "One of two.");
    });
  },
);

testWith(
  NEEDS,
  "the compiled ccrun stops the real Claude Code and its tool on SIGINT and SIGTERM",
  async () => {
    for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
      const replies = [toolUse("Bash", { command: "echo begun; exec sleep 77" })];
      await withScene(replies, async ({ start, sandbox }) => {
        await using process = await start(["--json", SKIP, "Wait."], { binary: await ccrun() });
        await process.stdoutUntil('"type":"tool_use"');
        process.kill(signal);
        const run = checked(await process.finished);
        assertEquals([run.code, run.exit.signal], [code, signal]);
        await sandbox.assertNothingLeft();
      });
    }
  },
);

testWith(NEEDS, "the compiled ccrun reports why a run failed", async () => {
  const respond = () => apiError(400, "invalid_request_error", "nonsense");
  await withScene(respond, async ({ run }) => {
    const { stdout, stderr, code } = await run(["-q", "hi"], { binary: await ccrun() });
    assertEquals([stdout, code], ["", 4]);
    assertStringIncludes(stderr, "nonsense");
  });
});

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
    const output = await compile(probe, "probe");
    const { stdout } = await new Deno.Command(output, { clearEnv: true, stdin: "null" }).output();
    assertEquals(
      new TextDecoder().decode(stdout),
      "it may\nit may not\nit may not\nit may not\nrun,env,read,write\n",
    );
  },
);
