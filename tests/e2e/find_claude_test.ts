/**
 * How ccrun finds claude, and how it reports that it cannot.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { command, denoVariables } from "../support/ccrun.ts";
import { assertEvents } from "../support/event_schema.ts";
import { initLine, resultLine } from "../support/fake_claude.ts";
import { startProcess } from "../support/running_process.ts";
import { testWith } from "../support/test_with.ts";
import { ANSWER, assertClearMessage, type FakeScene, STORY, withFake } from "./fake_scene.ts";
import { writeExecutable } from "../support/executable.ts";

/** System directories that installers of Claude Code use. Tests cannot write there. */
const SYSTEM_PLACES: readonly string[] = ["/usr/local/bin", "/opt/homebrew/bin", "/usr/bin"];

const installed = SYSTEM_PLACES.filter((place) => isThere(`${place}/claude`));

function isThere(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    return false;
  }
}

/** Writes an executable file and its directory. */
async function executable(path: string, content: string | Uint8Array): Promise<string> {
  await Deno.mkdir(path.replace(/\/[^/]*$/, ""), { recursive: true });
  await writeExecutable(path, content);
  return path;
}

/** Returns a fake claude that answers with `name`. It needs nothing in PATH. */
function namedClaude(name: string): string {
  const lines = [initLine(), resultLine({ result: name })].map((line) => `'${line}'`);
  return `#!/bin/sh\nwhile read -r line; do :; done\nprintf '%s\\n' ${lines.join(" ")}\n`;
}

/** Runs `ccrun -q hi` with this environment. */
async function answerWith(
  { sandbox }: FakeScene,
  env: Readonly<Record<string, string | undefined>>,
  args: readonly string[] = [],
) {
  const prefix = await command();
  await using ccrun = startProcess([...prefix, "-q", ...args, "hi"], {
    sandbox,
    env: { ...await denoVariables(), ...env },
  });
  return await ccrun.finished;
}

testWith(
  { unless: installed.length > 0 ? `claude is installed in ${installed.join(", ")}` : undefined },
  "ccrun without claude prints where it searched and how to install it",
  async () => {
    await withFake(STORY, async (scene) => {
      const { home, root } = scene.sandbox;
      const { stdout, stderr, code } = await answerWith(scene, { PATH: `${root}/none:/bin` });
      assertEquals([stdout, code], ["", 127]);
      assertClearMessage(stderr);
      assertStringIncludes(stderr, "Claude Code is not installed: no claude in PATH (");
      assertStringIncludes(stderr, `${root}/none:/bin`);
      for (const place of [`${home}/.local/bin`, `${home}/.claude/local`, ...SYSTEM_PLACES]) {
        assertStringIncludes(stderr, place);
      }
      assertStringIncludes(stderr, "npm install -g @anthropic-ai/claude-code");
    });
  },
);

Deno.test("ccrun finds the first claude in PATH", async () => {
  await withFake(STORY, async (scene) => {
    const { root } = scene.sandbox;
    await executable(`${root}/one/claude`, namedClaude("one"));
    await executable(`${root}/sp ace/ünï/claude`, namedClaude("ünï"));
    await executable(`${root}/project/rel/claude`, namedClaude("relative"));
    await executable(`${root}/project/claude`, namedClaude("here"));
    // A directory of that name and a file that is not executable are skipped.
    await Deno.mkdir(`${root}/folder/claude`, { recursive: true });
    await Deno.mkdir(`${root}/text`);
    await Deno.writeTextFile(`${root}/text/claude`, "text");
    const cases: readonly (readonly [string, string])[] = [
      [`${root}/one:${root}/bin`, "one"],
      [`${root}/none:${root}/sp ace/ünï:${root}/one`, "ünï"],
      [`rel:${root}/one`, "relative"],
      [`${root}/folder:${root}/text:${root}/one`, "one"],
      // An empty entry is ignored. It does not mean the current directory.
      [`:${root}/one:`, "one"],
    ];
    for (const [path, answer] of cases) {
      const { stdout, stderr } = await answerWith(scene, { PATH: `${path}:/usr/bin:/bin` });
      assertEquals(stdout, `${answer}\n`, stderr);
    }
  });
});

testWith(
  { unless: installed.length > 0 ? `claude is installed in ${installed.join(", ")}` : undefined },
  "ccrun finds claude in the directories of its installers, even without PATH",
  async () => {
    await withFake(STORY, async (scene) => {
      const { home } = scene.sandbox;
      for (const place of [".bun/bin", ".claude/local", ".local/bin"]) {
        await executable(`${home}/${place}/claude`, namedClaude(place));
        for (const PATH of ["/bin", ""]) {
          const { stdout, stderr } = await answerWith(scene, { PATH });
          assertEquals(stdout, `${place}\n`, stderr);
        }
      }
    });
  },
);

Deno.test("ccrun runs the claude of --claude or CCRUN_CLAUDE, and --claude takes precedence", async () => {
  await withFake(STORY, async ({ run, sandbox }) => {
    const { root } = sandbox;
    await executable(`${root}/sp ace/ünï/claude`, namedClaude("path"));
    await executable(`${sandbox.bin}/other-claude`, namedClaude("name"));
    const answer = async (args: readonly string[], env = {}, cwd?: string) => {
      const { stdout, stderr } = await run(["-q", ...args, "hi"], { env, cwd });
      return stdout || stderr;
    };
    assertEquals(await answer(["--claude", `${root}/sp ace/ünï/claude`]), "path\n");
    assertEquals(await answer(["--claude", "other-claude"]), "name\n");
    assertEquals(await answer([], { CCRUN_CLAUDE: `${root}/sp ace/ünï/claude` }), "path\n");
    assertEquals(
      await answer(["--claude=other-claude"], { CCRUN_CLAUDE: `${root}/sp ace/ünï/claude` }),
      "name\n",
    );
    assertEquals(await answer([], { CCRUN_CLAUDE: "" }), `${ANSWER}\n`);
    // A relative path starts from the directory of ccrun, not from the workspace.
    const relative = ["--claude", "sp ace/ünï/claude", "--cwd", "project"];
    assertEquals(await answer(relative, {}, root), "path\n");
    assertEquals(await answer(["--claude", "./claude"], {}, `${root}/sp ace/ünï`), "path\n");
  });
});

