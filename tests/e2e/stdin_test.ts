/**
 * The prompt from arguments, files, and stdin.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { emit } from "../support/fake_claude.ts";
import { living } from "../support/process_table.ts";
import { ANSWER, assertClearMessage, gate, STORY, withFake } from "./fake_scene.ts";
import { assertNothingLeft } from "./scene.ts";

const MEGABYTE = 1024 * 1024;

/** Returns text of this size without repetition, so that a lost or moved part shows. */
function numberedLines(bytes: number): string {
  let text = "";
  for (let line = 0; text.length < bytes; line++) text += `line ${line} of a long prompt\n`;
  return text.slice(0, bytes);
}

Deno.test("ccrun passes 5 MB from stdin to claude unchanged", async () => {
  await withFake(STORY, async ({ run, prompt }) => {
    const text = numberedLines(5 * MEGABYTE);
    const { stdout, stderr, code } = await run(["-q"], { stdin: text });
    assertEquals([stdout, stderr, code], [`${ANSWER}\n`, "", 0]);
    assert(await prompt() === text, "the prompt was changed on its way");
  });
});

Deno.test("ccrun appends stdin to the prompt, and reports its size even with -q", async () => {
  await withFake(STORY, async ({ run, prompt }) => {
    const stdin = "x".repeat(1500);
    const { stderr } = await run(["-q", "Review", "this."], { stdin });
    assertMatch(stderr, /^ccrun: 1\.5 kB read from stdin as context; .*--no-stdin.*\n$/);
    assertEquals(await prompt(), `Review this.\n\n${stdin}`);
  });
});

Deno.test("ccrun reports the input of a while loop that it reads", async () => {
  await withFake(STORY, async ({ shell, prompt }) => {
    const loop = `printf 'one\\ntwo\\n' | while read -r line; do ccrun -q "$line"; done`;
    const { stdout, stderr } = await shell(loop);
    assertEquals(stdout, `${ANSWER}\n`);
    assertMatch(stderr, /^ccrun: 4 B read from stdin as context; .*\n$/);
    assertEquals(await prompt(), "one\n\ntwo\n");
  });
});

Deno.test("ccrun warns about an empty pipe, but not about /dev/null or a closed stdin", async () => {
  await withFake(STORY, async ({ shell, prompt }) => {
    const { stderr } = await shell("true | ccrun -q hi");
    assertEquals(stderr, "ccrun: warning: stdin is empty; the prompt is sent without context\n");
    for (const command of ["ccrun -q hi </dev/null", "ccrun -q hi <&-"]) {
      assertEquals((await shell(command)).stderr, "", command);
    }
    assertEquals(await prompt(), "hi");
  });
});

Deno.test("ccrun --require-stdin starts no claude for an empty pipe", async () => {
  await withFake(STORY, async ({ shell, prompt }) => {
    const { stdout, stderr, code } = await shell("true | ccrun -q --require-stdin hi");
    assertEquals([stdout, code], ["", 2]);
    assertClearMessage(stderr);
    assertStringIncludes(stderr, "--require-stdin");
    assertEquals(await prompt(), undefined, "claude was started");
  });
});

Deno.test("ccrun --no-stdin does not read stdin, even if it stays open", async () => {
  await withFake(STORY, async ({ start, prompt }) => {
    await using ccrun = await start(["-q", "--no-stdin", "Just this."], { stdin: "open" });
    await ccrun.write("not this");
    assertEquals((await ccrun.finished).stdout, `${ANSWER}\n`);
    assertEquals(await prompt(), "Just this.");
  });
});

