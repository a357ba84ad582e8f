import { hideConfigContent } from "../claude/config_error.ts";
import type { ControlRequest } from "../claude/control_messages.ts";
import type { PromptImage } from "../claude/prompt_image.ts";
import { userMessage } from "../claude/user_message.ts";
import { type Child, type ChildExit, type ChildOptions, startChild } from "../process/child.ts";
import { limitBytes } from "../stream/byte_limit.ts";
import { toLines } from "../stream/lines.ts";
import { tap } from "../stream/tap.ts";
import { stringifyAscii } from "../util/ascii_json.ts";
import { TailBuffer } from "../util/tail_buffer.ts";

/** How much of stderr is read as lines, and how much of its end is kept: 256 KiB each. */
const MAX_STDERR_BYTES = 256 * 1024;

/** The longest line of stderr. */
const MAX_STDERR_LINE_BYTES = 16 * 1024;

/** What the owner of a connection is told: its run, or the session pool between runs. */
export interface ConnectionListener {
  /** Receives each chunk of stdout before its lines are read, and is awaited. */
  readonly onOutput?: (chunk: Uint8Array) => void | Promise<void>;
  /** Called when bytes arrive on stdout or stderr. */
  readonly onActivity?: () => void;
  /** Called when claude has exited. */
  readonly onExit: () => void;
}

/** A claude process and the lines that it writes. It serves one run, or several in a row. */
export class Connection {
  readonly child: Child;
  /** The lines that claude writes on stdout. */
  readonly lines: ReadableStream<string>;
  /** The first lines that claude writes on stderr. */
  readonly stderrLines: ReadableStream<string>;
  #input: WritableStreamDefaultWriter<Uint8Array>;
  #stderrTail = new TailBuffer(MAX_STDERR_BYTES);
  #stderrBytes = 0;
  #listener: ConnectionListener;
  #exit: ChildExit | undefined;

  private constructor(child: Child, listener: ConnectionListener) {
    this.child = child;
    this.#listener = listener;
    this.#input = child.stdin.getWriter();
    // This rejects if claude has exited, and its output and exit code show why.
    this.#input.closed.catch(() => {});
    const stdout = child.stdout.pipeThrough(tap((chunk) => {
      this.#listener.onActivity?.();
      return this.#listener.onOutput?.(chunk);
    }));
    this.lines = toLines(stdout);
    const stderr = limitBytes(child.stderr, MAX_STDERR_BYTES, (chunk) => {
      this.#listener.onActivity?.();
      this.#stderrTail.push(chunk);
      this.#stderrBytes += chunk.length;
    });
    this.stderrLines = toLines(stderr, { maxBytes: MAX_STDERR_LINE_BYTES });
    child.exited.then((exit) => {
      this.#exit = exit;
      this.#listener.onExit();
    });
  }

  /**
   * Starts claude.
   *
   * @throws {CcrunError} `not_executable` if the OS cannot start it
   */
  static async open(options: ChildOptions, listener: ConnectionListener): Promise<Connection> {
    return new Connection(await startChild(options), listener);
  }

  /** How claude exited; undefined while it runs. */
  get exit(): ChildExit | undefined {
    return this.#exit;
  }

  /** The end of what claude wrote on stderr for the current listener. */
  get stderr(): string {
    return hideConfigContent(this.#stderrTail.text());
  }

  /** Whether claude wrote more to stderr than {@linkcode stderrLines} has. */
  get isStderrTruncated(): boolean {
    return this.#stderrBytes > MAX_STDERR_BYTES;
  }

  /** Replaces the listener, because a run begins or ends. */
  attach(listener: ConnectionListener): void {
    this.#stderrTail.clear();
    this.#listener = listener;
    if (this.#exit !== undefined) listener.onExit();
  }

  /** Sends a prompt, which starts a turn. A claude that has exited ignores it. */
  async sendPrompt(text: string, images?: readonly PromptImage[]): Promise<void> {
    await this.#send(userMessage(text, images));
  }

  /** Sends a control request. A claude that has exited ignores it. */
  async sendControl(id: string, request: ControlRequest): Promise<void> {
    await this.#send({ type: "control_request", request_id: id, request });
  }

  /**
   * Closes claude's stdin, so that claude exits when its turn and its background tasks have ended. Can be
   * called repeatedly.
   */
  async endInput(): Promise<void> {
    await this.#input.close().catch(() => {});
  }

  async #send(message: object): Promise<void> {
    const line = new TextEncoder().encode(`${stringifyAscii(message)}\n`);
    await this.#input.write(line).catch(() => {});
  }
}
