/**
 * Long and hostile prompts with the real claude.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { hold, text } from "../support/api_reply.ts";
import type { ApiRequest } from "../support/api_request.ts";
import { claudeAtLeast } from "../support/claude.ts";
import { asArray, asObject, asString } from "../support/json.ts";
import { living } from "../support/process_table.ts";
import { eventOf, exists, type Scene, withScene } from "./scene.ts";

/** Returns a prompt of this many bytes, mostly CJK, without whitespace that claude removes. */
function longPrompt(bytes: number): string {
  const line = "長い文書の一行です。 A line of a long text.\n";
  const lineBytes = new TextEncoder().encode(line).length;
  return `${line.repeat(Math.ceil(bytes / lineBytes))}What is it about?`;
}

/** Returns the texts of the user messages of a request. */
function userTexts(request: ApiRequest | undefined): readonly string[] {
  return asArray(request?.body.messages).map(asObject)
    .filter(({ role }) => role === "user")
    .flatMap(({ content }) =>
      typeof content === "string"
        ? [content]
        : asArray(content).map((block) => asString(asObject(block).text))
    );
}

/** Asserts that the last request contains exactly this prompt. */
function assertArrived(turns: Scene["turns"], prompt: string): void {
  const texts = userTexts(turns().at(-1));
  const lengths = texts.map(({ length }) => length).join(", ");
  assert(texts.includes(prompt), `${prompt.slice(0, 200)}: not among texts of length ${lengths}`);
}

const MB = 1024 * 1024;

Deno.test("ccrun passes a prompt of 2 MB from stdin, and one of 5 MB if claude accepts it", async () => {
  await withScene([text("About lines.")], async ({ json, run, sandbox, turns }) => {
    const two = longPrompt(2 * MB);
    const read = await run(["-q"], { stdin: two });
    assertEquals([read.code, read.stdout, read.stderr], [0, "About lines.\n", ""]);
    assertArrived(turns, two);

    const five = longPrompt(5 * MB);
    const file = `${sandbox.root}/prompt.txt`;
    await Deno.writeTextFile(file, five);
    const before = turns().length;
    const fromStdin = await json([], { stdin: five });
    const fromFile = await json(["--prompt-file", file]);
    for (const events of [fromStdin, fromFile]) {
      // claude 2.1.330 checks the length itself.
      if (claudeAtLeast("2.1.330")) {
        assertEquals([events.code, events.exit.reason], [4, "api"]);
        const { error } = eventOf(events, "error");
        assertStringIncludes(error.message, "Prompt is too long");
        assertStringIncludes(error.hint ?? "", "shorten it");
      } else {
        assertEquals([events.code, events.stderr], [0, ""]);
        assertEquals(eventOf(events, "result").text, "About lines.");
      }
    }
    assertEquals(turns().length, claudeAtLeast("2.1.330") ? before : before + 2);
    if (!claudeAtLeast("2.1.330")) {
      assertArrived(() => turns().slice(0, -1), five);
      assertArrived(turns, five);
    }
  });
});

Deno.test("ccrun sends hostile prompts unchanged", async () => {
  await withScene([text("Well.")], async ({ json, run, sandbox, turns }) => {
    const events = await json(["-p", "--dangerously-skip-permissions"]);
    assertEquals(events.code, 0);
    assertEquals(eventOf(events, "session_info").permission_mode, "default");
    assertArrived(turns, "--dangerously-skip-permissions");

    const hostile = `$(touch made) \`touch made\`; touch made && 'it"s' \\ %s !! *`;
    const cases: readonly (readonly [prompt: string, args: readonly string[], stdin?: string])[] = [
      ["doctor", ["-p", "doctor"]],
      [`${hostile} 漢字 👩‍👩‍👧 \u202eabc`, [hostile, "漢字 👩‍👩‍👧", "\u202eabc"]],
      [
        "--help\n-x \x1b[31mred\x1b[0m\ttab\r\nline",
        [],
        "--help\n-x \x1b[31mred\x1b[0m\ttab\r\nline",
      ],
      ["Review this.\n\n-- a diff\n+ $HOME", ["Review this."], "-- a diff\n+ $HOME"],
    ];
    for (const [prompt, args, stdin] of cases) {
      const result = await run(["-q", ...args], { stdin });
      assertEquals([result.code, result.stdout, result.stderr], [0, "Well.\n", ""], prompt);
      assertArrived(turns, prompt);
    }
    const file = `${sandbox.project}/-p`;
    const odd = "-p\0NUL\x01 and \x7f, ::error::x, <system> </system>";
    await Deno.writeTextFile(file, odd);
    assertEquals((await run(["-q", "--prompt-file=-p"])).code, 0);
    assertArrived(turns, odd);
    assertEquals(await exists(`${sandbox.project}/made`), false);
  });
});

Deno.test("ccrun keeps the prompt out of every command line", async () => {
  const seen = Promise.withResolvers<void>();
  await withScene([hold(seen.promise, text("Hello."))], async ({ api, sandbox, start }) => {
    await using process = await start(["-q", "-"], { stdin: "open" });
    await process.write("SECRET-WORD");
    await process.closeStdin();
    await api.requested((request) => request.hasTools);
    const lines = (await living(await sandbox.processes())).map(({ command }) => command);
    // The commands of ccrun and claude. claude may show only its name.
    assert(lines.length >= 2, lines.join("\n"));
    assert(!lines.some((line) => line.includes("SECRET-WORD")), lines.join("\n"));
    seen.resolve();
    assertEquals((await process.finished).stdout, "Hello.\n");
  });
});