Deno.test("ccrun reports what is wrong with the named claude, and the option that named it", async () => {
  await withFake(STORY, async ({ run, sandbox, prompt }) => {
    const { root } = sandbox;
    await Deno.writeTextFile(`${root}/plain`, "text");
    const cases: readonly (readonly [string, number, string])[] = [
      [`${root}/missing`, 127, `names ${root}/missing, which does not exist\n`],
      ["./missing", 127, "names ./missing, which does not exist\n"],
      ["missing", 127, "names missing, which is not in PATH ("],
      [root, 126, `names ${root}, which is a directory\n`],
      [
        `${root}/plain`,
        126,
        `names ${root}/plain, which is not executable\nccrun: if it is the right one: chmod +x`,
      ],
      [
        "~/claude",
        127,
        "names ~/claude, which does not exist\nccrun: ~ is not read as your home directory",
      ],
      [`${root}/plain/x`, 127, `names ${root}/plain/x, which does not exist\n`],
    ];
    for (const [path, code, says] of cases) {
      const option = await run(["-q", "hi", "--claude", path]);
      const variable = await run(["-q", "hi"], { env: { CCRUN_CLAUDE: path } });
      for (const [source, result] of [["--claude", option], ["CCRUN_CLAUDE", variable]] as const) {
        assertEquals([result.stdout, result.code], ["", code], path);
        assertClearMessage(result.stderr);
        assertStringIncludes(result.stderr, `ccrun: error: ${source} ${says}`);
      }
    }
    assertEquals(await prompt(), undefined, "another claude was started");
  });
});

Deno.test("ccrun reports why a file cannot be executed", async () => {
  await withFake(STORY, async ({ run, sandbox }) => {
    const { root } = sandbox;
    const cases: readonly (readonly [string, string | Uint8Array, string])[] = [
      ["interpreter", "#!/no/such/interpreter\n", "the interpreter that it names does not exist\n"],
      // Without #! a shell takes it for a script of its own.
      ["text", "echo hello\n", "is not Claude Code, or does not work here: "],
      ["empty", "", "is not Claude Code, or does not work here: "],
      ["junk", new Uint8Array(3000).map((_, at) => at * 31), "is not Claude Code"],
      ["header", new TextEncoder().encode("\x7fELF"), "is not Claude Code"],
      ["no-node", "#!/usr/bin/env no-such-node\n", "no-such-node"],
      [
        "crash",
        "#!/bin/sh\necho 'lib.so is missing' >&2; exit 127\n",
        "--version: lib.so is missing\n",
      ],
    ];
    for (const [name, content, says] of cases) {
      const path = await executable(`${root}/not claude/${name}`, content);
      const { stdout, stderr, code } = await run(["-q", "hi", "--claude", path]);
      assertEquals([stdout, code], ["", 126], stderr);
      assertStringIncludes(stderr, path);
      assertStringIncludes(stderr, says);
      assert(!stderr.includes("(os error"), stderr);
    }
  });
});

Deno.test("ccrun reports a program that is not Claude Code", async () => {
  await withFake(STORY, async ({ run, sandbox }) => {
    const programs = [
      ...["/bin/true", "/bin/false", "/bin/cat", "/bin/echo", "/bin/sh", "/usr/bin/env"]
        .filter(isThere),
      await executable(`${sandbox.root}/hello`, "#!/bin/sh\necho hello\n"),
      await executable(`${sandbox.root}/json`, "#!/bin/sh\necho '[1, 2]'; echo null\n"),
      await executable(`${sandbox.root}/copy`, "#!/bin/sh\ncat; exit 3\n"),
    ];
    for (const path of programs) {
      const { stdout, stderr, code } = await run(["-q", "hi", "--claude", path]);
      assertEquals([stdout, code], ["", 126], stderr);
      assertStringIncludes(stderr, `ccrun: error: ${path} is not Claude Code`);
      assertStringIncludes(
        stderr,
        `ccrun: run it to see what is wrong: ${path} --version; ` +
          "or choose another one with --claude PATH or CCRUN_CLAUDE\n",
      );
    }
    const json = await run(["--json", "hi", "--claude", `${sandbox.root}/hello`]);
    assert(json.events !== undefined);
    assertEvents(json.events);
    assertEquals(json.events.map(({ type }) => type), ["start", "raw", "error", "exit"]);
  });
});

Deno.test("ccrun --json prints start, error, and exit if claude cannot start", async () => {
  await withFake(STORY, async ({ run, sandbox }) => {
    const broken = await executable(`${sandbox.root}/broken`, "#!/no/such/interpreter\n");
    for (const [path, reason] of [["missing", "not_found"], [broken, "not_executable"]] as const) {
      const { events, stderr, code } = await run(["--json", "hi", "--claude", path]);
      assert(events !== undefined, stderr);
      assertEvents(events);
      assertEquals(events.map(({ type }) => type), ["start", "error", "exit"]);
      const exit = events.at(-1);
      assert(exit?.type === "exit");
      assertEquals([exit.reason, exit.code], [reason, code]);
      assertClearMessage(stderr);
    }
  });
});
