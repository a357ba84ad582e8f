/**
 * A small session: claude finds a failing test, asks a subagent about it, and fixes it. The demo runs
 * it slowly, tests run it fast.
 *
 * @module
 */

import {
  type Block,
  message,
  type Reply,
  type Respond,
  script,
  subagent,
  text,
  thinking,
  toolUse,
  type Usage,
} from "./api_reply.ts";

/** The prompt of the session. */
export const DEMO_PROMPT = "The tests fail. Find out why, and fix it.";

/** A JavaScript project with a failing test: a discount above 100 % makes the price negative. */
export const DEMO_FILES: Readonly<Record<string, string>> = {
  "package.json": `{
  "name": "till",
  "type": "module",
  "scripts": { "test": "node test.js" }
}
`,
  "price.js": `/** The price after a discount in percent. */
export function discounted(price, percent) {
  return price - price * percent / 100;
}
`,
  "cart.js": `import { discounted } from "./price.js";

/** What a cart costs. */
export function total(items, percent = 0) {
  return items.reduce((sum, item) => sum + discounted(item.price, percent), 0);
}
`,
  "test.js": `import { total } from "./cart.js";

const cart = [{ price: 20 }, { price: 5 }];
const checks = [
  ["the sum without a discount", total(cart), 25],
  ["half the sum with 50 %", total(cart, 50), 12.5],
  ["never less than nothing", total(cart, 120), 0],
];
let failed = 0;
for (const [name, actual, expected] of checks) {
  if (actual === expected) console.log("ok      " + name);
  else console.log("FAILED  " + name + ": " + actual + ", not " + expected);
  if (actual !== expected) failed++;
}
console.log(checks.length - failed + " of " + checks.length + " passed");
process.exit(failed === 0 ? 0 : 1);
`,
};

/** Options of the session. */
export interface DemoOptions {
  /** The directory of the project. The file tools of Claude Code need absolute paths. */
  readonly project: string;
  /**
   * Milliseconds between two words.
   *
   * @default {0}
   */
  readonly delayMs?: number;
}

/** Runs the tests of the project. */
export const RUN_TESTS = toolUse("Bash", { command: "node test.js", description: "Run the tests" });

/** Limits the discount in `price.js`. */
export function limitDiscount(file_path: string): Block {
  return toolUse("Edit", {
    file_path,
    old_string: "  return price - price * percent / 100;",
    new_string: "  const limited = Math.min(Math.max(percent, 0), 100);\n" +
      "  return price - price * limited / 100;",
  });
}

/** The prompt of the subagent. */
export const SUB_AGENT_PROMPT =
  "Find every caller of discounted() and say what percentages they pass.";

const ANSWER =
  `The tests pass again. **The cause:** \`discounted()\` did not limit the discount, so one of
more than 100 % made the price negative.

| file | change |
| --- | --- |
| \`price.js\` | the discount is limited to 0 to 100 % |

\`\`\`js
const limited = Math.min(Math.max(percent, 0), 100);
return price - price * limited / 100;
\`\`\`

- \`total()\` in \`cart.js\` is the only caller and needs no change.
- A discount of less than 0 %, which would have been a surcharge, is now 0 % too.
`;

/** Returns the responses of the model. */
export function demoScript(options: DemoOptions): Respond {
  let inputTokens = 4_200;
  const turn = (...blocks: readonly Block[]): Reply => {
    const usage = turnUsage(inputTokens, blocks);
    inputTokens += usage.output_tokens + usage.input_tokens;
    return message(...blocks, { delayMs: options.delayMs ?? 0, usage });
  };
  const priceFile = `${options.project}/price.js`;

  const main: readonly Reply[] = [
    turn(
      thinking("Before I look at the code I want to see which test fails, and how."),
      text("I'll run the tests first."),
      RUN_TESTS,
    ),
    turn(
      text("A discount of 120 % makes the price negative. Let me see where it is computed."),
      toolUse("Read", { file_path: priceFile }),
    ),
    turn(
      thinking("The limit could go here or in the callers. Who are they?"),
      text("Before I change it, a subagent checks who depends on it."),
      subagent({ prompt: SUB_AGENT_PROMPT, description: "Find the callers", background: false }),
    ),
    turn(
      text("There is one caller, and it does not care. The limit belongs in `discounted`."),
      limitDiscount(priceFile),
      RUN_TESTS,
    ),
    turn(text(ANSWER)),
  ];
  const agent: readonly Reply[] = [
    turn(
      toolUse("Bash", { command: "grep -n 'discounted(' *.js", description: "Search for calls" }),
    ),
    turn(text("One caller: total() in cart.js. It passes on whatever it is given, 0 by default.")),
  ];
  return script(main, { subagents: { [SUB_AGENT_PROMPT]: agent } });
}

/** Returns a realistic token usage: most of a conversation comes from the cache. */
function turnUsage(cached: number, blocks: readonly Block[]): Usage {
  const charactersPerToken = 4;
  const output = Math.ceil(JSON.stringify(blocks).length / charactersPerToken);
  return {
    input_tokens: 12,
    output_tokens: output,
    cache_creation_input_tokens: output * 2,
    cache_read_input_tokens: cached,
  };
}
