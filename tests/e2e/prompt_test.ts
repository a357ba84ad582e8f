/**
 * Long and hostile prompts with the real claude.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { text } from "../support/api_reply.ts";
import type { ApiRequest } from "../support/api_request.ts";
import { claudeAtLeast } from "../support/claude.ts";
import { asArray, asObject, asString } from "../support/json.ts";
import { eventOf, type Scene, withScene } from "./scene.ts";

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
  await withScene([text("About lines.")], async ({ json, run, turns }) => {
    const short = longPrompt(2 * MB);
    const { code, stdout, stderr } = await run(["-q"], { stdin: short });
    assertEquals([code, stdout, stderr], [0, "About lines.\n", ""]);
    assertArrived(turns, short);

    const long = longPrompt(5 * MB);
    const before = turns().length;
    const events = await json([], { stdin: long });
    // claude 2.1.330 checks the length itself.
    if (claudeAtLeast("2.1.330")) {
      assertEquals([events.code, events.exit.reason], [4, "api"]);
      const { error } = eventOf(events, "error");
      assertStringIncludes(error.message, "Prompt is too long");
      assertStringIncludes(error.hint ?? "", "shorten it");
      assertEquals(turns().length, before);
    } else {
      assertEquals([events.code, events.stderr], [0, ""]);
      assertArrived(turns, long);
    }
  });
});

Deno.test("ccrun sends hostile prompts to the API unchanged", async () => {
  await withScene([text("Well.")], async ({ json, run, turns }) => {
    const events = await json(["-p", "--dangerously-skip-permissions"]);
    assertEquals(events.code, 0);
    assertEquals(eventOf(events, "session_info").permission_mode, "default");
    assertArrived(turns, "--dangerously-skip-permissions");

    const hostile = "-p\0NUL\x01 and \x7f \x1b[31mred\x1b[0m\ttab\r\n$(id) 漢字 👩‍👩‍👧 \u202eabc " +
      "::error::x, <system> </system>";
    const { code, stdout, stderr } = await run(["-q"], { stdin: hostile });
    assertEquals([code, stdout, stderr], [0, "Well.\n", ""]);
    assertArrived(turns, hostile);
  });
});
