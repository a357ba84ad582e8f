/**
 * ccrun in a pseudo terminal.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { makeScreen } from "../support/screen.ts";
import { jsonEvents } from "../support/ccrun.ts";
import { assertEvents } from "../support/event_schema.ts";
import {
  deltaLine,
  emit,
  initLine,
  messageLine,
  resultLine,
  streamedLines,
  streamedTextLine,
  textLine,
  thinkingLine,
  toolResultLine,
  toolUseLine,
} from "../support/fake_claude.ts";
import { testWith } from "../support/test_with.ts";
import { waitFor } from "../support/wait_for.ts";
import { ANSWER, gate, STORY, withFake } from "./fake_scene.ts";
import { inTerminal, TERMINAL } from "./in_terminal.ts";

/** The frames of the spinner in the status line. */
const SPINNER = /[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]/;

/** A story that waits at its tool until the gate opens. */
const PAUSED_STORY = emit(...STORY.slice(0, 3)) + gate("go") + emit(...STORY.slice(3));

/** Returns the last screen. Fails at any sequence that ccrun does not write. */
function screenOf(output: string, columns: number): readonly string[] {
  const screen = makeScreen(columns);
  screen.write(output);
  assert(screen.widest <= columns, `${screen.widest} columns of ${columns}:\n${output}`);
  return screen.lines();
}

/** Fails if the text contains something that misleads a terminal or a reader. */
function assertSanitized(output: string): void {
  // Throws at any control character or sequence that ccrun does not write.
  makeScreen(80).write(output);
  const found = /.{0,80}[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069].{0,80}/.exec(output);
  assertEquals(found?.[0], undefined);
}

/** Clipboard, title, clearing, cursor, reset, C1, bidi, a link, a lone bell and backspace. */
const HOSTILE = "\x1b]52;c;aGk=\x07\x1b]0;title\x1b\\\x1b[2J\x1b[H\x1bc\u009b2J\u0090x\u009c" +
  "\u202egnp.exe\u2066\x1b]8;;http://x\x07\x07\b\x7f\x0e\x1b[?1049h\x1b[5;5r\rover\x1b[";

/** {@linkcode HOSTILE} as octal escapes of printf. */
const HOSTILE_BYTES = [...new TextEncoder().encode(HOSTILE)]
  .map((byte) => `\\${byte.toString(8).padStart(3, "0")}`).join("");

const LONG_WORD = "https://example.com/" + "a-very-long-path/".repeat(20);

