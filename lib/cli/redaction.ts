import { resolve } from "@std/path/resolve";
import { type ConfigFiles, isOfWorkspace, readConfigFiles } from "../claude/config_files.ts";
import { EventRedactor } from "../redact/event_redactor.ts";
import { createRedactor, type Redactor } from "../redact/redactor.ts";
import type { Renderer } from "../render/renderer.ts";
import { readBoundedTextFile } from "../util/bounded_file.ts";
import { homeDirectory } from "../util/home_directory.ts";
import { isInlineJson, isJsonObject, type JsonObject, parseJsonObject } from "../util/json.ts";
import { type CommandLine, getWorkspace } from "./command_line.ts";
import type { HostInfo } from "./host.ts";
import type { RenderSettings } from "./render_settings.ts";

/** What a command line states that can contain secrets. */
export type SecretSources =
  & Pick<CommandLine, "options">
  & Partial<Pick<CommandLine, "passthrough">>;

/** Creates the redactor, if what others can read is redacted. */
export async function createOutputRedactor(
  { redact }: Pick<RenderSettings, "redact">,
  sources: SecretSources,
  host: HostInfo,
): Promise<Redactor | undefined> {
  return redact ? await loadRedactor(sources, host) : undefined;
}

/**
 * Creates a redactor of the secrets that are known before a run: those in the environment, in options, and
 * in the configuration files of claude.
 */
export async function loadRedactor(
  { options, passthrough = [] }: SecretSources,
  { cwd: baseDirectory, env }: HostInfo,
): Promise<Redactor> {
  const cwd = getWorkspace(options, baseDirectory);
  const files = await readConfigFiles({ env, home: await homeDirectory(env), cwd });
  const valuesOf = (name: string) => options.get(name)?.values ?? [];
  const json = [
    ...["settings", "mcp-config", "agents"].flatMap(valuesOf),
    ...passthrough.map(valueOf),
  ];
  return createRedactor(env, [
    ...["api-url", "plugin-url"].flatMap(valuesOf),
    ...await Promise.all(json.map((value) => readJson(value, baseDirectory))),
    passthrough,
    ...trustedConfig(files, cwd),
    // At the end, because a repository could contain more secrets than a redactor takes.
    ...files.settings.filter(isOfWorkspace).map(({ content }) => content),
    ...files.mcp.map(({ content }) => content),
  ]);
}

/** Returns the configuration that does not come with the workspace. */
function trustedConfig({ settings, login, state }: ConfigFiles, cwd: string): unknown[] {
  const { primaryApiKey, mcpServers, projects } = state?.content ?? {};
  const project = isJsonObject(projects) ? projects[cwd] : undefined;
  return [
    ...settings.filter((file) => !isOfWorkspace(file)).map(({ content }) => content),
    login?.content,
    { primaryApiKey, mcpServers },
    isJsonObject(project) ? project["mcpServers"] : undefined,
  ];
}

/** Returns the value in an argument such as `--settings={...}`, or the argument itself. */
function valueOf(arg: string): string {
  return arg.replace(/^--[\w-]{1,100}=/, "");
}

/** Larger files are not searched for secrets. */
const MAX_FILE_BYTES = 16 * 1024 * 1024;

/** Returns the JSON object that a value of an option is or names, if it can be read. */
async function readJson(value: string, baseDirectory: string): Promise<JsonObject | undefined> {
  if (isInlineJson(value)) return parseJsonObject(value);
  const path = resolve(baseDirectory, value);
  const text = await readBoundedTextFile(path, MAX_FILE_BYTES).catch(() => "");
  return parseJsonObject(text);
}

/** Returns the redactor of stderr, if that is the log of a CI system, which others can read. */
export function logRedactor(
  { ci }: Pick<RenderSettings, "ci">,
  redactor: Redactor | undefined,
): Redactor | undefined {
  return ci === "none" ? undefined : redactor;
}

/** Returns a renderer that receives the events without secrets, and no deltas. */
export function redactEvents(renderer: Renderer, redactor: Redactor | undefined): Renderer {
  if (redactor === undefined) return renderer;
  const events = new EventRedactor(redactor);
  return {
    event(event) {
      const redacted = events.redact(event);
      if (redacted !== undefined) renderer.event(redacted);
    },
  };
}
