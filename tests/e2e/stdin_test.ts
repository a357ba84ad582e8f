/**
 * The prompt from arguments, files, and stdin.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { testWith } from "../support/test_with.ts";
import { ANSWER, assertClearMessage, STORY, withFake } from "./fake_scene.ts";
import { assertNothingLeft } from "./scene.ts";

const MEGABYTE = 1024 * 1024;

/** Returns text of this size without repetition, so that a lost or moved part shows. */
function numberedLines(bytes: number): string {
  let text = "";
  for (let line = 0; text.length < bytes; line++) text += `line ${line} of a long prompt\n`;
  return text.slice(0, bytes);
}

Deno.test("ccrun reads the whole prompt from stdin", async () => {
  await withFake(STORY, async ({ run, prompt }) => {
    const { stdout, stderr, code } = await run(["-q"], { stdin: "from stdin\n" });
    assertEquals([stdout, stderr, code], [`${ANSWER}\n`, "", 0]);
    assertEquals(await prompt(), "from stdin\n");
    assertEquals((await run(["run", "-q", "-"], { stdin: "from -" })).code, 0);
    assertEquals(await prompt(), "from -");
  });
});

Deno.test("ccrun appends stdin to the prompt, whatever the source of the prompt is", async () => {
  await withFake(STORY, async ({ run, prompt, sandbox }) => {
    await Deno.writeTextFile(`${sandbox.project}/prompt.md`, "Review this.\n");
    const ways: readonly (readonly string[])[] = [
      ["Review", "this."],
      ["-p", "Review this."],
      ["--prompt=Review this."],
      ["Review this.", "-"],
      ["-", "-p", "Review this."],
    ];
    for (const way of ways) {
      assertEquals((await run(["-q", ...way], { stdin: "the diff\n" })).code, 0);
      assertEquals(await prompt(), "Review this.\n\nthe diff\n", way.join(" "));
    }
    await run(["-q", "--prompt-file", "prompt.md"], { stdin: "the diff\n" });
    assertEquals(await prompt(), "Review this.\n\n\nthe diff\n");
  });
});

Deno.test("ccrun shows in the progress how much it read from stdin", async () => {
  await withFake(STORY, async ({ run }) => {
    const { stderr } = await run(["Review this."], { stdin: "x".repeat(1500) });
    assertStringIncludes(stderr, "ccrun: 1.5 kB read from stdin\n");
    assert(!(await run(["Review this."])).stderr.includes("stdin"), "nothing was read");
    assertEquals((await run(["-q", "Review this."], { stdin: "x" })).stderr, "");
  });
});

Deno.test("ccrun ignores an empty stdin", async () => {
  await withFake(STORY, async ({ run, prompt }) => {
    for (const stdin of ["", "\n", " \t\r\n"]) {
      assertEquals((await run(["-q", "Just this."], { stdin })).code, 0);
      assertEquals(await prompt(), "Just this.");
    }
  });
});

