import { resolve } from "@std/path/resolve";
import type { CcrunError } from "../errors.ts";
import { readInputFile } from "../util/bounded_file.ts";
import { describeReadError } from "../util/file_errors.ts";
import type { CommandLine } from "./command_line.ts";
import { readStdin, reportContext, type StdinOptions } from "./stdin.ts";
import { usageError } from "./usage_error.ts";

/**
 * Reads the prompt from the arguments, `-p`, `--prompt-file`, or stdin. If there are both a prompt
 * and stdin, stdin is appended as context.
 *
 * @throws {CcrunError} `usage` if there is no prompt or more than one, if a file cannot be read, or
 * if stdin has no data although it must
 */
export async function readPrompt(options: StdinOptions): Promise<string> {
  const { commandLine, host } = options;
  const prompt = await readExplicitPrompt(commandLine, host.cwd);
  const stdin = await readStdin(options);
  const parts = [prompt?.text ?? "", new TextDecoder().decode(stdin)].filter(hasText);
  if (parts.length === 0) {
    const stdinState = stdin === undefined ? "" : ", and stdin is empty";
    throw noPrompt(
      commandLine,
      prompt === undefined ? `no prompt${stdinState}` : `the prompt from ${prompt.source} is empty`,
    );
  }
  if (stdin !== undefined && hasText(prompt?.text ?? "")) reportContext(stdin, options);
  return parts.join("\n\n");
}

function hasText(text: string): boolean {
  return text.trim() !== "";
}

/** Returns the prompt of the arguments, `-p`, or `--prompt-file`, and where it comes from. */
export async function readExplicitPrompt(
  { positionals, options }: Pick<CommandLine, "positionals" | "options">,
  cwd: string,
): Promise<{ text: string; source: string } | undefined> {
  const words = positionals.filter((word) => word !== "-");
  const text = options.get("prompt");
  const file = options.get("prompt-file");
  const sources = [text?.source, file?.source].filter((source) => source !== undefined);
  if (words.length > 0) sources.unshift("the arguments");
  if (sources.length > 1) {
    throw usageError(`several prompts: ${sources.join(" and ")}`, "use one of them");
  }
  if (words.length > 0) return { text: words.join(" "), source: "the arguments" };
  if (text !== undefined) return { text: text.values[0] ?? "", source: text.source };
  if (file === undefined) return undefined;
  const [path = ""] = file.values;
  return { text: await readPromptFile(path, cwd), source: path };
}

async function readPromptFile(path: string, cwd: string): Promise<string> {
  try {
    return await readInputFile(resolve(cwd, path));
  } catch (error) {
    throw usageError(
      `cannot read --prompt-file ${path}: ${describeReadError(error)}`,
      "name another file, or pipe the prompt to stdin",
    );
  }
}

function noPrompt({ passthrough }: CommandLine, message: string): CcrunError {
  return usageError(
    message,
    passthrough.length > 0
      ? "put the prompt before the --, because the arguments after it go to claude"
      : "use: ccrun 'what to do', ccrun -p TEXT, or ccrun <FILE",
  );
}