/** A run with everything that could be too wide. It waits at a tool until the gate opens. */
const WIDE = `${
  emit(
    initLine({ cwd: `/home/dev/${"deep/".repeat(30)}`, model: `claude-${"long-".repeat(10)}1` }),
    thinkingLine("漢字かな交じり文".repeat(30)),
    textLine(`# ${"Heading ".repeat(30)}\n\n- ${"漢字 ".repeat(80)}\n\n${LONG_WORD}\n\n🎉🎊👩‍👩‍👧‍👦\n`),
    toolUseLine({ id: "toolu_1", name: "Bash", input: { command: `echo ${"漢".repeat(200)}` } }),
  )
}${gate("go")}${
  emit(
    toolResultLine({ id: "toolu_1", content: `${"x".repeat(500)}\n\ttab\t\ttab\n${LONG_WORD}` }),
    toolUseLine({ id: "toolu_2", name: "Read", input: { file_path: `/${"ü".repeat(300)}` } }),
    toolResultLine({ id: "toolu_2", content: "No such file. ".repeat(40), isError: true }),
    textLine(`${ANSWER} ${"word ".repeat(60)}end`),
    resultLine({ result: `${ANSWER} ${"word ".repeat(60)}end` }),
  )
}`;

testWith(
  TERMINAL,
  "ccrun in a narrow terminal prints no line that is too wide, and removes its status line",
  async () => {
    await withFake(WIDE, async (scene) => {
      await using terminal = await inTerminal(scene, "ccrun hi; echo code $?", { columns: 40 });
      // Two frames: it moves.
      await terminal.stdoutUntil((text) => text.split(SPINNER).length > 2);
      await scene.open("go");
      const lines = screenOf((await terminal.finished).stdout, 40);
      const all = lines.join("\n");
      assert(!SPINNER.test(all), all);
      assertEquals(lines.at(-1), "code 0");
      assertEquals(all.split(ANSWER).length, 2, `the answer once:\n${all}`);
      assertStringIncludes(all, "● Bash");
      assert(lines.at(-2)?.startsWith("✓ "), all);
    });
  },
);

testWith(
  TERMINAL,
  "ccrun in a terminal shows text while it is generated, and the answer once",
  async () => {
    const answer = "The first half, and the second half of it.";
    const body = `case " $* " in *" --include-partial-messages "*) ;; *) exit 9;; esac
    ${emit(initLine(), ...streamedLines(["The first ", "half, "]))}${gate("go")}${
      emit(
        deltaLine("and the second half of it."),
        streamedTextLine(answer),
        resultLine({ result: answer }),
      )
    }`;
    await withFake(body, async (scene) => {
      await using terminal = await inTerminal(scene, "ccrun hi; echo code $?");
      await terminal.stdoutUntil("The first half,");
      await scene.open("go");
      const lines = screenOf((await terminal.finished).stdout, 80);
      assertEquals(lines.filter((line) => line.includes("half")), [answer]);
      assertEquals(lines.at(-1), "code 0");
    });
  },
);

testWith(
  TERMINAL,
  "ccrun in a terminal shows a sentence in several blocks as one, and the answer of two turns once",
  async () => {
    const body = emit(
      initLine(),
      textLine("I wait for it."),
      resultLine({ result: "I wait for it." }),
      ...["The tool came out in ", "2018", ", and it works."].map(streamedTextLine),
      resultLine({ result: ", and it works." }),
    );
    await withFake(body, async (scene) => {
      await using terminal = await inTerminal(scene, "ccrun hi; echo code $?");
      const lines = screenOf((await terminal.finished).stdout, 80);
      const texts = lines.filter((line) => /wait|came|2018|works/.test(line));
      assertEquals(texts, ["I wait for it.", "The tool came out in 2018, and it works."]);
      assertEquals(lines.at(-1), "code 0");
    });
  },
);

testWith(
  TERMINAL,
  "answer=$(ccrun ...) in a terminal shows progress and captures the answer",
  async () => {
    await withFake(PAUSED_STORY, async (scene) => {
      await using terminal = await inTerminal(scene, `answer=$(ccrun hi); echo "<$answer> $?"`);
      await terminal.stdoutUntil((text) => SPINNER.test(text));
      await scene.open("go");
      const lines = screenOf((await terminal.finished).stdout, 80);
      assertEquals(lines.at(-1), `<${ANSWER}> 0`);
      assert(lines.includes("● Bash  ls -l"), lines.join("\n"));
      assert(lines.at(-2)?.startsWith("✓ "), lines.join("\n"));
    });
  },
);

testWith(
  TERMINAL,
  "ccrun in a terminal prints an answer that was not shown below the progress",
  async () => {
    const body = `${emit(...STORY.slice(0, 3))}${gate("go")}${emit(...STORY.slice(3, -1))}${
      emit(resultLine({ result: "", structured_output: { answer: 42 } }))
    }${gate("end")}`;
    await withFake(body, async (scene) => {
      await using terminal = await inTerminal(scene, `ccrun --json-schema '{}' hi; echo code $?`);
      await terminal.stdoutUntil((text) => SPINNER.test(text));
      await scene.open("go");
      // The status line is painted when the answer arrives.
      await terminal.stdoutUntil("finishing");
      await scene.open("end");
      const lines = screenOf((await terminal.finished).stdout, 80);
      assertEquals(lines.slice(-2), ['{"answer":42}', "code 0"]);
      assert(!SPINNER.test(lines.join("\n")), lines.join("\n"));
    });
  },
);

testWith(TERMINAL, "ccrun sanitizes hostile output for a terminal", async () => {
  const body = `printf '${HOSTILE_BYTES}\\n' >&2
    ${
    emit(
      initLine({ model: `m${HOSTILE}`, cwd: `/tmp/${HOSTILE}`, permissionMode: HOSTILE }),
      ...streamedLines([HOSTILE.slice(0, 9), HOSTILE.slice(9), "\x1b", "[2J", "\n"]),
      thinkingLine(HOSTILE),
      toolUseLine({ id: "toolu_1", name: `Bash${HOSTILE}`, input: { command: HOSTILE } }),
      toolResultLine({ id: "toolu_1", content: `${HOSTILE}\n${HOSTILE}` }),
      toolUseLine({
        id: "toolu_2",
        name: "Edit",
        input: { file_path: HOSTILE, old_string: HOSTILE },
      }),
      toolResultLine({ id: "toolu_2", content: HOSTILE, isError: true }),
      messageLine({ type: "system", subtype: "status", status: HOSTILE }),
      messageLine({ type: "system", subtype: "informational", content: HOSTILE, level: "warning" }),
      messageLine({ type: HOSTILE, field: HOSTILE }),
    )
  }printf 'not JSON ${HOSTILE_BYTES}\\n'
    case "$(cat "$gates/prompt")" in
      *'"good"'*) ${emit(textLine(`Good ${HOSTILE}`), resultLine({ result: `Good ${HOSTILE}` }))};;
      *'"bad"'*) ${
    emit(resultLine({
      subtype: "error_during_execution",
      is_error: true,
      result: `Bad ${HOSTILE}`,
      errors: [HOSTILE],
    }))
  };; *) exit 3;; esac`;
  await withFake(body, async (scene) => {
    await using terminal = await inTerminal(
      scene,
      `for options in "good" "--json --debug good" "bad" "-q bad" "-q neither"; do
        ccrun $options; echo "code $?"
      done`,
    );
    const { stdout } = await terminal.finished;
    assertSanitized(stdout);
    for (const code of ["0", "1"]) assertStringIncludes(stdout, `code ${code}\r\n`);
    assertStringIncludes(stdout, "Good ␛]52;c;aGk=␇");
    assertStringIncludes(stdout, "Bad ␛]52;c;aGk=␇");
  });
});

testWith(TERMINAL, "ccrun sanitizes hostile arguments and variables for a terminal", async () => {
  await withFake(STORY, async (scene) => {
    await using terminal = await inTerminal(
      scene,
      `h=$(printf '${HOSTILE_BYTES}')
      ccrun "--$h" hi
      ccrun --format "$h" hi
      ccrun --cwd "/tmp/$h" hi
      ccrun --claude "$h" hi
      ccrun --json-schema "{$h" hi
      ccrun help "$h"
      ccrun replay "$h"
      CCRUN_COLOR="$h" ccrun hi
      mkdir -p "$h" && cd "$h" && ccrun --debug-raw --append-system-prompt "$h" hi
      echo the end`,
    );
    const { stdout } = await terminal.finished;
    assertSanitized(stdout);
    assertStringIncludes(stdout, "the end\r\n");
    assertEquals(stdout.split("error: ").length - 1, 8, stdout);
  });
});

Deno.test("ccrun sanitizes a hostile name of a variable in its warning", async () => {
  // A shell would not pass such a variable on.
  await withFake(STORY, async ({ run }) => {
    const { stderr, code } = await run(["-q", "hi"], { env: { [`CCRUN_${HOSTILE}`]: "1" } });
    assertEquals(code, 0);
    assertSanitized(stderr);
    assertStringIncludes(stderr, "ccrun: warning: unknown variable CCRUN_␛]52;c;");
  });
});

testWith(TERMINAL, "ccrun in a dumb terminal prints plain lines", async () => {
  await withFake(STORY, async (scene) => {
    await using terminal = await inTerminal(scene, "ccrun hi; echo code $?", {
      env: { TERM: "dumb" },
    });
    const { stdout } = await terminal.finished;
    assert(!stdout.includes("\x1b"), JSON.stringify(stdout));
    assert(!/\r(?!\n)/.test(stdout), JSON.stringify(stdout));
    assertEquals(stdout.split(ANSWER).length, 2, stdout);
    assertStringIncludes(stdout, "● Bash  ls -l\r\n");
    assertStringIncludes(stdout, "code 0\r\n");
  });
});

testWith(TERMINAL, "ccrun in a terminal prints diagnostics above the status line", async () => {
  await withFake(PAUSED_STORY, async (scene) => {
    await using terminal = await inTerminal(scene, "ccrun --debug hi", { columns: 200 });
    await terminal.stdoutUntil((text) => SPINNER.test(text));
    await scene.open("go");
    const lines = screenOf((await terminal.finished).stdout, 200);
    const debug = lines.filter((line) => line.includes("debug"));
    assert(
      debug.length >= 3 && debug.every((line) => line.startsWith("ccrun: debug: ")),
      lines.join("\n"),
    );
  });
});

testWith(TERMINAL, "ccrun --json --progress in a terminal prints whole lines", async () => {
  await withFake(PAUSED_STORY, async (scene) => {
    await using terminal = await inTerminal(scene, "ccrun --json --progress hi");
    await terminal.stdoutUntil('"type":"tool_use"');
    await scene.open("go");
    const lines = (await terminal.finished).stdout.split("\r\n");
    assertEvents(jsonEvents(lines.filter((line) => line.includes('{"type"')).join("\n")));
    assertEquals(lines.some((line) => SPINNER.test(line)), false, lines.join("\n"));
  });
});

testWith(TERMINAL, "Ctrl-C in a terminal removes the status line", async () => {
  const body = `trap 'kill $!; exit 1' INT
    ${emit(...STORY.slice(0, 3))}sleep 77 & wait`;
  await withFake(body, async (scene) => {
    // With a trap the shell continues, however ccrun ends.
    await using terminal = await inTerminal(scene, `trap : INT; ccrun hi; echo "code $?"`);
    await terminal.stdoutUntil((text) => SPINNER.test(text));
    await terminal.write("\x03");
    const { stdout } = await terminal.finished;
    assertStringIncludes(stdout, "code 130\r\n");
    const screen = screenOf(stdout.replaceAll("^C", ""), 200).join("\n");
    assert(!SPINNER.test(screen), screen);
    await scene.sandbox.assertNothingLeft();
  });
});

testWith(
  TERMINAL,
  "ccrun in a terminal without a prompt fails at once, and reads what is typed with -",
  async () => {
    await withFake(STORY, async (scene) => {
      const script = `ccrun; echo "code $?"; ccrun replay; echo ready; ccrun -; echo "code $?"`;
      await using terminal = await inTerminal(scene, script);
      const failures = await terminal.stdoutUntil("ready");
      assertStringIncludes(failures, "ccrun: error: no prompt\r\n");
      assertStringIncludes(failures, "code 2\r\n");
      assertStringIncludes(failures, "ccrun: error: no recording given\r\n");
      assertEquals(await scene.prompt(), undefined, "claude was started");
      await terminal.write("typed by hand\n\x04");
      assertStringIncludes((await terminal.finished).stdout, "code 0\r\n");
      assertEquals(await scene.prompt(), "typed by hand\n");
    });
  },
);

testWith(
  { ...TERMINAL, commands: ["tmux", "stty"] },
  "ccrun in a terminal that becomes narrower continues in the new width",
  async () => {
    const words = "The quick brown fox jumps over the lazy dog. ".repeat(4).trim();
    const body = `${
      emit(initLine(), toolUseLine({ id: "toolu_1", name: "Bash", input: { command: words } }))
    }${gate("go")}${
      emit(toolResultLine({ id: "toolu_1", content: "done" }), ...streamedLines([`${words}\n`]))
    }${gate("end")}${emit(resultLine({ result: words }))}`;
    await withFake(body, async (scene) => {
      const env = { TMUX_TMPDIR: `${scene.sandbox.root}/tmp`, TERM: "xterm-256color" };
      const run = async (script: string) => {
        await using shell = await scene.startShell(script, { env });
        return (await shell.finished).stdout;
      };
      const tmux = (command: string) => run(`tmux -L ccrun -f /dev/null ${command}`);
      const screen = () => tmux("capture-pane -p -S -");
      const waitForScreen = async (text: RegExp) =>
        assert(await waitFor(async () => text.test(await screen()), 60_000), await screen());

      // Rows that are erased at the top of the screen stay in the history of tmux.
      const script = "echo top; ccrun hi; echo code \\$?; exec sleep 77";
      await tmux(`new-session -d -x 80 -y 24 "${script}"`);
      await waitForScreen(/● Bash/);
      await waitForScreen(SPINNER);
      await tmux("resize-window -x 40");
      // The size of the terminal changes a little later.
      const tty = (await tmux("display-message -p '#{pane_tty}'")).trim();
      const hasResized = async () => (await run(`stty size <${tty}`)).endsWith(" 40\n");
      assert(await waitFor(hasResized, 60_000), "the terminal keeps its size");
      await waitForScreen(SPINNER);
      await scene.open("go");
      await waitForScreen(/jumps over the$/m);
      await scene.open("end");
      await waitForScreen(/code 0/);
      const lastScreen = await screen();
      await tmux("kill-server");
      assert(!SPINNER.test(lastScreen), lastScreen);
      assertStringIncludes(lastScreen, "The quick brown fox jumps over the\n");
      await scene.sandbox.assertNothingLeft();
    });
  },
);
