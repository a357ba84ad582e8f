/**
 * ccrun as people use it in a shell: captured, piped, redirected, in a log.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { text, toolUse } from "../support/api_reply.ts";
import { jsonEvents, shellCcrun } from "../support/ccrun.ts";
import { assertEvents } from "../support/event_schema.ts";
import { emit, initLine, resultLine, textLine, toolUseLine } from "../support/fake_claude.ts";
import { testWith } from "../support/test_with.ts";
import { ANSWER, assertClearMessage, FAILURE, gate, STORY, withFake } from "./fake_scene.ts";
import { assertNothingLeft, SKIP, withScene } from "./scene.ts";

/** What no log and no file is to have in it: escape sequences, and a line that is painted over. */
// deno-lint-ignore no-control-regex -- control characters are what it looks for
const CONTROL = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/;

/** A stand-in that writes until it is stopped. */
const ENDLESS = `trap 'exit 0' INT
${emit(initLine())}while :; do ${emit(textLine("More."))}sleep 0.02; done`;

/** A stand-in that replies with its prompt. */
const ECHO = `prompt=$(sed 's/.*"text":"\\([^"]*\\)".*/\\1/' "$gates/prompt")
sed "s/PROMPT/$prompt/" <<'END'
${initLine()}
${resultLine({ result: "You said: PROMPT" })}
END`;

/** A tool that takes its time. A text would be held back: it might be the answer. */
const WAITING = toolUseLine({ id: "toolu_9", name: "Bash", input: { command: "wait" } });

/** How often a text is in another. */
function times(text: string, part: string): number {
  return text.split(part).length - 1;
}

const OPTIONS = "--dangerously-skip-permissions --allowed-tools Bash";

Deno.test("ccrun in $(...) prints the answer of the real Claude Code, and progress on stderr", async () => {
  const replies = [toolUse("Bash", { command: "echo t1-output" }), text("It is done.")];
  await withScene(replies, async ({ sandbox, api, claude }) => {
    const result = await shellCcrun(
      `answer=$(ccrun ${OPTIONS} "Do it."); echo "code $?"; printf '<%s>' "$answer"`,
      { sandbox, apiUrl: api.url, env: { CCRUN_CLAUDE: claude } },
    );
    assertEquals(result.stdout, "code 0\n<It is done.>");
    assertStringIncludes(result.stderr, "● Bash  echo t1-output");
    assertStringIncludes(result.stderr, "t1-output\n");
    assert(!result.stderr.includes("It is done."), `the answer twice:\n${result.stderr}`);
    await assertNothingLeft(sandbox);
  });
});

testWith(
  { commands: ["jq"] },
  "ccrun --json prints events of the real Claude Code that jq reads",
  async () => {
    const replies = [toolUse("Bash", { command: "echo hello" }), text("Said hello.")];
    await withScene(replies, async ({ sandbox, api, claude }) => {
      const { stdout, stderr, code } = await shellCcrun(
        `set -o pipefail
      ccrun --json ${SKIP} "Say hello." | jq -r '
        if .type == "tool_use" then "\\(.name): \\(.input.command)"
        elif .type == "tool_result" then "-> \\(.text)"
        elif .type == "result" then .text
        elif .type == "exit" then "\\(.reason) \\(.code)" else empty end'`,
        { sandbox, apiUrl: api.url, env: { CCRUN_CLAUDE: claude } },
      );
      assertEquals(stdout, "Bash: echo hello\n-> hello\nSaid hello.\nsuccess 0\n");
      assertEquals(stderr, "");
      assertEquals(code, 0);
      await assertNothingLeft(sandbox);
    });
  },
);

Deno.test("ccrun -q in $(...) prints the answer only", async () => {
  await withFake(STORY, async ({ shell }) => {
    const { stdout, stderr } = await shell(`answer=$(ccrun -q hi); echo "<$answer> $?"`);
    assertEquals(stdout, `<${ANSWER}> 0\n`);
    assertEquals(stderr, "");
  });
});

Deno.test("ccrun > file writes the answer with exactly one newline, and nothing else", async () => {
  for (
    const said of ["No newline", "One newline\n", "Many\n\n\n", "Two\r\n\r\n", "Lines\n\nof it"]
  ) {
    await withFake([initLine(), textLine(said), resultLine({ result: said })], async (scene) => {
      const { stderr, code } = await scene.shell("ccrun hi > answer.txt");
      assertEquals(code, 0);
      assertEquals(
        await Deno.readTextFile(`${scene.sandbox.project}/answer.txt`),
        `${said.replace(/[\r\n]+$/, "")}\n`,
      );
      assertStringIncludes(stderr, "claude-opus");
    });
  }
});

