import type { ClaudeOptions, SessionTarget } from "../claude/options.ts";
import type { PromptImage } from "../claude/prompt_image.ts";
import type { Env } from "../util/env.ts";
import type { AnswerScope } from "./answer.ts";
import type { AttemptOptions } from "./attempt_policy.ts";
import type { StopReason } from "./stop_reason.ts";

/** The options that all runs of a session have in common. */
export interface CommonRunOptions extends AttemptOptions {
  /** The claude to run: a path, or a name in PATH. @default the one in PATH, or where it is installed */
  readonly claudePath?: string | undefined;
  /**
   * How the caller named that claude, for messages. @default {"claudePath"}
   *
   * @internal
   */
  readonly claudeSource?: string | undefined;
  /** A proxy or gateway, with or without `/v1` at its end. @default the API itself */
  readonly apiUrl?: string | undefined;
  /** Which turns the answer consists of. @default {"all"} */
  readonly answer?: AnswerScope | undefined;
  /**
   * Whether the run fails if the workspace sets what can run commands or grant permissions, and the user
   * has not accepted the trust dialog of Claude Code for it.
   * @default {false}
   */
  readonly requireTrustedSettings?: boolean | undefined;
  /** Whether a denied tool call fails the run. @default {false} */
  readonly failOnDenied?: boolean | undefined;
  /** How long the run may take, in milliseconds. @default no limit */
  readonly timeoutMs?: number | undefined;
  /**
   * How long claude may produce no output, in milliseconds. A limit makes claude write partial messages,
   * which are reported only with `partial`.
   * @default no limit
   */
  readonly idleTimeoutMs?: number | undefined;
  /** How long a stopped claude has to exit before it is killed, in milliseconds. @default {5_000} */
  readonly graceMs?: number | undefined;
  /** How long claude has to exit after its last result, in milliseconds. @default {5_000} */
  readonly lingerMs?: number | undefined;
  /** After how long a claude without any output is reported, in milliseconds. @default {60_000} */
  readonly silenceMs?: number | undefined;
  /** Whether background processes survive a successful run. @default {false} */
  readonly keepBackground?: boolean | undefined;
  /** Whether claude runs in a PID namespace of its own; only on Linux. @default {false} */
  readonly isolate?: boolean | undefined;
}

/** Functions that a run calls. */
export interface RunCallbacks {
  /** Called when the run is stopped for a reason that makes it fail. */
  readonly onStop?: ((reason: StopReason) => void) | undefined;
  /** Receives each chunk that claude writes to stdout. Reading continues when it resolves. */
  readonly onOutput?: ((chunk: Uint8Array) => void | Promise<void>) | undefined;
}

/** Everything that defines a run. */
export interface RunRequest extends CommonRunOptions, RunCallbacks {
  readonly prompt: string;
  /** The images that belong to the prompt. @default none */
  readonly images?: readonly PromptImage[] | undefined;
  /** The options of claude itself. */
  readonly claude: ClaudeOptions;
  /** Where claude works, and which session it resumes. */
  readonly target: SessionTarget;
  /** The directory that relative paths start from, absolute. */
  readonly baseDirectory: string;
  /** The environment, before ccrun's changes. */
  readonly env: Env;
  /** Receives diagnostics: sizes and kinds, and separately what may be secret. */
  readonly diagnose: (text: string, content?: string) => void;
}
