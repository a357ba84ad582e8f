/**
 * The session in the picture of the README: a shorter version of the demo.
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
  toolUse,
} from "./api_reply.ts";
import { limitDiscount, RUN_TESTS, SUB_AGENT_PROMPT } from "./demo_script.ts";

/** The command in the picture. */
export const PICTURE_COMMAND =
  `ccrun --allowed-tools 'Edit,Bash(node:*)' "The tests fail. Find out why, and fix it."`;

const ANSWER =
  `The tests pass again. **The cause:** \`discounted()\` took any percentage, and more than 100 % made the price negative. It is limited to 0 to 100 % now; its only caller, \`total()\` in \`cart.js\`, needs no change.`;

/** Returns the responses of the model. `project` is the directory of the files. */
export function pictureScript(project: string): Respond {
  // Realistic: most of a conversation comes from the cache. The path of the project must not count.
  let cached = 14_600;
  const turn = (...blocks: readonly Block[]): Reply => {
    const output = Math.ceil(JSON.stringify(blocks).replaceAll(project, "/till").length / 4);
    const usage = {
      input_tokens: 12,
      output_tokens: output,
      cache_creation_input_tokens: output * 2,
      cache_read_input_tokens: cached,
    };
    cached += output * 2;
    return message(...blocks, { usage });
  };
  const price = `${project}/price.js`;
  const main: readonly Reply[] = [
    turn(RUN_TESTS),
    turn(
      text("A discount of 120 % makes a price negative. Let me see who depends on that."),
      toolUse("Read", { file_path: price }),
    ),
    turn(
      subagent({ prompt: SUB_AGENT_PROMPT, description: "Find the callers", background: false }),
    ),
    turn(
      text("There is one caller, and it does not care. The limit belongs in `discounted()`."),
      limitDiscount(price),
    ),
    turn(RUN_TESTS),
    turn(text(ANSWER)),
  ];
  const agent: readonly Reply[] = [
    turn(
      toolUse("Bash", {
        command: "grep -hn 'discounted(' cart.js test.js",
        description: "Search for calls",
      }),
    ),
    turn(text("One caller: total() in cart.js. It passes on what it is given, 0 by default.")),
  ];
  return script(main, { subagents: { [SUB_AGENT_PROMPT]: agent } });
}
