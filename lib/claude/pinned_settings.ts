import type { Env } from "../util/env.ts";
import type { JsonObject } from "../util/json.ts";
import {
  type ConfigFile,
  type ConfigFiles,
  effectiveVariables,
  type EnvVariable,
  isOfWorkspace,
  type SettingsFile,
} from "./config_files.ts";
import { apiUrlVariables } from "./environment.ts";
import { getObject, getString } from "./json_fields.ts";
import {
  HELPER_SETTINGS,
  isRouteVariable,
  NEUTRAL_VALUES,
  otherSpelling,
  PROVIDER_VARIABLES,
  UNPINNABLE_VARIABLES,
} from "./pinned_names.ts";

/** What Claude Code is started with. */
export interface PinOptions {
  /** The environment of claude. */
  readonly env: Env;
  readonly files: Pick<ConfigFiles, "settings" | "state">;
  /** Whether the user trusts the workspace; see `isTrustedWorkspace`. */
  readonly isTrusted: boolean;
  /** The value of `--api-url`. */
  readonly apiUrl?: string | undefined;
}

/**
 * Decides where requests of Claude Code go, and with which credential. The caller does: with the environment,
 * the settings of the user, `--settings` and `--api-url`. Files of the workspace would take precedence, but
 * `--settings` takes precedence over them. In a workspace that the user trusts, they still set what the caller
 * does not set.
 */
export class PinnedSettings {
  readonly #options: PinOptions;
  readonly #caller: ReadonlyMap<string, EnvVariable>;
  readonly #callerFiles: readonly SettingsFile[];
  readonly #usesCloud: boolean;

  constructor(options: PinOptions) {
    const { env, files: { settings, state }, apiUrl } = options;
    this.#options = options;
    this.#callerFiles = settings.filter((file) => !isOfWorkspace(file) && file.scope !== "managed");
    const variables = effectiveVariables(env, [...filesOf(state), ...this.#callerFiles]);
    this.#caller = withApiUrl(variables, apiUrl);
    this.#usesCloud = PROVIDER_VARIABLES.some((name) => Boolean(this.#caller.get(name)?.value));
  }

  /** Returns the settings that must take precedence over those of the workspace. */
  toSettings(): JsonObject {
    const { files: { settings }, isTrusted } = this.#options;
    const names = new Set([
      ...(isTrusted ? [] : NEUTRAL_VALUES.keys()),
      ...this.#caller.keys(),
      ...settings.filter(isOfWorkspace).flatMap(({ content }) => envNames(content)),
    ]);
    const env = [...names].filter((name) => this.#isPinned(name))
      .map((name) => [name, this.#valueOf(name)]);
    const helpers = HELPER_SETTINGS.filter((name) => this.#isHelperPinned(name))
      .map((name) => [name, this.#helperOf(name) ?? ""]);
    return {
      ...Object.fromEntries(helpers),
      ...(env.length > 0 && { env: Object.fromEntries(env) }),
    };
  }

  /** Returns the settings files as claude then sees them: without what is pinned in those of the workspace. */
  effectiveSettings(): SettingsFile[] {
    return this.#options.files.settings.map((file) =>
      isOfWorkspace(file) ? { ...file, content: this.#withoutPinned(file.content) } : file
    );
  }

  /** Returns the environment of claude, as its requests see it. */
  effectiveVariables(): ReadonlyMap<string, EnvVariable> {
    const { env, files: { state }, apiUrl } = this.#options;
    const settings = this.effectiveSettings();
    const managed = settings.filter(({ scope }) => scope === "managed");
    const others = settings.filter(({ scope }) => scope !== "managed");
    const variables = withApiUrl(effectiveVariables(env, [...filesOf(state), ...others]), apiUrl);
    return new Map([...variables, ...effectiveVariables({}, managed)]);
  }

  #isPinned(name: string): boolean {
    const { isTrusted, apiUrl } = this.#options;
    if (!isRouteVariable(name, this.#usesCloud)) return false;
    // --api-url excludes another provider.
    return !isTrusted || this.#callerValue(name) !== undefined ||
      apiUrl !== undefined && PROVIDER_VARIABLES.includes(name);
  }

  #valueOf(name: string): string {
    return this.#callerValue(name) ?? NEUTRAL_VALUES.get(name) ?? "";
  }

  #callerValue(name: string): string | undefined {
    // An empty value means unset.
    return this.#caller.get(name)?.value ||
      this.#caller.get(otherSpelling(name) ?? name)?.value || undefined;
  }

  #isHelperPinned(name: string): boolean {
    return !this.#options.isTrusted || this.#helperOf(name) !== undefined;
  }

  #helperOf(name: string): string | undefined {
    const values = this.#callerFiles.map(({ content }) => getString(content, name));
    return values.findLast((value) => value !== undefined);
  }

  #withoutPinned(content: JsonObject): JsonObject {
    const kept = Object.entries(content).filter(([name]) =>
      !(HELPER_SETTINGS.includes(name) && this.#isHelperPinned(name))
    );
    const variables = Object.entries(getObject(content, "env"))
      .filter(([name]) => !this.#isPinned(name));
    return { ...Object.fromEntries(kept), env: Object.fromEntries(variables) };
  }
}

/** Returns a variable of an untrusted workspace that `--settings` cannot override, with its file. */
export function findUnpinnable(
  { files: { settings }, isTrusted }: Pick<PinOptions, "files" | "isTrusted">,
): { name: string; file: string } | undefined {
  if (isTrusted) return undefined;
  for (const { path, content } of settings.filter(isOfWorkspace)) {
    const name = envNames(content).find((name) => UNPINNABLE_VARIABLES.includes(name));
    if (name !== undefined) return { name, file: path };
  }
  return undefined;
}

function withApiUrl(
  variables: ReadonlyMap<string, EnvVariable>,
  apiUrl: string | undefined,
): ReadonlyMap<string, EnvVariable> {
  if (apiUrl === undefined) return variables;
  return new Map([...variables, ...effectiveVariables(apiUrlVariables(apiUrl), [])]);
}

function envNames(content: JsonObject): string[] {
  return Object.keys(getObject(content, "env"));
}

function filesOf(file: ConfigFile | undefined): ConfigFile[] {
  return file === undefined ? [] : [file];
}
