/**
 * ccrun in a shell: captured, piped, redirected, in a log.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { message, type Reply, text, toolUse } from "../support/api_reply.ts";
import { jsonEvents } from "../support/ccrun.ts";
import { assertEvents } from "../support/event_schema.ts";
import { emit, initLine, resultLine, textLine } from "../support/fake_claude.ts";
import { testWith } from "../support/test_with.ts";
import { ANSWER, assertClearMessage, FAILURE, gate, STORY, withFake } from "./fake_scene.ts";
import { bash, SKIP, withScene } from "./scene.ts";
import { assertGone, makeLeftover } from "./leftovers.ts";

const ON_LINUX = { unless: Deno.build.os === "linux" ? undefined : "only Linux has these files" };

/** Control characters that no log may contain. */
// deno-lint-ignore no-control-regex -- control characters are what it looks for
const CONTROL = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/;

/** A fake claude that writes until it is stopped. */
const ENDLESS = `trap 'exit 0' INT
${emit(initLine())}while :; do ${emit(textLine("More."))}sleep 0.02; done`;

/** A fake claude that replies with its prompt. */
const ECHO = `prompt=$(sed 's/.*"text":"\\([^"]*\\)".*/\\1/' "$gates/prompt")
sed "s/PROMPT/$prompt/" <<'END'
${initLine()}
${resultLine({ result: "You said: PROMPT" })}
END`;

/** Returns how often a text contains another. */
function count(text: string, part: string): number {
  return text.split(part).length - 1;
}

Deno.test("ccrun in $(...) prints the answer of the real Claude Code, and progress on stderr", async () => {
  const replies = [toolUse("Bash", { command: "echo t1-output" }), text("It is done.")];
  await withScene(replies, async ({ shell }) => {
    const options = "--dangerously-skip-permissions --allowed-tools Bash";
    const { stdout, stderr } = await shell(
      `answer=$(ccrun ${options} "Do it."); echo "code $?"; printf '<%s>' "$answer"`,
    );
    assertEquals(stdout, "code 0\n<It is done.>");
    assertStringIncludes(stderr, "● Bash  echo t1-output");
    assertStringIncludes(stderr, "t1-output\n");
    assert(!stderr.includes("It is done."), `the answer twice:\n${stderr}`);
    const [header, ...others] = stderr.trim().split("\n");
    assertMatch(header ?? "", /^◆ claude\S* · \S+project · [0-9a-f-]{36}/);
    assertMatch(others.at(-1) ?? "", /^✓ .*s · \d turns? · 1 tool · \d+ in \d+ out · \$0\.00\d+$/);
  });
});

Deno.test("ccrun -q > file writes the exact bytes of the answer, and exactly one newline", async () => {
  const answer = "\x1b]0;title\x07 \u009b2J \u202e ::error::x ü 漢字 🎉 \\n\n\nmore";
  const lines = [initLine(), resultLine({ result: `${answer}\r\n\n` })];
  await withFake(lines, async ({ shell, sandbox }) => {
    const { stdout, stderr } = await shell("ccrun -q hi > answer.txt; echo $?");
    assertEquals([stdout, stderr], ["0\n", ""]);
    assertEquals(await Deno.readTextFile(`${sandbox.project}/answer.txt`), `${answer}\n`);
  });
});

Deno.test("ccrun --json and -f raw exit silently with 141 when their pipe is closed", async () => {
  for (const options of ["--json", "-f raw"]) {
    await withFake(ENDLESS, async ({ shell }) => {
      const { stdout, stderr } = await shell(
        `ccrun ${options} hi | head -1 | cut -c 1; echo "\${PIPESTATUS[*]}"`,
      );
      assertEquals([stdout, stderr], ["{\n141 0 0\n", ""]);
    });
  }
});