Deno.test("ccrun reports a missing prompt without starting claude", async () => {
  await withFake(STORY, async ({ run, prompt }) => {
    for (const args of [[], ["-"], ["run"], ["-q"], ["--no-stdin"]]) {
      const { stdout, stderr, code } = await run(args, { stdin: " \n" });
      assertEquals([stdout, code], ["", 2], args.join(" "));
      assertClearMessage(stderr);
      assertStringIncludes(stderr, "no prompt");
    }
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

Deno.test("ccrun joins chunks of stdin that are split inside a character", async () => {
  await withFake(STORY, async ({ startShell, open, prompt }) => {
    const gates = `wait_for() { while [ ! -e "../$1" ]; do sleep 0.02; done; }`;
    await using shell = await startShell(
      `${gates}
      { printf 'a\\303'; wait_for one; printf '\\274b'; wait_for two; printf '\\n'; } | ccrun -q -`,
    );
    await open("one");
    await open("two");
    assertEquals((await shell.finished).stdout, `${ANSWER}\n`);
    assertEquals(await prompt(), "aüb\n");
  });
});

Deno.test("ccrun passes 5 MB from stdin to claude unchanged", async () => {
  await withFake(STORY, async ({ run, prompt }) => {
    const text = numberedLines(5 * MEGABYTE);
    const { code } = await run(["-q"], { stdin: text });
    assertEquals(code, 0);
    assert(await prompt() === text, "the prompt was changed on its way");
  });
});

Deno.test("ccrun passes hostile text to claude as a prompt", async () => {
  const hostile = [
    "--dangerously-skip-permissions",
    "-p",
    "--",
    "-",
    "doctor",
    "help",
    "--version",
    "$(touch owned); `touch owned`; \"; touch owned; '",
    "\\n \\0 %s %n {} * ~",
    "\x1b]0;title\x07 \u202e \u009b2J",
  ];
  await withFake(STORY, async ({ run, prompt, sandbox }) => {
    for (const text of hostile) {
      const { code, stderr } = await run(["-q", "-p", text]);
      assertEquals([code, stderr], [0, ""], text);
      assertEquals(await prompt(), text);
    }
    for (const text of hostile.slice(0, 3)) {
      assertEquals((await run(["-q"], { stdin: text })).code, 0);
      assertEquals(await prompt(), text);
    }
    assertEquals(await Deno.stat(`${sandbox.project}/owned`).catch(() => "none"), "none");
  });
});

Deno.test("ccrun keeps NUL and CRLF from stdin, and replaces invalid UTF-8", async () => {
  const cases: readonly (readonly [string, readonly number[], string])[] = [
    ["NUL", [0x61, 0x00, 0x62], "a\0b"],
    ["CRLF", [0x61, 0x0d, 0x0a, 0x62, 0x0d], "a\r\nb\r"],
    ["invalid UTF-8", [0x61, 0xff, 0xfe, 0x62], "a\ufffd\ufffdb"],
    ["a cut character", [0x61, 0xe6, 0xbc], "a\ufffd"],
    ["a byte order mark", [0xef, 0xbb, 0xbf, 0x61], "a"],
  ];
  await withFake(STORY, async ({ run, prompt }) => {
    for (const [name, bytes, expected] of cases) {
      const { code, stderr } = await run(["-q"], { stdin: new Uint8Array(bytes) });
      assertEquals([code, stderr], [0, ""], name);
      assertEquals(await prompt(), expected, name);
    }
    const junk = new Uint8Array(100_000);
    for (const [at] of junk.entries()) junk[at] = (at * 7919 + (at >> 3)) & 0xff;
    assertEquals((await run(["-q"], { stdin: junk })).code, 0);
    assertEquals(await prompt(), new TextDecoder().decode(junk));
  });
});

Deno.test("ccrun reads the prompt from a file", async () => {
  await withFake(STORY, async ({ run, prompt, sandbox }) => {
    const text = `--model\n$(date)\r\nübung\0 ${"x".repeat(200_000)}\n`;
    await Deno.writeTextFile(`${sandbox.project}/a prompt.md`, text);
    assertEquals((await run(["-q", "--prompt-file", "a prompt.md"])).code, 0);
    assertEquals(await prompt(), text);
    // A relative path starts from the directory of ccrun, not from the workspace.
    await Deno.mkdir(`${sandbox.project}/deep`);
    await run(["-q", "--cwd", "deep", "--prompt-file=a prompt.md"]);
    assertEquals(await prompt(), text);
  });
});

Deno.test("ccrun reports why a prompt file cannot be read", async () => {
  await withFake(STORY, async ({ run, prompt, sandbox }) => {
    await Deno.writeTextFile(`${sandbox.project}/empty.md`, " \n");
    const cases = [
      ["nowhere.md", "cannot read --prompt-file nowhere.md: it does not exist"],
      [".", "cannot read --prompt-file .: it is a directory"],
      ["empty.md", "the prompt from empty.md is empty"],
    ];
    for (const [file = "", why = ""] of cases) {
      const { stdout, stderr, code } = await run(["--prompt-file", file]);
      assertEquals([stdout, code], ["", 2]);
      assertClearMessage(stderr);
      assertStringIncludes(stderr, why);
    }
    assertEquals(await prompt(), undefined, "claude was started");
  });
});

testWith(
  { unless: Deno.uid() === 0 ? "root can read every file" : undefined },
  "ccrun reports that a prompt file is not readable",
  async () => {
    await withFake(STORY, async ({ run, sandbox }) => {
      await Deno.writeTextFile(`${sandbox.project}/secret.md`, "x", { mode: 0o000 });
      const { stderr, code } = await run(["--prompt-file", "secret.md"]);
      assertEquals(code, 2);
      assertStringIncludes(stderr, "cannot read --prompt-file secret.md: permission denied\n");
    });
  },
);

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
    const none = await shell("ccrun 0> written.txt");
    assertEquals(none.code, 2);
    assertStringIncludes(none.stderr, "ccrun: error: no prompt, and stdin is empty\n");
  });
});

Deno.test("ccrun rejects two prompts, and - with --no-stdin", async () => {
  await withFake(STORY, async ({ run, prompt, sandbox }) => {
    await Deno.writeTextFile(`${sandbox.project}/a.md`, "a");
    const cases: readonly (readonly [readonly string[], string])[] = [
      [["-p", "a", "b"], "several prompts: the arguments and -p"],
      [["--prompt", "a", "--prompt-file", "a.md"], "several prompts: --prompt and --prompt-file"],
      [["b", "--prompt-file", "a.md"], "several prompts: the arguments and --prompt-file"],
      [["-", "--no-stdin", "a"], "- cannot be combined with --no-stdin"],
    ];
    for (const [args, why] of cases) {
      const { stdout, stderr, code } = await run(args);
      assertEquals([stdout, code], ["", 2]);
      assertClearMessage(stderr);
      assertStringIncludes(stderr, why);
    }
    assertEquals(await prompt(), undefined, "claude was started");
  });
});

Deno.test("ccrun keeps the prompt out of the process table", async () => {
  const body = `printf '%s\\n' "$*" >&2; exit 1`;
  await withFake(body, async ({ run }) => {
    const { stderr } = await run(["-q", "-p", "a secret word"]);
    assertStringIncludes(stderr, "--output-format=stream-json");
    assert(!stderr.includes("secret"), stderr);
  });
});
