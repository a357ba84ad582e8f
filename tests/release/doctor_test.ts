/**
 * End-to-end tests of `ccrun doctor`, with the real Claude Code and on broken machines.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { DoctorReport } from "../../lib/cli/commands/doctor.ts";
import type { Finding, FindingName } from "../../lib/doctor/finding.ts";
import { text } from "../support/api_reply.ts";
import type { ApiRequest } from "../support/api_request.ts";
import { type CcrunOptions, command, denoVariables } from "../support/ccrun.ts";
import { claudeVersion } from "../support/claude.ts";
import { type ProcessResult, startProcess } from "../support/running_process.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { OWN_PASSWD, withPasswd } from "../support/own_passwd.ts";
import { testWith } from "../support/test_with.ts";
import { withFake } from "../e2e/fake_scene.ts";
import { inTerminal, TERMINAL } from "../e2e/in_terminal.ts";
import { assertNothingLeft, withScene, writeSettings } from "../e2e/scene.ts";
import { writeExecutable } from "../support/executable.ts";

interface Options extends CcrunOptions {
  /** The command that starts ccrun. */
  readonly by?: readonly string[];
}

/** Runs ccrun, and asserts that no process is left. */
async function ccrun(args: readonly string[], options: Options): Promise<ProcessResult> {
  const [first, ...words] = [...options.by ?? [], ...await command()];
  await using process = startProcess([first ?? "", ...words, ...args], {
    ...options,
    env: { ...await denoVariables(), ...options.env },
  });
  const result = await process.finished;
  await assertNothingLeft(options.sandbox);
  return result;
}

function doctor(args: readonly string[], options: Options): Promise<ProcessResult> {
  return ccrun(["doctor", ...args], options);
}

