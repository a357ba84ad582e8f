/**
 * Transcripts that are broken, incomplete or impossible. A reader has to show the rest of them.
 *
 * @module
 */

import { concat } from "@std/bytes/concat";
import { text } from "./api_reply.ts";
import { brokenSubagents } from "./broken_subagents.ts";
import {
  type BrokenTranscript,
  encode,
  file,
  lines,
  PLACE,
  TURN,
  turn,
} from "./broken_transcript.ts";
import {
  assistant,
  attachment,
  costState,
  type Entry,
  noise,
  prompt,
  toolCall,
  toolResult,
  transcript,
} from "./transcripts.ts";
import { entriesOfWrongTypes, entriesWithoutFields } from "./wrong_entries.ts";

/** Larger than the limit of a line. */
const HUGE_LINE_BYTES = 20 * 1024 * 1024;

const NUL_BYTES = 4096;

const DEEP_LEVELS = 20_000;

const MANY_BLOCKS = 10_000;

/** Returns a transcript with lines before its only turn. */
function before(name: string, ...broken: readonly (Entry | readonly Entry[])[]): BrokenTranscript {
  return { name, shown: TURN, bytes: () => file(lines(...broken, turn())) };
}

/** Returns a transcript with bytes between the prompt and the answer. */
function between(name: string, bytes: () => Uint8Array<ArrayBuffer>): BrokenTranscript {
  const [first = "", second = ""] = lines(turn());
  return { name, shown: TURN, bytes: () => concat([file([first]), bytes(), file([second])]) };
}

/** Returns the broken transcripts. */
export function brokenTranscripts(): readonly BrokenTranscript[] {
  return [...brokenFiles(), ...brokenLines(), ...brokenFields(), ...brokenSubagents()];
}

function brokenFiles(): readonly BrokenTranscript[] {
  const [last = ""] = lines(assistant([text("It is not complete.")]));
  const good = lines(turn());
  return [
    { name: "an empty file", shown: [], bytes: () => encode("") },
    { name: "a file of empty lines", shown: [], bytes: () => encode("\n\n \n\t\n") },
    { name: "a file without a conversation", shown: [], bytes: () => file(lines(noise())) },
    {
      name: "a file with only a summary",
      shown: [],
      bytes: () => file(['{"type":"summary","summary":"A title","leafUuid":"x"}']),
    },
    {
      name: "a last line that is half written",
      shown: TURN,
      bytes: () => concat([file(good), encode(last.slice(0, last.length / 2))]),
    },
    {
      name: "a last line without a newline",
      shown: [...TURN, "It is not complete."],
      bytes: () => concat([file(good), encode(last)]),
    },
    { name: "lines that end with CR LF", shown: TURN, bytes: () => file(good, "\r\n") },
    { name: "empty lines between lines", shown: TURN, bytes: () => file(good, "\n\n") },
    {
      name: "a byte order mark",
      shown: TURN,
      bytes: () => concat([new Uint8Array([0xef, 0xbb, 0xbf]), file(good)]),
    },
    {
      name: "two sessions in one file",
      shown: [...TURN, "Another one?", "Another one."],
      bytes: () => {
        const other = transcript([prompt("Another one?"), assistant([text("Another one.")])], {
          ...PLACE,
          sessionId: "99999999-2222-4333-8444-555555555555",
        });
        return file([...good, ...other.map((entry) => JSON.stringify(entry))]);
      },
    },
  ];
}

function brokenLines(): readonly BrokenTranscript[] {
  const [first = "", second = ""] = lines(turn());
  const huge = "x".repeat(HUGE_LINE_BYTES);
  return [
    between("lines that are not JSON", () => file(["{", "}", "no JSON", '{"type":"user",', "[}"])),
    between("JSON values that are not objects", () => file(["null", "1", '"x"', "[]", "true"])),
    between("a line that consists of NUL bytes", () => {
      return concat([new Uint8Array(NUL_BYTES), encode("\n")]);
    }),
    between("a line that begins with NUL bytes", () => {
      return concat([new Uint8Array(NUL_BYTES), file(lines(noise()))]);
    }),
    between("bytes that are not UTF-8", () => {
      return concat([new Uint8Array([0xff, 0xfe, 0xc3, 0x28, 0x80]), encode("\n")]);
    }),
    between("a line that was started again", () => file([first.slice(0, 40) + second])),
    between("a line of 20 MB without a conversation", () => {
      return file(lines(attachment("prompt_snapshot", { text: huge })));
    }),
    between("a result of 20 MB", () => {
      return file(lines(
        assistant([toolCall("toolu_1", "Bash", { command: "cat" })]),
        toolResult("toolu_1", huge, { toolUseResult: { stdout: huge } }),
      ));
    }),
    between("a line of 20 MB that is not JSON", () => file([huge])),
    between("an object of 20,000 levels", () => {
      return file([
        `{"type":"user","message":${"[".repeat(DEEP_LEVELS)}${"]".repeat(DEEP_LEVELS)}}`,
      ]);
    }),
  ];
}

function brokenFields(): readonly BrokenTranscript[] {
  const uuid = "aaaaaaaa-2222-4333-8444-555555555555";
  const call = toolCall("toolu_1", "Bash", { command: "ls" });
  return [
    before("a value of each type in each field", ...entriesOfWrongTypes()),
    before("fields that are missing", ...entriesWithoutFields()),
    before("a message that is its own parent", prompt("Mine.", { uuid, parentUuid: uuid })),
    before(
      "messages that are each other's parents",
      prompt("One.", { uuid: "u1", parentUuid: "u2" }),
      prompt("Two.", { uuid: "u2", parentUuid: "u1" }),
    ),
    before("messages with the same uuid", prompt("One.", { uuid }), prompt("Two.", { uuid })),
    before(
      "times that are no times, go back, or are far away",
      ...["", "yesterday", "2026-11-22", "1970-01-01T00:00:00.000Z", "9999-12-31T23:59:59.999Z"]
        .map((timestamp) => prompt("When?", { timestamp })),
    ),
    before(
      "token counts and costs that are not possible",
      assistant([text("A.")], { usage: { input_tokens: -5, output_tokens: 1e300 } }),
      assistant([text("B.")], { usage: { input_tokens: "1", output_tokens: 0.5 } }),
      costState({ "claude-opus-5-5": { costUSD: -1, inputTokens: 1e300 } }),
      costState({ "claude-opus-5-5": { costUSD: "free" } }),
    ),
    before(
      "calls and results that do not belong together",
      toolResult("toolu_0", "A result without a call."),
      assistant([call, call]),
      assistant([call]),
      toolResult("toolu_1", "The first result."),
      toolResult("toolu_1", "The second result."),
    ),
    before("names of the prototype", JSON.parse('{"type":"user","__proto__":{"message":1}}'), {
      type: "constructor",
      message: { role: "user", content: [{ type: "__proto__" }, { type: "toString" }] },
    }),
    before("a half of a surrogate pair", prompt("\ud800"), assistant([text("\udc00")])),
    before("a message of 10,000 blocks", {
      type: "user",
      message: { role: "user", content: Array.from({ length: MANY_BLOCKS }, () => text("x")) },
    }),
    before("types that do not exist yet", { type: "new-type", value: 1 }, {
      type: "system",
      subtype: "new_subtype",
      content: "New.",
    }, attachment("new_attachment")),
  ];
}