Deno.test("ccrun > file writes the exact bytes of the answer", async () => {
  const said = "\x1b]0;title\x07 \u009b2J \u202e ::error::x ü 漢字 🎉 \\n";
  await withFake([initLine(), resultLine({ result: said })], async ({ shell, sandbox }) => {
    await shell("ccrun -q hi > answer.txt");
    assertEquals(await Deno.readTextFile(`${sandbox.project}/answer.txt`), `${said}\n`);
  });
});

Deno.test("ccrun --json > file writes events that follow the schema", async () => {
  await withFake(STORY, async ({ shell, sandbox }) => {
    const { stdout, stderr } = await shell("ccrun --json hi > events.jsonl; echo $?");
    assertEquals([stdout, stderr], ["0\n", ""]);
    const lines = (await Deno.readTextFile(`${sandbox.project}/events.jsonl`)).trimEnd().split(
      "\n",
    );
    assertEvents(lines.map((line): unknown => JSON.parse(line)));
  });
});

Deno.test("ccrun --json and -f raw exit silently with 141 when their pipe is closed", async () => {
  for (const options of ["--json", "-f raw", "-f raw --progress", "--json --partial"]) {
    await withFake(ENDLESS, async ({ shell }) => {
      const { stdout, stderr } = await shell(
        `ccrun ${options} hi | head -1 | cut -c 1; echo "\${PIPESTATUS[*]}"`,
      );
      assertEquals(stdout, "{\n141 0 0\n");
      if (!options.includes("progress")) assertEquals(stderr, "");
      assert(!stderr.includes("error"), stderr);
    });
  }
});

Deno.test("ccrun exits with 141 when its pipe is closed before the answer", async () => {
  await withFake(gate("closed") + emit(...STORY), async ({ shell }) => {
    const { stdout, stderr } = await shell(
      // The reader has gone before there is anything to read.
      `{ ccrun -q hi; echo "code $?" >&2; } | { exec <&-; : >../closed; }`,
    );
    assertEquals([stdout, stderr], ["", "code 141\n"]);
  });
});

Deno.test("ccrun continues when the reader of stderr closes its pipe", async () => {
  await withFake(STORY, async ({ shell }) => {
    const { stdout } = await shell(`ccrun hi 2> >(exec <&-); echo "code $?"`);
    assertEquals(stdout, `${ANSWER}\ncode 0\n`);
  });
});

Deno.test("ccrun treats a closed standard stream as /dev/null", async () => {
  await withFake(STORY, async ({ shell, sandbox, prompt }) => {
    const closed = await shell(`ccrun hi 2>&-; echo $?`);
    assertEquals([closed.stdout, closed.stderr], [`${ANSWER}\n0\n`, ""]);
    const silent = await shell(`ccrun hi >&-; echo $?`);
    assertEquals(silent.stdout, "0\n");
    assertStringIncludes(silent.stderr, "Let me look.");
    const noInput = await shell(`ccrun -q hi <&-; echo $?`);
    assertEquals([noInput.stdout, noInput.stderr], [`${ANSWER}\n0\n`, ""]);
    const none = await shell(`ccrun -o out.txt hi <&- >&- 2>&-; echo $?`);
    assertEquals([none.stdout, none.stderr], ["0\n", ""]);
    assertEquals(await Deno.readTextFile(`${sandbox.project}/out.txt`), `${ANSWER}\n`);
    const events = await shell(`ccrun --json hi >&-; echo $?`);
    assertEquals([events.stdout, events.stderr], ["0\n", ""]);
    assertEquals(await prompt(), "hi");
  });
});

Deno.test("ccrun reports a failure by its exit code if its streams are closed", async () => {
  await withFake(FAILURE, async ({ shell }) => {
    assertEquals((await shell(`ccrun hi 2>&-; echo $?`)).stdout, "1\n");
    assertEquals((await shell(`ccrun hi >&- 2>&-; echo $?`)).stdout, "1\n");
    assertEquals((await shell(`ccrun --bogus >&- 2>&-; echo $?`)).stdout, "2\n");
  });
});

testWith({ commands: ["setsid"] }, "ccrun works without a terminal", async () => {
  await withFake(STORY, async ({ shell }) => {
    const { stdout, stderr, code } = await shell("setsid -w ccrun hi");
    assertEquals(stdout, `${ANSWER}\n`);
    assertStringIncludes(stderr, "● Bash  ls -l");
    assertEquals(code, 0);
  });
});

