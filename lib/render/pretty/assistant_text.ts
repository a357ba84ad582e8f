import type { EventOf } from "../../events.ts";
import type { ToolCallRenderer } from "./tool_calls.ts";
import type { BlockWriter } from "./block_writer.ts";
import { createTextWrapper, type TextWrapper } from "../../terminal/text_wrapper.ts";
import type { Terminal } from "../../terminal/terminal.ts";
import { formatCount } from "../../util/units.ts";
import { createSanitizeStream, sanitize, type SanitizeStream } from "../../terminal/sanitize.ts";

/** A complete block of what the model says. */
export type BlockEvent = EventOf<"text" | "thinking">;

/** A piece of one. */
export type DeltaEvent = EventOf<"text_delta" | "thinking_delta">;

/**
 * Shows what the model says, as it comes: a block that was streamed is not shown again
 * when it is complete. Of several that stream at once, one is shown as it comes and the
 * others after it, so that they do not mix.
 */
export interface AssistantText {
  /** Shows a piece, now or later. */
  delta(event: DeltaEvent): void;
  /** Whether a complete block was streamed. */
  isStreamed(event: BlockEvent): boolean;
  /** Shows a complete block, as far as it is not shown. */
  block(event: BlockEvent): void;
  /** Ends what streams in a sub-agent, or outside of any: something else has begun there. */
  over(parent: string | undefined): void;
  /** Ends everything that streams. */
  allOver(): void;
}

interface Stream {
  readonly parent: string | undefined;
  readonly messageId: string;
  readonly thinking: boolean;
  readonly prose: TextWrapper;
  readonly visible: SanitizeStream;
  /** What has come. */
  text: string;
  /** What has come and is not shown. */
  waiting: string;
  ended: boolean;
}

/** Of thinking that was not streamed, a few lines give the idea. */
const THINKING_LINES = 4;

/** What lines of thinking begin with: they are told from text without colours too. */
const THINKING_BAR = "┊ ";

/** Makes a {@linkcode AssistantText}. */
export function createAssistantText(
  page: BlockWriter,
  terminal: Terminal,
  { enter, depthOf }: Pick<ToolCallRenderer, "enter" | "depthOf">,
): AssistantText {
  const { styles } = terminal;
  const streams = new Map<string, Stream>();
  /** The one that is shown as it comes. */
  let foreground: Stream | undefined;

  function newProse(thinking: boolean, parent: string | undefined): TextWrapper {
    return createTextWrapper({
      columns() {
        const columns = terminal.columns();
        return columns === undefined ? undefined : columns - 1;
      },
      styles,
      style: thinking ? styles.dim : styles.plain,
      markdown: !thinking,
      prefix: page.indent(depthOf(parent)) + (thinking ? THINKING_BAR : ""),
    });
  }

  function print(prose: TextWrapper, parent: string | undefined, text: string): void {
    page.prose(prose, text, depthOf(parent), () => enter(parent));
  }

  function show(stream: Stream, text: string): void {
    print(stream.prose, stream.parent, stream.prose.push(stream.visible.push(text)));
  }

  function end(stream: Stream): void {
    if (stream.ended) return;
    stream.ended = true;
    show(stream, stream.waiting);
    stream.waiting = "";
    const { prose, visible, parent } = stream;
    print(prose, parent, prose.push(visible.end()) + prose.end());
    if (foreground !== stream) return;
    foreground = [...streams.values()].find((other) => !other.ended && other.waiting !== "");
    if (foreground === undefined) return;
    const { waiting } = foreground;
    foreground.waiting = "";
    show(foreground, waiting);
  }

  function showWhole(text: string, thinking: boolean, parent: string | undefined): void {
    const prose = newProse(thinking, parent);
    const set = prose.push(`${sanitize(text)}\n`) + prose.end();
    const lines = set.split("\n");
    const hidden = lines.length - 1 - THINKING_LINES;
    if (!thinking || hidden <= 0) {
      print(prose, parent, set);
      return;
    }
    const note = styles.dim(
      `${page.indent(depthOf(parent))}${THINKING_BAR}… +${formatCount(hidden, "line")}`,
    );
    print(prose, parent, `${lines.slice(0, THINKING_LINES).join("\n")}\n${note}\n`);
  }

  function over(parent: string | undefined): void {
    for (const stream of streams.values()) if (stream.parent === parent) end(stream);
  }

  return {
    isStreamed: (event) => streams.has(keyOf(event)),
    delta(event) {
      const parent = event.parent_tool_use_id;
      const key = keyOf(event);
      let stream = streams.get(key);
      if (stream === undefined || stream.ended) {
        over(parent);
        for (const [other, { parent: owner, messageId }] of streams) {
          if (owner === parent && messageId !== event.message_id) streams.delete(other);
        }
        const thinking = event.type === "thinking_delta";
        stream = {
          parent,
          messageId: event.message_id,
          thinking,
          prose: newProse(thinking, parent),
          visible: createSanitizeStream(),
          text: stream?.text ?? "",
          waiting: "",
          ended: false,
        };
        streams.set(key, stream);
      }
      stream.text += event.text;
      foreground ??= stream;
      if (foreground === stream) show(stream, event.text);
      else stream.waiting += event.text;
    },
    block(event) {
      const parent = event.parent_tool_use_id;
      const thinking = event.type === "thinking";
      const key = keyOf(event);
      const stream = streams.get(key);
      if (stream === undefined) {
        over(parent);
        showWhole(event.text, thinking, parent);
        return;
      }
      const rest = event.text.startsWith(stream.text) ? event.text.slice(stream.text.length) : "";
      streams.delete(key);
      if (isOther(event.text, stream.text)) {
        end(stream);
        showWhole(event.text, thinking, parent);
      } else if (stream.ended) {
        showWhole(rest, thinking, parent);
      } else {
        stream.waiting += rest;
        end(stream);
      }
    },
    over,
    allOver() {
      for (const stream of streams.values()) end(stream);
      streams.clear();
    },
  };
}

function keyOf(event: BlockEvent | DeltaEvent): string {
  return JSON.stringify([event.parent_tool_use_id ?? null, event.message_id, event.index]);
}

/** Whether a complete text is not what was streamed. It may be a little more, or trimmed. */
function isOther(text: string, streamed: string): boolean {
  return !text.startsWith(streamed) && !streamed.trim().startsWith(text.trim());
}