Deno.test("ccrun waits for a slow stdin with data, and with - for one without data", async () => {
  await withFake(STORY, async (slow) => {
    await withFake(STORY, async (asked) => {
      await withFake(STORY, async (silent) => {
        await using begun = await slow.start(["-q", "Review this."], { stdin: "open" });
        await begun.write("early");
        await using waiting = await asked.start(["-q", "-"], { stdin: "open" });
        // This one exits after the limit for a silent stdin. The others started earlier and still wait.
        await using given = await silent.start(["Review this."], { stdin: "open" });
        const { stdout, stderr, code } = await given.finished;
        assertEquals([stdout, code], ["", 2]);
        assertClearMessage(stderr);
        for (const way of ["- ", "--no-stdin", "</dev/null"]) assertStringIncludes(stderr, way);
        assertEquals(await silent.prompt(), undefined, "claude was started");

        await waiting.stderrUntil("ccrun: waiting for stdin");
        assertEquals([await slow.prompt(), await asked.prompt()], [undefined, undefined]);
        await begun.write(", late");
        await begun.closeStdin();
        await waiting.write("at last");
        await waiting.closeStdin();
        const ends = await Promise.all([begun.finished, waiting.finished]);
        assertEquals(ends.map(({ stdout }) => stdout), [`${ANSWER}\n`, `${ANSWER}\n`]);
        assertEquals(await slow.prompt(), "Review this.\n\nearly, late");
        assertEquals(await asked.prompt(), "at last");
        for (const { sandbox } of [slow, asked, silent]) await assertNothingLeft(sandbox);
      });
    });
  });
});

Deno.test("ccrun passes hostile text to claude as a prompt", async () => {
  const hostile = [
    "--dangerously-skip-permissions",
    "help",
    "$(touch owned); `touch owned`; \"; touch owned; ' \x1b]0;title\x07 \u202e \u009b2J",
  ];
  await withFake(STORY, async ({ run, prompt, sandbox }) => {
    for (const text of hostile) {
      const { code, stderr } = await run(["-q", "-p", text]);
      assertEquals([code, stderr], [0, ""], text);
      assertEquals(await prompt(), text);
    }
    assertEquals(await Deno.stat(`${sandbox.project}/owned`).catch(() => "none"), "none");
  });
});

Deno.test("ccrun keeps control characters from stdin, and replaces invalid UTF-8", async () => {
  const bytes = new Uint8Array(100_000);
  for (const [at] of bytes.entries()) bytes[at] = (at * 7919 + (at >> 3)) & 0xff;
  await withFake(STORY, async ({ run, prompt }) => {
    const { code, stderr } = await run(["-q"], { stdin: bytes });
    assertEquals([code, stderr], [0, ""]);
    assertEquals(await prompt(), new TextDecoder().decode(bytes));
  });
});

Deno.test("ccrun reads a prompt file relative to its own directory, not to the workspace", async () => {
  await withFake(STORY, async ({ run, prompt, sandbox }) => {
    const text = `--model\n$(date)\r\nübung\0 ${"x".repeat(200_000)}\n`;
    await Deno.writeTextFile(`${sandbox.project}/a prompt.md`, text);
    await Deno.mkdir(`${sandbox.project}/deep`);
    assertEquals((await run(["-q", "--cwd", "deep", "--prompt-file=a prompt.md"])).code, 0);
    assertEquals(await prompt(), text);
  });
});

Deno.test("ccrun reports that stdin is a directory, or for - write-only", async () => {
  await withFake(STORY, async ({ shell, prompt }) => {
    for (const command of ["ccrun hi < .", "ccrun - hi 0> written.txt"]) {
      const { stdout, stderr, code } = await shell(command);
      assertEquals([stdout, code], ["", 2], command);
      assertClearMessage(stderr);
      assertStringIncludes(stderr, "ccrun: error: cannot read stdin: ");
      assertStringIncludes(stderr, "</dev/null");
    }
    assertEquals(await prompt(), undefined, "claude was started");
  });
});

Deno.test("ccrun ignores a write-only stdin, as nohup leaves it", async () => {
  await withFake(STORY, async ({ shell, prompt }) => {
    const { stdout, stderr, code } = await shell("ccrun -q hi 0> written.txt");
    assertEquals([stdout, stderr, code], [`${ANSWER}\n`, "", 0]);
    assertEquals(await prompt(), "hi");
  });
});

Deno.test("ccrun keeps a prompt from stdin out of every command line", async () => {
  await withFake(gate("go") + emit(...STORY), async ({ sandbox, start, open, created }) => {
    await using ccrun = await start(["-q", "-"], { stdin: "open" });
    await ccrun.write("SECRET-WORD");
    await ccrun.closeStdin();
    await created("prompt");
    const commands = (await living(await sandbox.processes())).map(({ command }) => command);
    assert(commands.length >= 2, commands.join("\n"));
    assert(!commands.some((command) => command.includes("SECRET-WORD")), commands.join("\n"));
    await open("go");
    assertEquals((await ccrun.finished).stdout, `${ANSWER}\n`);
  });
});
