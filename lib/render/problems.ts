import type { RunEvent } from "../events.ts";
import type { Annotation, CiLog } from "../ci/log.ts";
import { escapeLine } from "../ci/escape_commands.ts";
import { createRetryDeduplicator, RETRY_TITLE, retryNotice } from "./pretty/notices.ts";
import type { Renderer } from "./renderer.ts";
import { containsText } from "../util/contains_text.ts";
import type { BufferedWriter } from "../terminal/buffered_writer.ts";
import type { Styles } from "../terminal/styles.ts";
import { denialAnnotation, failureAnnotation } from "../ci/tool_annotation.ts";
import { type ToolLabel, toolLabel, unknownToolLabel } from "./pretty/tool_label.ts";
import { failureText } from "./pretty/tool_text.ts";
import { sanitize, sanitizeLine } from "../terminal/sanitize.ts";

/** Options of {@linkcode createProblemsRenderer}. */
export interface ProblemsOptions {
  /**
   * The commands of the CI system that keeps the log. Where it has annotations, tools that
   * fail or are refused and retries are told, too.
   *
   * @default {none of them}
   */
  ci?: CiLog | undefined;
}

/** A tool that was called and has not ended. */
interface Running {
  readonly line: ToolLabel;
  denied: boolean;
}

/** How many of the last lines that claude said are repeated. */
const MAX_SAID_LINES = 20;

/**
 * What a person is told where no progress is shown: warnings, and why the run
 * failed, with what claude said last.
 */
export function createProblemsRenderer(
  sink: BufferedWriter,
  styles: Styles,
  { ci }: ProblemsOptions = {},
): Renderer {
  let said = "";
  // stderr is what a CI log has.
  const line = (text: string) => sink.write(`ccrun: ${escapeLine(text, false)}\n`);
  const trouble = ci === undefined ? undefined : makeTrouble(annotate);

  /** Whether the log shows it by that. */
  function annotate(level: "error" | "warning", annotation: Annotation): boolean {
    const command = ci?.annotate(level, annotation);
    const notice = ci?.takeFullNotice();
    if (notice !== undefined) line(notice);
    sink.write(command ?? "");
    return command !== undefined;
  }

  return {
    event(event: RunEvent) {
      trouble?.event(event);
      switch (event.type) {
        case "text":
          if (event.parent_tool_use_id === undefined) said = event.text;
          break;
        case "result":
          if (event.text !== "") said = event.text;
          break;
        case "notice": {
          const { level } = event;
          if (level === "info") break;
          const text = sanitizeLine(event.text);
          const title = `claude: ${sanitizeLine(event.kind)}`;
          if (annotate(level, { title, message: `ccrun: ${text}` })) break;
          line((level === "error" ? styles.red : styles.yellow)(`${level}: ${text}`));
          break;
        }
        case "error": {
          const { kind, message, hint } = event.error;
          if (kind === "pipe") break; // its reader has left: there is nobody to tell
          if (said.trim() !== "" && !containsText(message, said)) {
            line("claude said:");
            for (const text of sanitize(said).trim().split("\n").slice(-MAX_SAID_LINES)) {
              sink.write(`  ${escapeLine(text)}\n`);
            }
          }
          const why = [`ccrun: ${sanitizeLine(message)}`];
          if (hint !== undefined) why.push(sanitizeLine(hint));
          const command = ci?.fail({ title: `ccrun: ${kind}`, message: why.join("\n") });
          if (command !== undefined) {
            sink.write(command);
            break;
          }
          line(styles.red(`error: ${sanitizeLine(message)}`));
          if (hint !== undefined) line(sanitizeLine(hint));
        }
      }
    },
  };
}

/** What is told only as annotations: without them there would be too much of it. */
function makeTrouble(
  annotate: (level: "error" | "warning", annotation: Annotation) => void,
): Renderer {
  const running = new Map<string, Running>();
  let cwd: string | undefined;
  const isRetryNews = createRetryDeduplicator();
  return {
    event(event) {
      switch (event.type) {
        case "start":
        case "session_info":
          cwd = event.cwd ?? cwd;
          break;
        case "tool_use": {
          const line = toolLabel(event.name, event.input, cwd === undefined ? {} : { cwd });
          running.set(event.id, { line, denied: false });
          break;
        }
        case "tool_result": {
          const { tool_use_id: id, name, text } = event;
          const call = running.get(id);
          running.delete(id);
          // Of one that was stopped with the run, the run's own failure says why.
          if (!event.is_error || event.interrupted || call?.denied) break;
          const line = call?.line ?? unknownToolLabel(name);
          annotate("error", failureAnnotation(line, failureText(text)));
          break;
        }
        case "permission_denied": {
          const call = running.get(event.tool_use_id);
          if (call !== undefined) call.denied = true;
          const line = call?.line ?? unknownToolLabel(event.name);
          annotate("warning", denialAnnotation(line, event.reason ?? ""));
          break;
        }
        case "retry": {
          if (!isRetryNews(event)) break;
          const { label, text } = retryNotice(event);
          annotate("warning", { title: RETRY_TITLE, message: `${label}: ${sanitizeLine(text)}` });
          break;
        }
      }
    },
  };
}
