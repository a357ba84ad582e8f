/**
 * Runs the session of the demo without its delays, and compares the whole output.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { claudeAtLeast } from "../support/claude.ts";
import { DEMO_FILES, DEMO_PROMPT, demoScript } from "../support/demo_script.ts";
import type { ApiRequest } from "../support/api_request.ts";
import type { Respond } from "../support/api_reply.ts";
import { SKIP, untimed, withScene } from "./scene.ts";

const IS_OLD = !claudeAtLeast("2.1.0");

/** The tool for subagents, which has another name in 2.0.25. */
const AGENT = IS_OLD ? "Task " : "Agent";

/** The progress, without the header and the closing line. */
const SHOWN = `┊ Before I look at the code I want to see which test fails, and how.

I'll run the tests first.

● Bash  node test.js
  ✗ ${IS_OLD ? "" : "Exit code 1\n    "}ok      the sum without a discount
    ok      half the sum with 50 %
    FAILED  never less than nothing: -5, not 0
    2 of 3 passed

A discount of 120 % makes the price negative. Let me see where it is computed.

● Read  price.js
  └ ${IS_OLD ? 9 : 5} lines

┊ The limit could go here or in the callers. Who are they?

Before I change it, a subagent checks who depends on it.

● ${AGENT} Find the callers  (general-purpose)
│ ● Bash  grep -n 'discounted(' *.js
│   └ cart.js:5:  return items.reduce((sum, item) => sum + discounted(item.price, percent), 0);
│     price.js:2:export function discounted(price, percent) {
✓ ${AGENT} Find the callers
  └ One caller: total() in cart.js. It passes on whatever it is given, 0 by default.

There is one caller, and it does not care. The limit belongs in \`discounted\`.
`;

const EDITED = `└ -   return price - price * percent / 100;
    +   const limited = Math.min(Math.max(percent, 0), 100);
    +   return price - price * limited / 100;
`;

const TESTED = `└ ok      the sum without a discount
    ok      half the sum with 50 %
    ok      never less than nothing
    3 of 3 passed
`;

Deno.test("ccrun renders the session of the demo on stderr and prints its answer on stdout", async () => {
  let respond: Respond | undefined;
  const lazily = (request: ApiRequest) => respond?.(request) ?? { type: "hang" as const };
  await withScene(lazily, async ({ run, sandbox }) => {
    const { project } = sandbox;
    for (const [name, content] of Object.entries(DEMO_FILES)) {
      await Deno.writeTextFile(`${project}/${name}`, content);
    }
    respond = demoScript({ project });
    const { code, stdout, stderr } = await run([SKIP, DEMO_PROMPT]);
    assertEquals(code, 0, stderr);
    assertMatch(stdout, /^The tests pass again\. \*\*The cause:\*\* `discounted\(\)`/);
    assertMatch(stdout, /\n {0}return price - price \* limited \/ 100;\n```\n/);

    const [header, , ...lines] = untimed(stderr).split("\n");
    assertMatch(header ?? "", /^◆ claude-\S+ · \S+project · [0-9a-f-]{36} · bypassPermissions$/);
    const shown = lines.join("\n");
    assertEquals(shown.slice(0, SHOWN.length), SHOWN);
    // Two tools of one message can return in any order.
    const rest = shown.slice(SHOWN.length);
    for (const part of [EDITED, TESTED]) assertStringIncludes(rest, part);
    assertMatch(rest, /\n\n✓ \d.* · \d+ turns · 6 tools \(1 failed\) · .* · \$0\.\d+\n$/);
    assert(!stderr.includes("The tests pass again."), stderr);
  });
});