testWith(
  { commands: ["setsid"] },
  "ccrun --json stops the real Claude Code when its pipe is closed",
  async () => {
    let command = "";
    const replies: Reply[] = [
      () => message(text("I begin."), bash(command)),
      bash("touch begun; sleep 377"),
      text("Never."),
    ];
    await withScene(replies, async ({ sandbox, shell }) => {
      await using leftover = makeLeftover(sandbox);
      const closed = gate("closed").replace("$gates", sandbox.root);
      command = `(setsid ${leftover.command} &); ${leftover.waitCommand}; ${closed}`;
      const { stdout, stderr } = await shell(
        `ccrun --json ${SKIP} hi | { grep -m1 tool_use >/dev/null; exec <&-; : >../closed; }
        echo "\${PIPESTATUS[*]}"`,
      );
      assertEquals([stdout, stderr], ["141 0\n", ""]);
      await assertGone(leftover);
    });
  },
);

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
  await withFake(STORY, async ({ shell, sandbox }) => {
    const withoutStderr = await shell("ccrun hi 2>&-; echo $?");
    assertEquals([withoutStderr.stdout, withoutStderr.stderr], [`${ANSWER}\n0\n`, ""]);
    const withoutStdout = await shell("ccrun --json hi >&-; echo $?");
    assertEquals([withoutStdout.stdout, withoutStdout.stderr], ["0\n", ""]);
    const withoutAny = await shell("ccrun -o out.txt hi <&- >&- 2>&-; echo $?");
    assertEquals([withoutAny.stdout, withoutAny.stderr], ["0\n", ""]);
    assertEquals(await Deno.readTextFile(`${sandbox.project}/out.txt`), `${ANSWER}\n`);
  });
  await withFake(FAILURE, async ({ shell }) => {
    assertEquals((await shell("ccrun hi >&- 2>&-; echo $?")).stdout, "1\n");
    assertEquals((await shell("ccrun --bogus >&- 2>&-; echo $?")).stdout, "2\n");
  });
});

Deno.test("ccrun > log 2>&1 writes plain lines, and the answer once at the end", async () => {
  await withFake(STORY, async ({ shell }) => {
    const { stdout } = await shell("ccrun hi 2>&1");
    assert(!CONTROL.test(stdout), JSON.stringify(stdout));
    assertEquals(count(stdout, ANSWER), 1, stdout);
    assertEquals(stdout.split("\n").slice(-2), [ANSWER, ""]);
    assertStringIncludes(stdout, "Let me look.\n");
    assertEquals(count(stdout, "✓"), 1, stdout);
    const slow = await shell("ccrun hi 2>&1 | (read -r first; cat) | tail -n 1");
    assertEquals(slow.stdout, `${ANSWER}\n`);
  });
});

Deno.test("ccrun prints the reason of a failure on stderr, and nothing on stdout", async () => {
  await withFake(FAILURE, async ({ shell }) => {
    const quiet = await shell(`answer=$(ccrun -q hi); echo "<$answer> $?"`);
    assertEquals(quiet.stdout, "<> 1\n");
    assertStringIncludes(quiet.stderr, "ccrun: error: ");
    assertStringIncludes(quiet.stderr, "It broke.");

    const log = (await shell("ccrun hi 2>&1; echo $?")).stdout;
    assert(!CONTROL.test(log), JSON.stringify(log));
    assertEquals(count(log, "It broke."), 1, log);
    assertStringIncludes(log, "I tried.\n");
    assert(log.endsWith("\n1\n"), log);
  });
});

Deno.test("ccrun --color always colors a log, without any other escape sequence", async () => {
  await withFake(STORY, async ({ shell }) => {
    const { stdout } = await shell("ccrun --color always hi 2>&1");
    assertStringIncludes(stdout, "\x1b[");
    // deno-lint-ignore no-control-regex -- sequences are what it looks for
    assert(!CONTROL.test(stdout.replaceAll(/\x1b\[[0-9;]*m/g, "")), JSON.stringify(stdout));
  });
});

Deno.test("ccrun --no-stdin does not read the input of a while loop", async () => {
  await withFake(ECHO, async ({ shell }) => {
    const { stdout, stderr } = await shell(
      `printf 'one\\ntwo\\n' | while read -r line; do ccrun -q --no-stdin "$line"; done`,
    );
    assertEquals([stdout, stderr], ["You said: one\nYou said: two\n", ""]);
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
    assertStringIncludes(stderr, '"a":1');
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

Deno.test("ccrun reports that it cannot create temporary files", async () => {
  await withFake(STORY, async ({ shell, prompt }) => {
    const { stdout, stderr, code } = await shell(
      `TMPDIR=/no/such/folder ccrun -q hi --settings '{}'`,
    );
    assertEquals([stdout, code], ["", 2]);
    assertClearMessage(stderr);
    assertStringIncludes(stderr, "cannot create a temporary directory in ");
    assertStringIncludes(stderr, "TMPDIR");
    assertEquals(await prompt(), undefined, "claude was started");
  });
});

testWith(
  ON_LINUX,
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