/** Runs `ccrun doctor --json`, and returns the report. */
async function report(
  args: readonly string[],
  options: Options,
): Promise<DoctorReport & { readonly code: number }> {
  const { stdout, stderr, code } = await doctor(["--json", ...args], options);
  assertEquals(stderr, "");
  assertEquals(stdout.split("\n").length, 2, stdout);
  const read: DoctorReport = JSON.parse(stdout);
  assertEquals(code, read.counts.problem > 0 ? 1 : 0);
  assertEquals(read.ok, code === 0);
  for (const { name, status, message } of read.findings) {
    assert(/^[a-z]+$/.test(name) && message !== "", JSON.stringify(read));
    assert(!/undefined|\[object|\(os error|\n/.test(message), message);
    assert(["ok", "warning", "problem"].includes(status));
  }
  return { ...read, code };
}

function finding({ findings }: Pick<DoctorReport, "findings">, wanted: FindingName): Finding {
  const [found, ...more] = findings.filter(({ name }) => name === wanted);
  assert(found !== undefined && more.length === 0, JSON.stringify(findings));
  return found;
}

Deno.test("ccrun doctor runs a session of the real Claude Code, and leaves the user's account and files alone", async () => {
  await withScene([], async ({ sandbox, api, claude }) => {
    const nowhere = "http://127.0.0.1:9";
    const env = {
      HTTP_PROXY: nowhere,
      https_proxy: nowhere,
      ALL_PROXY: nowhere,
      CLAUDE_CODE_USE_BEDROCK: "1",
      CLAUDECODE: "1",
    };
    const read = await report(["--claude", claude], { sandbox, apiUrl: api.url, env });
    assertEquals(read.claude, { path: claude, version: claudeVersion });
    assertEquals(read.credential?.kind, "bedrock");
    assertEquals(read.cwd, sandbox.project);
    const session = finding(read, "session");
    // A slow session is a warning, which a loaded machine may cause.
    assert(session.status !== "problem", session.message);
    assertStringIncludes(session.message, "a session works");
    assertStringIncludes(finding(read, "nesting").message, "inside a Claude Code session");
    assertEquals(read.code, 0, JSON.stringify(read.findings));
    assertEquals(api.requests, [], "requests to the user's API");
    assertEquals([...Deno.readDirSync(sandbox.home)], [], "the user's home");
    const files = [...Deno.readDirSync(sandbox.project)].map(({ name }) => name).sort();
    assertEquals(files, ["README.md", "greet.js", "notes.txt"]);
    assertEquals([...Deno.readDirSync(`${sandbox.root}/tmp`)], [], "temporary files");
  });
});

Deno.test("ccrun doctor prints a line for each finding, hints below, and the counts last", async () => {
  await using sandbox = await makeSandbox();
  const { stdout, stderr, code } = await doctor(["--claude", "none"], {
    sandbox,
    env: { CCRUN_COLOUR: "1", ANTHROPIC_BASE_URL: "https://api.test" },
  });
  assertEquals(code, 1);
  assertStringIncludes(stderr, "ccrun: warning: unknown variable CCRUN_COLOUR");
  const [last, empty, ...lines] = stdout.trimEnd().split("\n").reverse();
  assert(/^\d+ ok, \d+ warnings?, 1 problem$/.test(last ?? ""), stdout);
  assertEquals(empty, "");
  for (const line of lines) {
    assert(/^(?:(?:ok {5}|warning|problem) {2}[a-z]+ +\S| {22}\S)/.test(line), line);
  }
  assertStringIncludes(stdout, "problem  claude       ");
  assert(/^ok {7}install {6}ccrun .+\n {22}to update it: /m.test(stdout), stdout);
  assert(!stdout.includes("\x1b"));
});

testWith(
  TERMINAL,
  "ccrun doctor uses color on a terminal, and follows NO_COLOR and FORCE_COLOR",
  async () => {
    await using sandbox = await makeSandbox();
    const RED = "\x1b[31mproblem\x1b[39m";
    const shown = async (options: { readonly color?: boolean }) => {
      await using terminal = await inTerminal({ sandbox }, "ccrun doctor --claude none", options);
      return (await terminal.finished).stdout;
    };
    assertStringIncludes(await shown({}), RED);
    assert(!(await shown({ color: false })).includes(RED));
    const forced = await doctor(["--claude", "none"], { sandbox, env: { FORCE_COLOR: "1" } });
    assertStringIncludes(forced.stdout, RED);
  },
);

/** A credential: where it is, and the header in which the API receives it. */
interface Credential {
  readonly name: string;
  /** A variable, or a file in the home directory and its content. */
  readonly source: { readonly env: Readonly<Record<string, string>> } | {
    readonly file: string;
    readonly content: unknown;
  };
  readonly header: readonly ["x-api-key" | "authorization", string];
}

/** In the order in which Claude Code prefers them. */
const CREDENTIALS: readonly Credential[] = [
  {
    name: "ANTHROPIC_API_KEY",
    source: { env: { ANTHROPIC_API_KEY: "key-1" } },
    header: ["x-api-key", "key-1"],
  },
  {
    name: "apiKeyHelper",
    source: { file: ".claude/settings.json", content: { apiKeyHelper: "echo key-2" } },
    header: ["x-api-key", "key-2"],
  },
  {
    name: "CLAUDE_CODE_OAUTH_TOKEN",
    source: { env: { CLAUDE_CODE_OAUTH_TOKEN: "token-3" } },
    header: ["authorization", "Bearer token-3"],
  },
  {
    name: "claudeAiOauth",
    source: {
      file: ".claude/.credentials.json",
      content: {
        claudeAiOauth: {
          accessToken: "token-4",
          refreshToken: "token-5",
          expiresAt: 4_000_000_000_000,
          scopes: ["user:inference", "user:profile"],
        },
      },
    },
    header: ["authorization", "Bearer token-4"],
  },
  {
    name: "primaryApiKey",
    source: { file: ".claude.json", content: { primaryApiKey: "key-6" } },
    header: ["x-api-key", "key-6"],
  },
];

testWith(
  { unless: Deno.build.os === "darwin" ? "macOS keeps logins in the keychain" : undefined },
  "ccrun doctor names the credential that the real Claude Code sends",
  async () => {
    await withScene([text("Hi.")], async ({ sandbox, api, run, turns }) => {
      const env: Record<string, string | undefined> = {
        // A login must not reach its provider.
        HTTPS_PROXY: "http://127.0.0.1:9",
        NO_PROXY: "127.0.0.1",
      };
      await Deno.mkdir(`${sandbox.home}/.claude`);
      for (const { source } of CREDENTIALS) {
        if ("env" in source) {
          Object.assign(env, source.env);
        } else {
          const path = `${sandbox.home}/${source.file}`;
          await Deno.writeTextFile(path, JSON.stringify(source.content));
        }
      }
      for (const { name, source, header: [header, value] } of CREDENTIALS) {
        const read = await report(["--claude", "none"], { sandbox, apiUrl: api.url, env });
        assertEquals(read.credential?.name, name);
        const { status, message } = finding(read, "credential");
        assertEquals(status, name === CREDENTIALS.at(-1)?.name ? "ok" : "warning", message);

        const { stdout, stderr } = await run(["-q", "hi"], { env });
        assertEquals(stdout, "Hi.\n", stderr);
        assertEquals(turns().at(-1)?.headers[header], value, name);

        // The next one is used without it.
        if ("file" in source) await Deno.remove(`${sandbox.home}/${source.file}`);
        else for (const variable of Object.keys(source.env)) env[variable] = undefined;
      }
    });
  },
);

/** Secrets that share no five characters with the output of doctor. */
const SECRETS = [
  "sk-ant-api03-Qz7Xw9Vb2Kj4",
  "Jh8Gf6Ds5Mn3Pq1",
  "sk-ant-oat01-Yt0Re4Wq8Zx6",
  "Lk2Hj9Gv7Bc5",
  "Uy6Tr3Ew1Qa9",
  "Op5Iu8Yt2Rf4",
  "Zx1Cv3Bn5Mq7",
  "Wd9Ef7Rg5Th3",
  "Aq2Sw4De6Fr8",
  "Bg1Nh3Mj5Kl7",
  "Vx4Cz6Nq8Pt2",
] as const;

const UNKNOWN_KEY = `sk-ant-api03-${"xJ".repeat(46)}_AA`;

Deno.test("ccrun doctor prints no part of a secret, wherever it is", async () => {
  await using sandbox = await makeSandbox();
  const [key, token, oauth, pass, query, helper, login, state, broken, header, path] = SECRETS;
  const { home, project } = sandbox;
  await Deno.mkdir(`${home}/.claude`);
  await Deno.mkdir(`${project}/.claude`);
  const write = (path: string, content: unknown) =>
    Deno.writeTextFile(path, typeof content === "string" ? content : JSON.stringify(content));
  await write(`${home}/.claude/settings.json`, {
    apiKeyHelper: `echo ${helper}`,
    env: { ANTHROPIC_AUTH_TOKEN: ` "${token}"\n` },
  });
  await write(`${home}/.claude/.credentials.json`, {
    claudeAiOauth: { accessToken: login, scopes: ["user:inference"], expiresAt: 1 },
  });
  await write(`${home}/.claude.json`, {
    primaryApiKey: state,
    oauthAccount: { emailAddress: state },
  });
  await write(`${project}/.claude/settings.json`, `{ "env": { "KEY": "${broken}" "X": 1 } }`);
  await write(`${project}/.claude/settings.local.json`, broken);
  await write(`${project}/.mcp.json`, `["${broken}"]`);
  const url = `https://user:${pass}@gateway.test/${path}/v1?key=${query}`;
  // A claude that prints its environment, its files and a key.
  const spy = `${sandbox.bin}/spy`;
  await writeExecutable(
    spy,
    `#!/bin/sh
[ "$1" = --version ] && echo '2.1.197 (Claude Code)' && exit
{ env; cat "$HOME"/.claude.json "$HOME"/.claude/*; echo 'invalid key: ${UNKNOWN_KEY}'; } >&2
exit 1
`,
  );
  const env = {
    ANTHROPIC_API_KEY: `${key} `,
    CLAUDE_CODE_OAUTH_TOKEN: oauth,
    ANTHROPIC_CUSTOM_HEADERS: `x-api-key: ${header}`,
    ANTHROPIC_BASE_URL: url,
    HTTPS_PROXY: url,
    AWS_SECRET_ACCESS_KEY: token,
    GITHUB_TOKEN: pass,
  };
  for (const args of [[], ["--json", "--api-url", url]]) {
    const { stdout, stderr } = await doctor([...args, "--claude", spy], { sandbox, env });
    assertStringIncludes(stdout, "gateway.test");
    assertStringIncludes(stdout, "invalid key: [redacted]");
    for (const secret of [...SECRETS, UNKNOWN_KEY]) {
      const bare = secret.replace(/^sk-ant-\w+-/, "");
      for (let at = 0; at + 5 <= bare.length; at++) {
        const part = bare.slice(at, at + 5);
        assert(!`${stdout}${stderr}`.includes(part), `${part} of ${secret} in:\n${stdout}`);
      }
    }
  }
});

Deno.test("ccrun doctor reports invalid JSON in a file as a problem only if runs fail", async () => {
  await withScene([text("Hi.")], async ({ sandbox, api, run }) => {
    await Deno.mkdir(`${sandbox.home}/.claude`);
    for (const path of ["project/.mcp.json", "home/.claude/settings.json", "home/.claude.json"]) {
      const file = `${sandbox.root}/${path}`;
      await Deno.writeTextFile(file, "{");
      const read = await report(["--claude", "none"], { sandbox, apiUrl: api.url });
      // An old version waits for an answer to a question.
      const { code, stderr } = await run(["-q", "--timeout", "30s", "hi"]);
      const { status, message } = finding(read, "settings");
      assertStringIncludes(message, file);
      assertEquals(status === "problem", code !== 0, `${message}\n${stderr}`);
      await Deno.remove(file);
    }
  });
});

testWith(
  OWN_PASSWD,
  "without HOME, ccrun and the real Claude Code use the home directory that the system knows",
  async () => {
    const answer = ({ userText }: ApiRequest) => text(`Answer to ${userText}`);
    await withScene([answer], async ({ sandbox, api, claude, turns }) => {
      const by = await withPasswd(sandbox.root, sandbox.home);
      const options = { sandbox, apiUrl: api.url, env: { HOME: undefined }, by };
      const settings = await writeSettings(sandbox, { env: { FROM: "settings" } });
      const ran = await ccrun(["--claude", claude, "-q", "First prompt."], options);
      assertEquals([ran.code, ran.stdout], [0, "Answer to First prompt.\n"], ran.stderr);
      const sessions = await ccrun(["sessions", "--json"], options);
      assertEquals(JSON.parse(sessions.stdout)[0]?.prompt, "First prompt.", sessions.stderr);
      const last = await ccrun(["--claude", claude, "-q", "--resume", "last", "Go on."], options);
      assertEquals([last.code, last.stdout], [0, "Answer to Go on.\n"], last.stderr);
      assertStringIncludes(JSON.stringify(turns().at(-1)?.body.messages), "First prompt.");
      const read = await report(["--claude", "none"], options);
      assertEquals(finding(read, "settings").message, settings);
    });
  },
);

testWith(
  OWN_PASSWD,
  "ccrun reports an unknown home directory instead of missing sessions and logins",
  async () => {
    await using sandbox = await makeSandbox();
    const by = await withPasswd(sandbox.root, undefined);
    const env = { HOME: undefined, ANTHROPIC_API_KEY: undefined };
    const options = { sandbox, env, by };
    const run = ["--claude", "/bin/true", "hi"];
    for (const args of [["sessions"], [...run, "--resume", "last"], run]) {
      const { code, stdout, stderr } = await ccrun(args, options);
      assertEquals([code, stdout], [2, ""]);
      assertStringIncludes(stderr, "HOME");
    }
    const read = await report(["--claude", "none"], options);
    const credential = finding(read, "credential");
    assertEquals(credential.status, "warning");
    assertStringIncludes(credential.message, "HOME is not set");
  },
);

Deno.test("ccrun doctor reports every problem on one line, with a hint", async () => {
  await using sandbox = await makeSandbox();
  const { root, home } = sandbox;
  await Deno.writeTextFile(`${home}/.claude.json`, "{");
  const cwd = `${root}/line\nbreak`;
  const read = await report(["--claude", `${root}/none`, "--cwd", cwd], {
    sandbox,
    env: { ANTHROPIC_API_KEY: undefined, ANTHROPIC_BASE_URL: "none" },
  });
  assertEquals(read.cwd, cwd);
  for (const name of ["claude", "credential", "api", "settings", "workspace"] as const) {
    const { status, message, hint } = finding(read, name);
    assertEquals(status, "problem", message);
    assert(hint !== undefined && !hint.includes("\n"), message);
  }
  assertStringIncludes(finding(read, "workspace").message, "line ⏎ break");
  for (const name of ["version", "session"] as const) {
    assertStringIncludes(finding(read, name).message, "skipped: ");
  }
});

Deno.test("ccrun doctor reports that it cannot create temporary files, and continues", async () => {
  await using sandbox = await makeSandbox();
  const TMPDIR = `${sandbox.root}/none`;
  const read = await report(["--claude", "/bin/true"], { sandbox, env: { TMPDIR } });
  const { status, message } = finding(read, "session");
  assertEquals(status, "problem");
  assertStringIncludes(message, "cannot create a temporary directory");
  assertEquals(finding(read, "workspace").status, "ok");
});

Deno.test("ccrun doctor works without HOME, PATH, and other variables", async () => {
  await using sandbox = await makeSandbox();
  const env = Object.fromEntries(Object.keys(sandbox.env()).map((name) => [name, undefined]));
  const read = await report(["--claude", "none"], { sandbox, env });
  assertEquals(finding(read, "claude").status, "problem");
});

Deno.test("ccrun doctor reports the permissions that Deno has not granted", async () => {
  if (Deno.env.get("CCRUN_TEST_BINARY")) return; // its permissions are built in
  await using sandbox = await makeSandbox();
  const [deno = "", ...words] = await command();
  const all = words.filter((word) => word.startsWith("--allow-"));
  for (const missing of [all.filter((option) => option.startsWith("--allow-net")), all]) {
    const args = words.filter((word) => !missing.includes(word));
    await using process = startProcess([deno, ...args, "doctor", "--json"], {
      sandbox,
      env: await denoVariables(),
    });
    const { stdout, stderr } = await process.finished;
    assertEquals(stderr, "", missing.join());
    const { status, message } = finding(JSON.parse(stdout), "permissions");
    assertEquals(status, missing.length === 1 ? "warning" : "problem");
    for (const option of missing) assertStringIncludes(message, `without ${option}, `);
  }
});

Deno.test("ccrun doctor exits on a signal, prints no report as JSON, and leaves no process", async () => {
  const cases = [["SIGINT", 130, []], ["SIGTERM", 143, ["--json"]]] as const;
  for (const [signal, code, format] of cases) {
    await withFake(
      `: >"$gates/started"; sleep 1000 & exec sleep 1000`,
      async ({ created, start }) => {
        await using process = await start(["doctor", ...format]);
        await created("started");
        process.kill(signal);
        const result = await process.finished;
        assertEquals([result.code, result.stderr], [code, `ccrun: error: stopped by ${signal}\n`]);
        if (format.length > 0) assertEquals(result.stdout, "");
      },
    );
  }
});

Deno.test("ccrun doctor exits silently when its reader closes the pipe", async () => {
  await withFake("exit 1", async ({ shell }) => {
    const { stdout, stderr } = await shell(
      "ccrun doctor | head -1; echo ${PIPESTATUS[0]} >status; cat status",
    );
    // All output may have been written before the pipe was closed.
    assert(/^ok +claude .*found in PATH\n(?:141|1)\n$/.test(stdout), stdout);
    assertEquals(stderr, "");
  });
});