Deno.test("ccrun > log 2>&1 writes plain lines, and the answer once at the end", async () => {
  await withFake(STORY, async ({ shell }) => {
    const { stdout } = await shell("ccrun hi 2>&1");
    assert(!CONTROL.test(stdout), JSON.stringify(stdout));
    assertEquals(times(stdout, ANSWER), 1, stdout);
    assertEquals(stdout.split("\n").slice(-2), [ANSWER, ""]);
    assertStringIncludes(stdout, "Let me look.\n");
    assertEquals(times(stdout, "✓"), 1, stdout);
    // In a file, too, and behind a slow reader.
    const slow = await shell("ccrun hi 2>&1 | (read -r first; cat) | tail -n 1");
    assertEquals(slow.stdout, `${ANSWER}\n`);
  });
});

Deno.test("ccrun > log 2>&1 writes the reason of a failure, and no answer", async () => {
  await withFake(FAILURE, async ({ shell }) => {
    const { stdout } = await shell("ccrun hi 2>&1; echo $?");
    assert(!CONTROL.test(stdout), JSON.stringify(stdout));
    assertEquals(times(stdout, "It broke."), 1, stdout);
    assertStringIncludes(stdout, "I tried.\n");
    assert(stdout.endsWith("\n1\n"), stdout);
  });
});

