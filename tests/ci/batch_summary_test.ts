import { assert, assertEquals, assertMatch } from "@std/assert";
import type { BatchEvent } from "../../lib/batch/events.ts";
import { BatchSummary } from "../../lib/ci/batch_summary.ts";
import {
  BATCH,
  batchEnd,
  batchStart,
  changes,
  taskFailed,
  taskOk,
} from "../render/batch/batch_events.ts";
import { allTokens } from "../support/markdown.ts";
import { makeRandom } from "../support/random.ts";
import { NASTY, nastyText } from "../support/nasty_markdown.ts";

function pageOf(events: readonly BatchEvent[], maxBytes?: number): string {
  const summary = new BatchSummary();
  for (const event of events) summary.event(event);
  const page = summary.markdown(maxBytes);
  assert(new TextEncoder().encode(page).length <= (maxBytes ?? 1_000_000), "size");
  return page;
}

/** Returns the headings of a page, and checks that foreign text has not changed its structure. */
function headingsOf(page: string): string[] {
  const headings: string[] = [];
  let previous = "";
  for (const { token: { type, content, info } } of allTokens(page)) {
    assert(
      !/^(?:image|html_inline|html_block|link_open|code_block|hr|blockquote_open|s_open)$/.test(
        type,
      ),
      `${type}: ${content}`,
    );
    assert(!/^(?:em|strong|bullet_list|ordered_list)_open$/.test(type), `${type}: ${content}`);
    if (type === "fence") assert(["text", "sh"].includes(info), info);
    if (type === "text") assert(!/:\/\/|www\.|@\w|#\d/i.test(content), content);
    if (previous === "heading_open") headings.push(content);
    previous = type;
  }
  return headings;
}

Deno.test("the summary of a batch has the totals, the failures, the branches and the command", () => {
  assertEquals(
    pageOf(BATCH),
    `## ❌ ccrun batch: quota

exit code 8 (the usage limit of the plan is reached) · 12 succeeded, 3 failed, 185 remaining, at least \\$0.27, 1h 02m

\`\`\`text
the usage limit is reached
\`\`\`

### Failed tasks

| Reason | Tasks | First tasks | First message |
| :--- | ---: | :--- | :--- |
| quota | 2 | \`src/c.js\`, \`src/d.js\` | 5\\-hour limit ⏎ reached |
| timeout | 1 | \`src/b.js\` | no result after 10m; raise --timeout |

### Changed worktrees

| Branch | Changes |
| :--- | :--- |
| \`ccrun/src-a.js-0123456789\` | 3 files, +10 -2 |

### Resume

To run the rest:

\`\`\`sh
ccrun batch tasks.txt --results results.jsonl
\`\`\`

200 tasks · 11 skipped because they succeeded before · 4 jobs · results in \`results.jsonl\` · ccrun 0\\.0.0
`,
  );
});

Deno.test("the summary of a batch that succeeds has the totals", () => {
  assertEquals(
    pageOf([batchStart({ tasks: 1, jobs: 1 }), taskOk("a"), batchEnd({ succeeded: 1 })]),
    `## ✅ ccrun batch: success

1 succeeded, 0 failed, 0 remaining, \\$24.00, 1h 02m

1 task · 1 job · results in \`results.jsonl\` · ccrun 0\\.0.0
`,
  );
});

Deno.test("the summary of a batch names 3 tasks of a reason and 20 branches, and counts the others", () => {
  const tasks = Array.from({ length: 1_000 }, (_, at) => [
    taskOk(`ok ${at}`, { branch: `ccrun/${at}`, changes: changes(1) }),
    taskFailed(`bad ${at}`, "failed", `failure ${at}`),
  ]).flat();
  const page = pageOf([batchStart(), ...tasks, batchEnd()]);
  assert(page.includes("| failed | 1000 | `bad 0`, `bad 1`, `bad 2` | failure 0 |"), page);
  assert(page.includes("| `ccrun/19` | 1 file, +10 -2 |\n| … and 980 more | |"), page);
});

Deno.test("the summary of a batch that was cut off says so", () => {
  assertMatch(pageOf([batchStart(), taskOk("a")]), /^## ⏳ ccrun batch: running\n/);
});

Deno.test("foreign text cannot change the summary of a batch", () => {
  const random = makeRandom(7);
  const texts = [...NASTY, ...Array.from({ length: 100 }, () => nastyText(random))];
  for (const text of texts) {
    const page = pageOf([
      batchStart({ results: text }),
      taskOk(text, { branch: text, changes: changes(1) }),
      taskFailed(text, "failed", text, {
        error: { kind: "failed", message: text, hint: text },
      }),
      batchEnd({ ok: false, code: 1, reason: "failed", message: text, resume: text }),
    ]);
    assertEquals(headingsOf(page), [
      "❌ ccrun batch: failed",
      "Failed tasks",
      "Changed worktrees",
      "Resume",
    ]);
  }
});

Deno.test("the summary of a batch loses blocks if it is too large", () => {
  const full = pageOf(BATCH);
  for (let maxBytes = 0; maxBytes <= full.length + 20; maxBytes += 10) {
    const page = pageOf(BATCH, maxBytes);
    assert(page === "" || page.startsWith("## ❌ ccrun batch: quota\n"), page);
  }
  const longCommand = batchEnd({ resume: "x".repeat(2_000_000) });
  assertEquals(headingsOf(pageOf([batchStart(), longCommand])), ["✅ ccrun batch: success"]);
});
