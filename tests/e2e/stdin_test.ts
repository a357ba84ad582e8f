/**
 * The prompt's ways in: arguments, files, and above all stdin.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { testWith } from "../support/test_with.ts";
import { ANSWER, assertClearMessage, STORY, withFake } from "./fake_scene.ts";
import { assertNothingLeft } from "./scene.ts";

const MEGABYTE = 1024 * 1024;

/** Text of this size in which no part repeats, so that a part that is lost or moved shows. */
function numberedLines(bytes: number): string {
  let text = "";
  for (let line = 0; text.length < bytes; line++) text += `line ${line} of a long prompt\n`;
  return text.slice(0, bytes);
}

Deno.test("ccrun takes the whole prompt from stdin", async () => {
  await withFake(STORY, async ({ run, prompt }) => {
    const { stdout, stderr, code } = await run(["-q"], { stdin: "from stdin\n" });
    assertEquals([stdout, stderr, code], [`${ANSWER}\n`, "", 0]);
    assertEquals(await prompt(), "from stdin\n");
    assertEquals((await run(["run", "-q", "-"], { stdin: "from -" })).code, 0);
    assertEquals(await prompt(), "from -");
  });
});

Deno.test("ccrun puts what is piped in below the prompt, whichever way the prompt comes", async () => {
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

Deno.test("ccrun says in its progress how much it read from stdin", async () => {
  await withFake(STORY, async ({ run }) => {
    const { stderr } = await run(["Review this."], { stdin: "x".repeat(1500) });
    assertStringIncludes(stderr, "ccrun: 1.5 kB read from stdin\n");
    assert(!(await run(["Review this."])).stderr.includes("stdin"), "nothing was read");
    assertEquals((await run(["-q", "Review this."], { stdin: "x" })).stderr, "");
  });
});

Deno.test("ccrun leaves an empty stdin out", async () => {
  await withFake(STORY, async ({ run, prompt }) => {
    for (const stdin of ["", "\n", " \t\r\n"]) {
      assertEquals((await run(["-q", "Just this."], { stdin })).code, 0);
      assertEquals(await prompt(), "Just this.");
    }
  });
});

Deno.test("ccrun without a prompt says so and starts nothing", async () => {
  await withFake(STORY, async ({ run, prompt }) => {
    for (const args of [[], ["-"], ["run"], ["-q"], ["--no-stdin"]]) {
      const { stdout, stderr, code } = await run(args, { stdin: " \n" });
      assertEquals([stdout, code], ["", 2], args.join(" "));
      assertClearMessage(stderr);
      assertStringIncludes(stderr, "there is no prompt");
    }
    assertEquals(await prompt(), undefined, "claude was started");
  });
});

Deno.test("ccrun --no-stdin does not look at stdin, even when it stays open", async () => {
  await withFake(STORY, async ({ start, prompt }) => {
    await using ccrun = await start(["-q", "--no-stdin", "Just this."], { stdin: "open" });
    await ccrun.write("not this");
    assertEquals((await ccrun.finished).stdout, `${ANSWER}\n`);
    assertEquals(await prompt(), "Just this.");
  });
});

Deno.test("ccrun waits for a slow stdin that has begun, and with - for one that has not", async () => {
  await withFake(STORY, async (slow) => {
    await withFake(STORY, async (asked) => {
      await withFake(STORY, async (silent) => {
        await using begun = await slow.start(["-q", "Review this."], { stdin: "open" });
        await begun.write("early");
        await using waiting = await asked.start(["-q", "-"], { stdin: "open" });
        // This one gives up after as long as a silent stdin is waited for: then the others have waited longer.
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

Deno.test("ccrun puts together what comes through stdin in pieces, split inside a character", async () => {
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

Deno.test("ccrun hands hostile text to claude as a prompt, whatever it looks like", async () => {
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

Deno.test("ccrun takes any bytes from stdin: NUL and CRLF stay, what is not UTF-8 is replaced", async () => {
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

Deno.test("ccrun reads a prompt from a file", async () => {
  await withFake(STORY, async ({ run, prompt, sandbox }) => {
    const text = `--model\n$(date)\r\nübung\0 ${"x".repeat(200_000)}\n`;
    await Deno.writeTextFile(`${sandbox.project}/a prompt.md`, text);
    assertEquals((await run(["-q", "--prompt-file", "a prompt.md"])).code, 0);
    assertEquals(await prompt(), text);
    // A relative path starts where ccrun is started, not where claude works.
    await Deno.mkdir(`${sandbox.project}/deep`);
    await run(["-q", "--cwd", "deep", "--prompt-file=a prompt.md"]);
    assertEquals(await prompt(), text);
  });
});

Deno.test("ccrun says why a prompt file cannot be read", async () => {
  await withFake(STORY, async ({ run, prompt, sandbox }) => {
    await Deno.writeTextFile(`${sandbox.project}/empty.md`, " \n");
    const cases = [
      ["nowhere.md", "cannot read --prompt-file nowhere.md: it does not exist"],
      [".", "cannot read --prompt-file .: it is a directory"],
      ["empty.md", "the prompt is empty: there is nothing in empty.md"],
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
  { unless: Deno.uid() === 0 ? "root may read everything" : undefined },
  "ccrun says that a prompt file may not be read",
  async () => {
    await withFake(STORY, async ({ run, sandbox }) => {
      await Deno.writeTextFile(`${sandbox.project}/secret.md`, "x", { mode: 0o000 });
      const { stderr, code } = await run(["--prompt-file", "secret.md"]);
      assertEquals(code, 2);
      assertStringIncludes(stderr, "cannot read --prompt-file secret.md: permission denied\n");
    });
  },
);

Deno.test("ccrun says that stdin cannot be read when it is a directory, or asked for and only for writing", async () => {
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

Deno.test("ccrun leaves a stdin out that is only for writing, as nohup makes it", async () => {
  await withFake(STORY, async ({ shell, prompt }) => {
    const { stdout, stderr, code } = await shell("ccrun -q hi 0> written.txt");
    assertEquals([stdout, stderr, code], [`${ANSWER}\n`, "", 0]);
    assertEquals(await prompt(), "hi");
    const none = await shell("ccrun 0> written.txt");
    assertEquals(none.code, 2);
    assertStringIncludes(none.stderr, "ccrun: error: there is no prompt, and stdin is empty\n");
  });
});

Deno.test("ccrun refuses a prompt that is given twice, and - beside --no-stdin", async () => {
  await withFake(STORY, async ({ run, prompt, sandbox }) => {
    await Deno.writeTextFile(`${sandbox.project}/a.md`, "a");
    const cases: readonly (readonly [readonly string[], string])[] = [
      [["-p", "a", "b"], "by the arguments and by -p"],
      [["--prompt", "a", "--prompt-file", "a.md"], "by --prompt and by --prompt-file"],
      [["b", "--prompt-file", "a.md"], "by the arguments and by --prompt-file"],
      [["-", "--no-stdin", "a"], "- and --no-stdin contradict each other"],
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