Deno.test("ccrun colors a log only with --color always", async () => {
  await withFake(STORY, async ({ shell }) => {
    const isColored = async (command: string, env: Readonly<Record<string, string>> = {}) => {
      const { stdout } = await shell(`${command} hi 2>&1`, { env });
      // Never anything but colours: no cursor moves, no erasing.
      // deno-lint-ignore no-control-regex -- sequences are what it looks for
      assert(!CONTROL.test(stdout.replaceAll(/\x1b\[[0-9;]*m/g, "")), JSON.stringify(stdout));
      return stdout.includes("\x1b[");
    };
    assertEquals(await isColored("ccrun --color always"), true);
    assertEquals(await isColored("ccrun", { FORCE_COLOR: "1" }), true);
    assertEquals(await isColored("ccrun", { CCRUN_COLOR: "always" }), true);
    assertEquals(await isColored("ccrun", { FORCE_COLOR: "0" }), false);
    assertEquals(await isColored("ccrun", { TERM: "xterm-256color" }), false);
    assertEquals(await isColored("ccrun --color never", { FORCE_COLOR: "1" }), false);
    assertEquals(await isColored("ccrun --color always", { NO_COLOR: "1" }), true);
  });
});

testWith(
  { commands: ["git"] },
  "ccrun appends piped input to the prompt",
  async () => {
    await withFake(STORY, async ({ shell, prompt }) => {
      const { stdout, stderr } = await shell(
        `printf 'first line\\n2nd line\\n' > changed.txt
      git --no-pager diff --no-index notes.txt changed.txt | ccrun "review this"`,
      );
      assertEquals(stdout, `${ANSWER}\n`);
      const seen = await prompt() ?? "";
      assert(seen.startsWith("review this\n\ndiff --git a/notes.txt b/changed.txt\n"), seen);
      assert(seen.endsWith("-second line\n-third line\n+2nd line\n"), seen);
      assertStringIncludes(stderr, "read from stdin");
    });
  },
);

Deno.test("ccrun --no-stdin does not read the input of a while loop", async () => {
  await withFake(ECHO, async ({ shell }) => {
    const { stdout, stderr } = await shell(
      `printf 'one\\ntwo\\nthree\\n' | while read -r line; do ccrun -q --no-stdin "$line"; done`,
    );
    assertEquals(stdout, "You said: one\nYou said: two\nYou said: three\n");
    assertEquals(stderr, "");
  });
});

testWith({ commands: ["xargs"] }, "ccrun works under xargs", async () => {
  await withFake(ECHO, async ({ shell }) => {
    const { stdout, stderr } = await shell(
      `printf 'one\\ntwo words\\n' | xargs -I{} ccrun -q -p {}`,
    );
    assertEquals(stdout, "You said: one\nYou said: two words\n");
    assertEquals(stderr, "");
  });
});

Deno.test("ccrun works with &&, || and pipefail", async () => {
  const script = `ccrun -q hi >/dev/null 2>&1 && echo good || echo bad
    set -o pipefail; ccrun -q hi 2>/dev/null | cat >/dev/null; echo $?
    set -e; ccrun -q hi >/dev/null 2>&1; echo "set -e went on"`;
  await withFake(STORY, async ({ shell }) => {
    assertEquals((await shell(script)).stdout, "good\n0\nset -e went on\n");
  });
  await withFake(FAILURE, async ({ shell }) => {
    const { stdout, code } = await shell(script);
    assertEquals(stdout, "bad\n1\n");
    assertEquals(code, 1);
  });
});

Deno.test("ccrun prints the reason of a failure on stderr, and nothing on stdout", async () => {
  await withFake(FAILURE, async ({ shell }) => {
    for (const options of ["", "-q", "--progress -q", "--no-progress"]) {
      const { stdout, stderr, code } = await shell(`ccrun ${options} hi`);
      assertEquals([stdout, code], ["", 1], options);
      assertStringIncludes(stderr, "It broke.");
      if (!options.startsWith("-q")) continue;
      assertStringIncludes(stderr, "ccrun: error: ");
    }
    const { stdout } = await shell(`answer=$(ccrun -q hi 2>/dev/null); echo "<$answer> $?"`);
    assertEquals(stdout, "<> 1\n");
  });
});

testWith(
  { unless: Deno.build.os === "linux" ? undefined : "only Linux has /dev/full" },
  "ccrun fails if stdout cannot be written",
  async () => {
    await withFake(STORY, async ({ shell }) => {
      const message = "ccrun: error: cannot write to stdout: No space left on device\n";
      for (const command of ["ccrun -q hi", "ccrun --help"]) {
        const { stdout, stderr } = await shell(`${command} >/dev/full; echo $?`);
        assertEquals([stdout, stderr], ["1\n", message], command);
      }
      // What is written as it comes may fail while claude still works, which is then stopped.
      for (const command of ["ccrun --json hi", "ccrun -f raw hi"]) {
        const { stdout, stderr } = await shell(`${command} >/dev/full; echo $?`);
        assertEquals(stdout, "1\n", command);
        assertStringIncludes(stderr, message, command);
      }
      const { stdout, stderr } = await shell("ccrun hi >/dev/full; echo $?");
      assertEquals(stdout, "1\n");
      assert(stderr.endsWith(message), stderr);
    });
    // A long run is not paid for when its product is lost.
    await withFake(ENDLESS, async ({ shell }) => {
      const { stdout, stderr } = await shell("ccrun --json hi >/dev/full; echo $?");
      assertEquals(stdout, "1\n");
      assertStringIncludes(stderr, "error: cannot write to stdout: No space left on device");
    });
  },
);

testWith(
  { unless: Deno.build.os === "linux" ? undefined : "only Linux has /dev/full" },
  "ccrun rejects a device for --output or --record before claude starts",
  async () => {
    await withFake(STORY, async ({ shell, prompt }) => {
      for (const option of ["--output", "--record"]) {
        const { stdout, stderr, code } = await shell(`ccrun -q hi ${option} /dev/full`);
        assertEquals([stdout, code], ["", 2]);
        assertStringIncludes(stderr, `ccrun: error: cannot write ${option} /dev/full: `);
      }
      assertEquals(await prompt(), undefined, "claude was started");
    });
  },
);

Deno.test("ccrun --output fails on a full disk and keeps the existing file", async () => {
  await withFake(STORY, async ({ shell, sandbox }) => {
    const out = `${sandbox.project}/out.txt`;
    await Deno.writeTextFile(out, "before\n");
    // No file may grow: what a full disk is, without a disk. Unless it is ignored, the signal kills.
    const noRoom = `trap '' XFSZ; ulimit -f 0;`;
    const { stdout, stderr, code } = await shell(`${noRoom} ccrun -q hi -o out.txt`);
    assertEquals([stdout, code], ["", 1]);
    assertStringIncludes(stderr, `ccrun: error: cannot write --output ${out}: File too large\n`);
    // The answer was paid for: it is not lost.
    assertStringIncludes(stderr, ANSWER);
    assertEquals(await Deno.readTextFile(out), "before\n");
    const json = await shell(`${noRoom} ccrun --json hi -o out.txt`);
    assert(json.events !== undefined);
    assertEvents(json.events);
    assertEquals(json.code, 1);
  });
});

Deno.test("ccrun --record stops the run on a full disk", async () => {
  await withFake(ENDLESS, async ({ shell }) => {
    const { stdout, stderr } = await shell(
      `trap '' XFSZ; ulimit -f 1; ccrun -q hi --record tape.jsonl; echo $?`,
    );
    assertEquals(stdout, "1\n");
    assertStringIncludes(stderr, "cannot write --record ");
    assertStringIncludes(stderr, "tape.jsonl: File too large\n");
  });
});

Deno.test("ccrun --output keeps an existing file if the run fails", async () => {
  await withFake(FAILURE, async ({ shell, sandbox }) => {
    const out = `${sandbox.project}/out.txt`;
    await shell("ccrun -q hi -o new.txt");
    assertEquals(await Deno.lstat(`${sandbox.project}/new.txt`).catch(() => "none"), "none");
    await Deno.writeTextFile(out, "before\n");
    const before = await Deno.stat(out);
    await shell("ccrun -q hi -o out.txt");
    const after = await Deno.stat(out);
    assertEquals(await Deno.readTextFile(out), "before\n");
    assertEquals([after.ino, after.mtime, after.mode], [before.ino, before.mtime, before.mode]);
  });
});

Deno.test("ccrun --output keeps an existing file if the run is stopped", async () => {
  const body = `trap 'exit 1' INT; ${emit(initLine(), WAITING)}${gate("never")}`;
  await withFake(body, async ({ start, sandbox }) => {
    const out = `${sandbox.project}/out.txt`;
    await Deno.writeTextFile(out, "before\n");
    await using ccrun = await start(["hi", "-o", "out.txt"]);
    await ccrun.stderrUntil("Bash  wait");
    ccrun.kill("SIGTERM");
    assertEquals((await ccrun.finished).code, 143);
    assertEquals(await Deno.readTextFile(out), "before\n");
    await assertNothingLeft(sandbox);
  });
});

Deno.test("ccrun --output keeps the mode of an existing file", async () => {
  await withFake(STORY, async ({ shell, sandbox }) => {
    const out = `${sandbox.project}/out.txt`;
    for (const mode of [0o600, 0o640, 0o755]) {
      await Deno.writeTextFile(out, "before\n");
      await Deno.chmod(out, mode);
      assertEquals((await shell("ccrun -q hi -o out.txt")).stdout, `${ANSWER}\n`);
      assertEquals(await Deno.readTextFile(out), `${ANSWER}\n`);
      assertEquals((await Deno.stat(out)).mode! & 0o777, mode);
    }
  });
});

Deno.test("ccrun --output writes to the target of a link, even if it does not exist yet", async () => {
  await withFake(STORY, async ({ shell, sandbox }) => {
    const { project } = sandbox;
    await Deno.mkdir(`${project}/real`);
    await Deno.writeTextFile(`${project}/real/old.txt`, "before\n");
    for (const name of ["old", "new"]) {
      await Deno.symlink(`real/${name}.txt`, `${project}/${name}-link`);
      assertEquals((await shell(`ccrun -q hi -o ${name}-link`)).code, 0);
      assertEquals(await Deno.readLink(`${project}/${name}-link`), `real/${name}.txt`);
      assertEquals(await Deno.readTextFile(`${project}/real/${name}.txt`), `${ANSWER}\n`);
    }
    const files = Array.from(Deno.readDirSync(`${project}/real`), ({ name }) => name).sort();
    assertEquals(files, ["new.txt", "old.txt"]);
    await Deno.symlink("nowhere/deep.txt", `${project}/lost-link`);
    const { stderr, code } = await shell("ccrun -q hi -o lost-link");
    assertEquals(code, 2);
    assertStringIncludes(stderr, "lost-link: its directory does not exist\n");
  });
});

Deno.test("ccrun --output reports a read-only directory before claude starts", async () => {
  await withFake(STORY, async ({ shell, prompt, sandbox }) => {
    await Deno.writeTextFile(`${sandbox.project}/file`, "");
    for (
      const [path, why] of [["nowhere/x", "its directory does not exist"], [
        ".",
        "it is a directory",
      ]]
    ) {
      const { stdout, stderr, code } = await shell(`ccrun hi -o ${path}`);
      assertEquals([stdout, code], ["", 2]);
      assertStringIncludes(stderr, `: ${why}\n`);
    }
    assertEquals(await prompt(), undefined, "claude was started");
  });
});

Deno.test("ccrun reads files from a process substitution", async () => {
  // What claude is given must be there when claude reads it: a pipe can be read once.
  const body = `for arg in "$@"; do case "$before $arg" in
    --settings\\ *|*\\ --mcp-config=*) cat "\${arg#*=}" >&2; echo >&2;; esac; before=$arg; done
    ${emit(...STORY)}`;
  await withFake(body, async ({ shell, prompt }) => {
    const { stderr, stdout } = await shell(
      `ccrun --prompt-file <(echo "from a pipe") --settings <(echo '{"a":1}') \\
        --mcp-config <(echo '{"mcpServers":{}}')`,
    );
    assertEquals(stdout, `${ANSWER}\n`, stderr);
    assertEquals(await prompt(), "from a pipe\n");
    assertStringIncludes(stderr, '{"a":1}');
    assertStringIncludes(stderr, '{"mcpServers":{}}');
  });
});

testWith(
  { commands: ["perl"] },
  "ccrun writes each event once to a non-blocking pipe with a slow reader",
  async () => {
    // More than a pipe holds, and a reader that begins when it is full.
    const texts = Array.from({ length: 40 }, (_, at) => textLine(`${at} ${"x".repeat(10_000)}`));
    const body = `${emit(initLine(), ...texts)}: >"$gates/full"; ${emit(resultLine())}`;
    await withFake(body, async ({ shell, sandbox }) => {
      const { stdout, stderr } = await shell(
        `perl -MFcntl -e 'fcntl(STDOUT, F_SETFL, O_WRONLY | O_NONBLOCK); exec @ARGV' \
          ccrun --json hi | { ${gate("full").replace("$gates", "..")}cat; } > events.jsonl
        echo "\${PIPESTATUS[0]}"`,
      );
      assertEquals([stdout, stderr], ["0\n", ""]);
      const events = jsonEvents(await Deno.readTextFile(`${sandbox.project}/events.jsonl`));
      assertEvents(events);
      assertEquals(events.filter(({ type }) => type === "text").length, 40);
    });
  },
);

testWith(
  { commands: ["perl"] },
  "ccrun replay writes each byte once to blocking and non-blocking pipes",
  async () => {
    const texts = Array.from({ length: 300 }, (_, at) => textLine(`${at} ${"x".repeat(10_000)}`));
    await withFake(":", async ({ shell, sandbox }) => {
      const recording = `${sandbox.project}/recording.jsonl`;
      await Deno.writeTextFile(recording, [initLine(), ...texts, resultLine()].join("\n"));
      for (const flags of ["O_WRONLY | O_NONBLOCK", "O_WRONLY"]) {
        // A reader that takes less at once than is written.
        const { stdout, stderr } = await shell(
          `perl -MFcntl -e 'fcntl(STDOUT, F_SETFL, ${flags}); exec @ARGV' \
            ccrun replay --json recording.jsonl | dd bs=5000 2>/dev/null > events.jsonl
          echo "\${PIPESTATUS[0]}"`,
        );
        assertEquals([stdout, stderr], ["0\n", ""], flags);
        const events = jsonEvents(await Deno.readTextFile(`${sandbox.project}/events.jsonl`));
        assertEvents(events);
        assertEquals(events.filter(({ type }) => type === "text").length, 300, flags);
      }
    });
  },
);

Deno.test("ccrun reports that it cannot create temporary files", async () => {
  await withFake(STORY, async ({ shell, prompt }) => {
    const { stdout, stderr, code } = await shell(
      `TMPDIR=/no/such/folder ccrun -q hi --settings '{}'`,
    );
    assertEquals([stdout, code], ["", 2]);
    assertClearMessage(stderr);
    assertStringIncludes(stderr, "cannot create a temporary directory: ");
    assertStringIncludes(stderr, "TMPDIR");
    assertEquals(await prompt(), undefined, "claude was started");
  });
});

testWith(
  { unless: Deno.build.os === "linux" ? undefined : "only Linux allows such names" },
  "ccrun rejects a working directory whose name is not UTF-8",
  async () => {
    await withFake(STORY, async ({ shell }) => {
      const { stdout, stderr, code } = await shell(
        `d=$(printf 'd\\377'); mkdir "$d"; cd "$d"; ccrun -q hi`,
      );
      assertEquals([stdout, code], ["", 2]);
      assertClearMessage(stderr);
      assertStringIncludes(stderr, "cannot use the current directory");
    });
  },
);

Deno.test("ccrun can run several times at once in one shell", async () => {
  await withFake(STORY, async ({ shell }) => {
    const { stdout } = await shell(
      `ccrun -q one > a.txt & ccrun --json two > b.jsonl & wait
      grep -c '"type":"exit"' b.jsonl; wc -l < a.txt | tr -d ' '`,
    );
    assertEquals(stdout, "1\n1\n");
  });
});
