/**
 * Secrets in everything that a run publishes: the log, the summary, the outputs, and the recording.
 *
 * @module
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  emit,
  initLine,
  resultLine,
  streamedLines,
  streamedTextLine,
  textLine,
  thinkingLine,
  toolResultLine,
  toolUseLine,
} from "../support/fake_claude.ts";
import { makeRandom, type Random } from "../support/random.ts";
import { userLine, writeSession } from "../support/session_files.ts";
import { FAILURE, type FakeScene, withFake } from "../e2e/fake_scene.ts";
import { writeJson } from "./workspace.ts";

const GITHUB = { CI: "true", GITHUB_ACTIONS: "true" };

/** Runs ccrun as a step on GitHub, and returns everything that it publishes. */
async function publishedBy(
  { run, sandbox }: FakeScene,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Readonly<Record<string, string>>> {
  const files = {
    GITHUB_STEP_SUMMARY: `${sandbox.root}/summary`,
    GITHUB_OUTPUT: `${sandbox.root}/output`,
  };
  const { stderr } = await run(
    ["--redact", "--record", "tape.jsonl", "--format", "json", "--progress", ...args, "hi"],
    { env: { ...GITHUB, ...files, ...env } },
  );
  return {
    stderr,
    summary: await Deno.readTextFile(files.GITHUB_STEP_SUMMARY),
    outputs: await Deno.readTextFile(files.GITHUB_OUTPUT),
    recording: await Deno.readTextFile(`${sandbox.project}/tape.jsonl`),
  };
}

/** Fails if a piece of a secret with this length is in a text. */
function assertNoPieces(
  published: Readonly<Record<string, string>>,
  secrets: readonly string[],
  why: string,
): void {
  const length = 8;
  const pieces = new Set(
    secrets.flatMap((secret) =>
      Array.from({ length: secret.length - length + 1 }, (_, at) => secret.slice(at, at + length))
    ),
  );
  for (const [name, text] of Object.entries(published)) {
    for (let at = 0; at + length <= text.length; at++) {
      const piece = text.slice(at, at + length);
      if (!pieces.has(piece)) continue;
      const around = text.slice(Math.max(0, at - 200), at + 200);
      throw new Error(`${JSON.stringify(piece)} in ${name}, ${why}:\n${around}`);
    }
  }
}

/** A claude that prints what it was given in all of these places. */
function tellingStory(secrets: readonly string[]): readonly string[] {
  const said = secrets.map((secret) => `I found ${secret} there.`).join(" ");
  return [
    initLine(),
    toolUseLine({ id: "t1", name: "Bash", input: { command: `echo ${secrets.join(" ")}` } }),
    toolResultLine({ id: "t1", content: secrets.join("\n"), isError: true }),
    textLine(said),
    resultLine({ result: said }),
  ];
}

Deno.test("secrets of settings, MCP servers, the login and options are in nothing that is published", async () => {
  const names = [
    ...["option_env", "option_header", "mcp_env", "mcp_argument", "mcp_header", "mcp_parameter"],
    ...["mcp_password", "user_env", "user_mcp", "project_env", "local_env", "project_mcp", "login"],
    ...["api_url", "agent", "extra"],
  ];
  const secret = Object.fromEntries(names.map((name) => [name, `${name}-4f1b9c7e`]));
  const of = (name: string) => secret[name] ?? "";
  await withFake(tellingStory(Object.values(secret)), async (scene) => {
    const { home, project, root } = scene.sandbox;
    const files = {
      [`${home}/.claude/settings.json`]: { env: { DEPLOY_TOKEN: of("user_env") } },
      [`${home}/.claude/.credentials.json`]: { claudeAiOauth: { accessToken: of("login") } },
      [`${home}/.claude.json`]: {
        projects: { [project]: { mcpServers: { a: { env: { A_TOKEN: of("user_mcp") } } } } },
      },
      [`${project}/.claude/settings.json`]: { env: { DB_PASSWORD: of("project_env") } },
      [`${project}/.claude/settings.local.json`]: { env: { API_KEY: of("local_env") } },
      [`${project}/.mcp.json`]: {
        mcpServers: {
          b: { type: "http", url: "https://x", headers: { "X-Api-Key": of("project_mcp") } },
        },
      },
      [`${root}/mcp.json`]: {
        mcpServers: {
          c: { command: "c", args: ["--token", of("mcp_argument")] },
          d: { url: `https://ada:${of("mcp_password")}@x/?api_key=${of("mcp_parameter")}` },
        },
      },
      [`${root}/settings.json`]: {
        env: {
          A_SECRET: of("option_env"),
          ANTHROPIC_CUSTOM_HEADERS: `X-Key: ${of("option_header")}`,
        },
      },
    };
    for (const [path, content] of Object.entries(files)) await writeJson(path, content);
    const inlineMcp = {
      mcpServers: {
        e: { command: "e", env: { E_TOKEN: of("mcp_env") } },
        f: { url: "https://x", headers: { Authorization: `Bearer ${of("mcp_header")}` } },
      },
    };
    const agents = {
      a: { description: "d", prompt: "p", mcpServers: [{ env: { K_TOKEN: of("agent") } }] },
    };
    const published = await publishedBy(scene, [
      ...["--settings", `${root}/settings.json`, "--agents", JSON.stringify(agents)],
      ...["--mcp-config", `${root}/mcp.json`, "--mcp-config", JSON.stringify(inlineMcp)],
      ...["--api-url", `http://ada:${of("api_url")}@127.0.0.1:9`],
      ...["-p", "hi", "--", "--token", of("extra")],
    ]);
    for (const [name, text] of Object.entries(published)) {
      assertEquals(
        names.filter((secret) => text.includes(`${secret}-4f`)),
        [],
        `${name}:\n${text}`,
      );
      assertStringIncludes(text, "[redacted]");
    }
  });
});

Deno.test("a replay redacts with the settings of the machine that replays", async () => {
  const secret = "project-env-4f1b9c7e";
  await withFake(tellingStory([secret]), async ({ run, sandbox: { project, root } }) => {
    await run(["-q", "--record", "tape", "hi"]);
    await writeJson(`${project}/.claude/settings.json`, { env: { DEPLOY_TOKEN: secret } });
    const { stderr } = await run(["replay", "--redact", "--summary", `${root}/page`, "tape"], {
      env: GITHUB,
    });
    const summary = await Deno.readTextFile(`${root}/page`);
    assertEquals([stderr.includes(secret), summary.includes(secret)], [false, false]);
    assertStringIncludes(summary, "[redacted]");
  });
});

Deno.test("a command line of a leftover process is redacted in the log, also where it is cut off", async () => {
  const secret = "correct-horse-battery-staple-42";
  const leftover = (arg: string) =>
    `setsid sh -c 'while :; do sleep 1; done' curl ${arg} >/dev/null 2>&1 &\n`;
  const script = leftover(`-H 'Authorization: Bearer abcdefgh-0123'`) +
    leftover(`${"x".repeat(20)} ${secret}`) + emit(initLine(), textLine("Hi."), resultLine());
  await withFake(script, async ({ run }) => {
    const { stderr } = await run(["--progress", "hi"], { env: { ...GITHUB, MY_TOKEN: secret } });
    assertStringIncludes(stderr, "stopped leftover processes: sh -c");
    assertNoPieces({ stderr }, [secret, "abcdefgh-0123"], "as an argument");
  });
});

Deno.test("no message about an option or a resumed session has the secret of a URL in it", async () => {
  await withFake(FAILURE, async ({ run }) => {
    const url = (scheme: string) => `${scheme}://token-4f1b:word-9c7e@127.0.0.1:9/v1?key=par-4f1b`;
    for (const args of [["--api-url", url("ftp")], ["--api-url", url("http"), "--debug"]]) {
      const { stderr, code } = await run([...args, "hi"]);
      assertEquals(code === 0, false);
      assertEquals(stderr.match(/token-4f1b|word-9c7e|par-4f1b/g), null, stderr);
    }
    const env = { CCRUN_API_URL: url("ftp") };
    assertEquals((await run(["hi"], { env })).stderr.includes("4f1b"), false);
    const doctor = await run(["doctor"], { env: { HTTPS_PROXY: url("http"), ...env } });
    assertEquals((doctor.stdout + doctor.stderr).includes("4f1b"), false);
    const token = { CCRUN_API_URL: "http://token-4f1b9c7e@127.0.0.1:9" };
    const { stdout } = await run(["doctor", "--json"], { env: token });
    assertEquals(stdout.includes("token-4f1b"), false, stdout);
  });
});

Deno.test("the titles of sessions are redacted in a log", async () => {
  const secret = "correct-horse-battery-staple-42";
  await withFake("", async ({ run, sandbox: { home, project } }) => {
    const lines = [userLine(`Use ${secret} to log in`, { cwd: project })];
    await writeSession({ home, cwd: project, lines });
    const env = { MY_TOKEN: secret };
    assertStringIncludes((await run(["sessions"], { env })).stdout, `Use ${secret} to log in`);
    const { stdout } = await run(["sessions"], { env: { ...GITHUB, ...env } });
    assertStringIncludes(stdout, "Use [redacted] to log in");
  });
});

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const DIGITS = "0123456789";
const ALPHABETS = [
  LETTERS + DIGITS,
  `${LETTERS}${DIGITS}+/`,
  `${DIGITS}abcdef`,
  `${LETTERS}${DIGITS}!"#$%&'()*+,-./:;<=>?@[\\]^_{|}~ `,
];

/** Returns a random value with a digit, so that it is not a word. */
function randomSecret(random: Random): string {
  const alphabet = random.pick(ALPHABETS);
  const length = 12 + random.below(52);
  const letters = Array.from({ length }, () => random.pick([...alphabet]));
  return `x${letters.join("").trim()}${random.below(10)}`;
}

const FORMS: readonly ((secret: string) => string)[] = [
  (secret) => secret,
  (secret) => JSON.stringify(secret),
  encodeURIComponent,
  (secret) => new URLSearchParams({ a: secret }).toString(),
  (secret) => btoa(`user:${secret}`),
  (secret) => `'${secret.replaceAll("'", "'\\''")}'`,
  (secret) => `'${secret.replaceAll("'", `'"'"'`)}'`,
  (secret) => secret.replace(/[^A-Za-z0-9_@%+=:./~#^-]/g, "\\$&"),
  (secret) => `$'${secret.replace(/['\\]/g, "\\$&")}\\n'`,
];

/** Wraps a text at a column, as `fold` and `base64` do, with or without an indentation. */
function wrapped(text: string, random: Random): string {
  const columns = random.pick([10, 19, 60, 64, 76]);
  const indentation = random.pick(["", "  ", "\t"]);
  const padding = "-".repeat(random.below(columns));
  const lines = `${padding} ${text}`.match(new RegExp(`.{1,${columns}}`, "gs")) ?? [];
  return lines.join(`\n${indentation}`);
}

/** Splits a text into neighboring parts. */
function split(text: string, random: Random): readonly string[] {
  const first = random.below(text.length);
  const second = random.pick([first, first + random.below(text.length - first)]);
  return [text.slice(0, first), text.slice(first, second), text.slice(second)]
    .filter((part) => part.trim() !== "");
}

let ids = 0;

/** Returns lines of a claude that prints the parts one after the other. */
function neighbors(parts: readonly string[], random: Random): readonly string[] {
  switch (random.below(4)) {
    case 0:
      return parts.map((part) => textLine(part));
    case 1:
      return parts.map((part) => thinkingLine(part));
    case 2:
      return [...streamedLines(parts), streamedTextLine(parts.join(""))];
    default:
      return parts.flatMap((part) => {
        const id = `toolu_${ids++}`;
        return [
          toolUseLine({ id, name: "Bash", input: { command: part } }),
          toolResultLine({ id, content: part, isError: random.below(2) === 0 }),
        ];
      });
  }
}

/** How many runs with random secrets. */
const RUNS = 4;

const SECRETS_PER_RUN = 40;

Deno.test("no long piece of a random secret is published, in any form and however it is split", async () => {
  for (let run = 0; run < RUNS; run++) {
    const seed = 7_000 + run;
    const random = makeRandom(seed);
    const secrets = Array.from({ length: SECRETS_PER_RUN }, () => randomSecret(random));
    const lines = secrets.flatMap((secret) => {
      const form = random.pick(FORMS)(secret);
      return random.below(2) === 0
        ? neighbors([`It is ${wrapped(form, random)}, they say.`], random)
        : neighbors(split(form, random), random);
    });
    const answer = secrets.map((secret) => random.pick(FORMS)(secret)).join("\n\n");
    lines.push(textLine(answer), resultLine({ result: answer }));
    await withFake(emit(initLine(), ...lines), async (scene) => {
      const env = Object.fromEntries(secrets.map((secret, at) => [`A${at}_TOKEN`, secret]));
      const published = await publishedBy(scene, ["--partial"], env);
      assertNoPieces(published, secrets, `seed ${seed}`);
      for (const text of Object.values(published)) assertStringIncludes(text, "[redacted]");
    });
  }
});
