/**
 * How ccrun finds claude, and how it reports that it cannot.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { initLine, resultLine } from "../support/fake_claude.ts";
import { testWith } from "../support/test_with.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { runInLibrary } from "./library_scene.ts";
import { ANSWER, assertClearMessage, STORY, withFake } from "./fake_scene.ts";
import { checked, eventOf } from "./scene.ts";
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
  return `#!/bin/sh\nread -r line\nprintf '%s\\n' ${lines.join(" ")}\n`;
}

testWith(
  { unless: installed.length > 0 ? `claude is installed in ${installed.join(", ")}` : undefined },
  "ccrun without claude prints where it searched and how to install it",
  async () => {
    await withFake(STORY, async ({ run, sandbox: { home, root } }) => {
      const env = { PATH: `${root}/none:/bin` };
      const { stdout, stderr, code } = await run(["-q", "hi"], { env });
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
  await withFake(STORY, async ({ run, sandbox: { root } }) => {
    await executable(`${root}/one/claude`, namedClaude("one"));
    await executable(`${root}/sp ace/ünï/claude`, namedClaude("ünï"));
    // An empty entry is ignored. It does not mean the current directory.
    await executable(`${root}/project/claude`, namedClaude("here"));
    const PATH = `:${root}/none:${root}/sp ace/ünï:${root}/one:/usr/bin:/bin`;
    const { stdout, stderr } = await run(["-q", "hi"], { env: { PATH } });
    assertEquals(stdout, "ünï\n", stderr);
  });
});

testWith(
  { unless: installed.length > 0 ? `claude is installed in ${installed.join(", ")}` : undefined },
  "ccrun finds claude in the directories of its installers, even without PATH",
  async () => {
    await withFake(STORY, async ({ run, sandbox: { home } }) => {
      await executable(`${home}/.local/bin/claude`, namedClaude("installed"));
      for (const PATH of ["/bin", ""]) {
        const { stdout, stderr } = await run(["-q", "hi"], { env: { PATH } });
        assertEquals(stdout, "installed\n", stderr);
      }
    });
  },
);

Deno.test("ccrun runs the claude of --claude or CCRUN_CLAUDE, and --claude takes precedence", async () => {
  await withFake(STORY, async ({ run, sandbox }) => {
    const { root, bin } = sandbox;
    const path = await executable(`${root}/sp ace/ünï/claude`, namedClaude("path"));
    await executable(`${bin}/other-claude`, namedClaude("name"));
    const answer = async (args: readonly string[], env = {}, cwd?: string) => {
      const { stdout, stderr } = await run(["-q", ...args, "hi"], { env, cwd });
      return stdout || stderr;
    };
    assertEquals(await answer([], { CCRUN_CLAUDE: path }), "path\n");
    assertEquals(await answer(["--claude=other-claude"], { CCRUN_CLAUDE: path }), "name\n");
    assertEquals(await answer([], { CCRUN_CLAUDE: "" }), `${ANSWER}\n`);
    // A relative path starts from the directory of ccrun, not from the workspace.
    const relative = ["--claude", "sp ace/ünï/claude", "--cwd", "project"];
    assertEquals(await answer(relative, {}, root), "path\n");
  });
});

Deno.test("ccrun reports what is wrong with the named claude, and the option that named it", async () => {
  await withFake(STORY, async ({ run, sandbox, prompt }) => {
    const { root } = sandbox;
    const missing = await run(["-q", "hi", "--claude", "./missing"]);
    const directory = await run(["-q", "hi"], { env: { CCRUN_CLAUDE: root } });
    const cases = [
      [missing, 127, "--claude names ./missing, which does not exist\n"],
      [directory, 126, `CCRUN_CLAUDE names ${root}, which is a directory\n`],
    ] as const;
    for (const [{ stdout, stderr, code }, expectedCode, message] of cases) {
      assertEquals([stdout, code], ["", expectedCode]);
      assertClearMessage(stderr);
      assertStringIncludes(stderr, `ccrun: error: ${message}`);
    }
    assertEquals(await prompt(), undefined, "another claude was started");
  });
});

Deno.test("ccrun reports a program that is not Claude Code", async () => {
  await withFake(STORY, async ({ run, sandbox }) => {
    const path = await executable(`${sandbox.root}/hello`, "#!/bin/sh\necho hello\n");
    const { stdout, stderr, code } = await run(["-q", "hi", "--claude", path]);
    assertEquals([stdout, code], ["", 126], stderr);
    assertStringIncludes(stderr, `ccrun: error: ${path} is not Claude Code`);
    assertStringIncludes(
      stderr,
      `ccrun: run it to see what is wrong: ${path} --version; ` +
        "or choose another one with --claude PATH or CCRUN_CLAUDE\n",
    );
    const { events } = checked(await run(["--json", "hi", "--claude", path]));
    assertEquals(events.map(({ type }) => type), ["start", "raw", "error", "exit"]);
  });
});

Deno.test("ccrun --json prints start, error, and exit if claude cannot start", async () => {
  await withFake(STORY, async ({ run, sandbox }) => {
    const broken = await executable(`${sandbox.root}/broken`, "#!/no/such/interpreter\n");
    for (const [path, reason] of [["missing", "not_found"], [broken, "not_executable"]] as const) {
      const { events, exit, stderr } = checked(await run(["--json", "hi", "--claude", path]));
      assertEquals(events.map(({ type }) => type), ["start", "error", "exit"]);
      assertEquals(exit.reason, reason);
      assertClearMessage(stderr);
    }
  });
});

Deno.test("a run fails if the claude that it is given cannot be executed", async () => {
  const programs: readonly (readonly [string, string | Uint8Array, string])[] = [
    [
      "interpreter",
      "#!/no/such/interpreter\n",
      "its interpreter /no/such/interpreter does not exist",
    ],
    ["crlf", "#!/bin/sh\r\n", "its first line ends with a carriage return"],
    // Without #! a shell takes it for a script of its own.
    ["text", "echo hello\n", "is not Claude Code, or does not work here: "],
    ["empty", "", "is not Claude Code, or does not work here"],
    ["junk", new Uint8Array(3000).map((_, at) => at * 31), "is not Claude Code"],
    ["header", new TextEncoder().encode("\x7fELF"), "is not Claude Code"],
    ["no-node", "#!/usr/bin/env no-such-node\n", "no-such-node"],
    ["crash", "#!/bin/sh\necho 'no lib.so' >&2; exit 127\n", "--version: no lib.so"],
  ];
  await using sandbox = await makeSandbox();
  for (const [name, content, reason] of programs) {
    const claudePath = await executable(`${sandbox.root}/not claude/${name}`, content);
    const { exit, events } = await runInLibrary("", { claudePath });
    assertEquals(exit.code, 126, name);
    const { message, hint } = eventOf({ events }, "error").error;
    assertStringIncludes(message, claudePath);
    assertStringIncludes(`${message}\n${hint}`, reason);
    assert(!message.includes("(os error"), message);
  }
});

/** A claude that is a script for Node.js. */
const SCRIPT_CLAUDE = "#!/usr/bin/env node\n";

