import { assertEquals, assertStringIncludes } from "@std/assert";
import { openReportFiles } from "../../lib/cli/report_files.ts";
import { RunRenderer } from "../../lib/cli/run_renderer.ts";
import type { RunEvent } from "../../lib/events.ts";
import { createRedactor } from "../../lib/redact/redactor.ts";
import { createJsonRenderer } from "../../lib/render/json.ts";
import type { Renderer } from "../../lib/render/renderer.ts";
import { replay } from "../../lib/run/replay.ts";
import { createBufferedWriter } from "../../lib/terminal/buffered_writer.ts";
import { streamOf } from "../support/bytes.ts";
import { assertEvents } from "../support/event_schema.ts";
import {
  FAKE_SESSION_ID,
  initLine,
  messageLine,
  resultLine,
  textLine,
  toolUseLine,
} from "../support/fake_claude.ts";
import { makeSandbox } from "../support/sandbox.ts";

const RUN = [initLine(), textLine("Hello"), resultLine({ result: "Hello" })];

/** Shows a replay in the format `json`, and returns what stdout and the file of `--result` got. */
async function show(lines: readonly string[], stderr: Renderer) {
  await using sandbox = await makeSandbox();
  const result = `${sandbox.root}/result.json`;
  let written = "";
  const decoder = new TextDecoder();
  const stdout = createBufferedWriter({
    write(bytes) {
      written += decoder.decode(bytes, { stream: true });
      return Promise.resolve(bytes.length);
    },
  });
  const renderer = new RunRenderer({
    stdout,
    stderr: createBufferedWriter({ write: (bytes) => Promise.resolve(bytes.length) }),
    renderers: {
      stdout: createJsonRenderer(stdout),
      stderr,
      raw: undefined,
      printMessage() {},
    },
    isDebug: false,
    reports: await openReportFiles({
      paths: { result },
      redactor: undefined,
      home: undefined,
      warn() {},
    }),
  });
  const code = await renderer.render(replay(streamOf([lines.join("\n")])));
  const events: RunEvent[] = written.trim().split("\n").map((line) => JSON.parse(line));
  return { code, events, result: JSON.parse(await Deno.readTextFile(result)) };
}

Deno.test("a fault in an output ends the stream that has begun, with the session", async () => {
  for (const type of ["session_info", "text", "result"]) {
    const stderr: Renderer = {
      event(event) {
        if (event.type === type) throw new Error("a bug");
      },
    };
    const { code, events, result } = await show(RUN, stderr);
    assertEvents(events);
    assertEquals(code, 70, type);
    assertEquals(events[0]?.type, "start");
    assertEquals(events.slice(-2).map((event) => event.type), ["error", "exit"]);
    assertEquals(events.filter(({ type }) => type === "start" || type === "exit").length, 2);
    assertEquals(result.exit.session_id, FAKE_SESSION_ID);
    assertEquals([result.exit.code, result.error.kind], [70, "internal"]);
    assertStringIncludes(result.error.message, "a bug");
  }
});

/** The keys that are special to JSON.stringify, to objects, or to V8. */
const KEYS = ["0", "4294967295", "toJSON", "__proto__", "constructor", "length", "a"];

/** Returns JSON of an object that is nested this deeply, with other values at each level. */
function nested(key: string, depth: number): string {
  return `{"${key}":[{"0":1,"toJSON":"x","b":`.repeat(depth / 2) + "1" + "}]}".repeat(depth / 2);
}

Deno.test("values that are nested deeply are written in every event, whatever their keys", async () => {
  const redactor = createRedactor({});
  for (const key of KEYS) {
    for (const depth of [4_000, 20_000]) {
      const deep = "DEEP";
      const lines = [
        initLine(),
        toolUseLine({ id: "toolu_1", name: "mcp__a__b", input: { deep } }),
        messageLine({ type: "from_the_future", deep }),
        textLine("Done"),
        resultLine({ result: "Done", structured_output: deep }),
      ];
      const redacting: Renderer = { event: (event) => void redactor.event(event) };
      const { code, events, result } = await show(
        lines.map((line) => line.replace(/"DEEP"/, () => nested(key, depth))),
        redacting,
      );
      assertEquals(code, 0, `${key} ${depth}`);
      assertEquals(
        events.map(({ type }) => type).filter((type) => type !== "usage"),
        ["start", "session_info", "tool_use", "unknown", "text", "result", "exit"],
      );
      assertEquals(result.exit.session_id, FAKE_SESSION_ID);
    }
  }
});
