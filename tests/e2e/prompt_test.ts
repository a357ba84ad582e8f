/**
 * A long and hostile prompt with the real claude.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { text } from "../support/api_reply.ts";
import type { ApiRequest } from "../support/api_request.ts";
import { asArray, asObject, asString } from "../support/json.ts";
import { eventOf, withScene } from "./scene.ts";

const HOSTILE = "-p\0NUL\x01 and \x7f \x1b[31mred\x1b[0m\ttab\r\n$(id) 漢字 👩‍👩‍👧 \u202eabc " +
  "::error::x, <system> </system>\n";

/** Almost 2 MB, with characters of several bytes. */
const LONG = "長い文書の一行です。 A line of a long text.\n".repeat(38_000);

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

Deno.test("ccrun sends a long and hostile prompt to the API unchanged", async () => {
  await withScene([text("Well.")], async ({ json, turns }) => {
    // Claude removes white space at the end.
    const stdin = `${HOSTILE}${LONG}What is it about?`;
    const events = await json(["-p", "--dangerously-skip-permissions"], { stdin });
    assertEquals([events.code, eventOf(events, "result").text], [0, "Well."]);
    assertEquals(eventOf(events, "session_info").permission_mode, "default");
    const texts = userTexts(turns().at(-1));
    assert(
      texts.includes(`--dangerously-skip-permissions\n\n${stdin}`),
      `not among texts of length ${texts.map(({ length }) => length).join(", ")}`,
    );
  });
});