Deno.test("ccrun reports that node is missing for a claude that is a script", async () => {
  await withFake(STORY, async ({ run, sandbox: { root } }) => {
    const PATH = `${root}/none`;
    const scripts = [
      SCRIPT_CLAUDE,
      "#!/usr/bin/env -S node\n",
      '#!/bin/sh\nexec node cli.js "$@"\n',
    ];
    for (const script of scripts) {
      const claude = await executable(`${root}/script/claude`, script);
      const { stdout, stderr, code } = await run(["-q", "hi", "--claude", claude], {
        env: { PATH },
      });
      assertEquals([stdout, code], ["", 126], stderr);
      assertClearMessage(stderr);
      const reason = `cannot run ${claude}: it needs node, which is not in PATH (${PATH})`;
      assertStringIncludes(stderr, reason);
    }
  });
});

Deno.test("ccrun runs the claude of a version manager with the node beside it", async () => {
  await withFake(STORY, async ({ run, sandbox: { home, root } }) => {
    const bin = `${home}/.nvm/versions/node/v22.9.0/bin`;
    await executable(`${bin}/claude`, SCRIPT_CLAUDE);
    await executable(`${bin}/node`, namedClaude("node"));
    const { stdout, stderr } = await run(["-q", "hi"], { env: { PATH: `${root}/none` } });
    assertEquals([stdout, stderr], ["node\n", ""]);
  });
});
