/**
 * `ccrun doctor`: what it says of the real Claude Code, and of machines on which nothing works.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { DoctorReport } from "../../lib/cli/commands/doctor.ts";
import type { Finding, FindingName } from "../../lib/doctor/finding.ts";
import { text, toolUse } from "../support/api_reply.ts";
import type { ApiRequest } from "../support/api_request.ts";
import { type CcrunOptions, command, denoVariables, startCcrun } from "../support/ccrun.ts";
import { claudeAtLeast, claudeVersion } from "../support/claude.ts";
import { type ProcessResult, startProcess } from "../support/running_process.ts";
import { makeSandbox, type Sandbox } from "../support/sandbox.ts";
import { BOUND, BOUND_BY_MODES } from "../support/bound_by_modes.ts";
import { OWN_PASSWD, withPasswd } from "../support/own_passwd.ts";
import { testWith } from "../support/test_with.ts";
import { waitFor } from "../support/wait_for.ts";
import { STORY, withFake } from "./fake_scene.ts";
import { inTerminal, TERMINAL } from "./in_terminal.ts";
import { assertNothingLeft, exists, type Scene, withScene } from "./scene.ts";
import { writeExecutable } from "../support/executable.ts";

/** How ccrun is started. */
interface Options extends CcrunOptions {
  /** The words before its own. */
  readonly by?: readonly string[];
}

/** Runs ccrun to its end, and sees that nothing of it is left. */
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

/** Runs `ccrun doctor` to its end, and sees that nothing of it is left. */
function doctor(args: readonly string[], options: Options): Promise<ProcessResult> {
  return ccrun(["doctor", ...args], options);
}

/** The same with `--json`, read. */
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

/** `--claude` with the real one. */
function real({ claude }: Scene): readonly string[] {
  return ["--claude", claude];
}

Deno.test("ccrun doctor starts a session of the real Claude Code, and touches nothing of the user's", async () => {
  await withScene([], async (scene) => {
    const { sandbox, api, claude } = scene;
    const read = await report(real(scene), { sandbox, apiUrl: api.url });
    assertEquals(read.claude, { path: claude, version: claudeVersion });
    assertEquals(read.credential, { kind: "api_key", name: "ANTHROPIC_API_KEY" });
    assertEquals(read.cwd, sandbox.project);
    const session = finding(read, "session");
    // Too slow is a warning, which a loaded machine may get.
    assert(session.status !== "problem", session.message);
    assertStringIncludes(session.message, "a session works");
    assertEquals(read.code, 0, JSON.stringify(read.findings));
    assertEquals(api.requests, [], "it has asked the user's API");
    assertEquals([...Deno.readDirSync(sandbox.home)], [], "the user's home");
    const files = [...Deno.readDirSync(sandbox.project)].map(({ name }) => name).sort();
    assertEquals(files, ["README.md", "greet.js", "notes.txt"]);
    assertEquals([...Deno.readDirSync(`${sandbox.root}/tmp`)], [], "temporary files");
  });
});

Deno.test("ccrun doctor tries a session whatever the environment says of accounts and proxies", async () => {
  await withScene([], async (scene) => {
    const nowhere = "http://127.0.0.1:9";
    const env = {
      HTTP_PROXY: nowhere,
      https_proxy: nowhere,
      ALL_PROXY: nowhere,
      ANTHROPIC_BASE_URL: nowhere,
      CLAUDE_CODE_USE_BEDROCK: "1",
      CLAUDECODE: "1",
    };
    const read = await report(real(scene), { sandbox: scene.sandbox, env });
    const session = finding(read, "session");
    assert(session.status !== "problem", session.message);
    assertStringIncludes(finding(read, "nesting").message, "inside another session");
    assertEquals(read.credential?.kind, "bedrock");
  });
});

Deno.test("ccrun doctor is read by a person: a line a finding, hints below, the counts last", async () => {
  await withScene([], async (scene) => {
    const { stdout, stderr, code } = await doctor(real(scene), {
      sandbox: scene.sandbox,
      env: { ANTHROPIC_API_KEY: undefined, CCRUN_COLOUR: "1" },
    });
    assertEquals(code, 1);
    assertStringIncludes(stderr, "ccrun: warning: unknown variable CCRUN_COLOUR");
    const [last, empty, ...lines] = stdout.trimEnd().split("\n").reverse();
    assert(/^\d+ ok, \d+ warnings?, 1 problem$/.test(last ?? ""), stdout);
    assertEquals(empty, "");
    for (const line of lines) {
      assert(/^(?:(?:ok {5}|warning|problem) {2}[a-z]+ +\S| {22}\S)/.test(line), line);
    }
    assertStringIncludes(stdout, "\nproblem  credential   none: no key, no token, no login\n   ");
    assertStringIncludes(stdout, `ok       version      Claude Code ${claudeVersion}\n`);
    assert(!stdout.includes("\x1b"));
  });
});

testWith(
  TERMINAL,
  "ccrun doctor is coloured on a terminal, and NO_COLOR and FORCE_COLOR count",
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

/** A credential: where it is put, and what then reaches the API. */
interface Placed {
  readonly name: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly file?: readonly [string, unknown];
  readonly header: "x-api-key" | "authorization";
  readonly value: string;
}

const KEY: Placed = {
  name: "ANTHROPIC_API_KEY",
  env: { ANTHROPIC_API_KEY: "key-1" },
  header: "x-api-key",
  value: "key-1",
};
const HELPER: Placed = {
  name: "apiKeyHelper",
  file: [".claude/settings.json", { apiKeyHelper: "echo key-2" }],
  header: "x-api-key",
  value: "key-2",
};
const OAUTH: Placed = {
  name: "CLAUDE_CODE_OAUTH_TOKEN",
  env: { CLAUDE_CODE_OAUTH_TOKEN: "token-3" },
  header: "authorization",
  value: "Bearer token-3",
};
const LOGIN: Placed = {
  name: "claudeAiOauth",
  file: [".claude/.credentials.json", {
    claudeAiOauth: {
      accessToken: "token-4",
      refreshToken: "token-5",
      expiresAt: 4_000_000_000_000,
      scopes: ["user:inference", "user:profile"],
    },
  }],
  header: "authorization",
  value: "Bearer token-4",
};
const MANAGED: Placed = {
  name: "primaryApiKey",
  file: [".claude.json", { primaryApiKey: "key-6" }],
  header: "x-api-key",
  value: "key-6",
};

for (
  const placed of [[KEY, HELPER], [HELPER, OAUTH], [OAUTH, LOGIN], [LOGIN, MANAGED], [MANAGED]]
) {
  const names = placed.map(({ name }) => name).join(" before ");
  testWith(
    // There the login is in the keychain.
    { unless: Deno.build.os === "darwin" ? "macOS has a keychain" : undefined },
    `ccrun doctor names the credential that the real Claude Code sends: ${names}`,
    async () => {
      await withScene([text("Hi.")], async (scene) => {
        const { sandbox, api, turns } = scene;
        const env: Record<string, string | undefined> = {
          ANTHROPIC_API_KEY: undefined,
          // Whoever has a login must not reach its provider.
          HTTPS_PROXY: "http://127.0.0.1:9",
          NO_PROXY: "127.0.0.1",
        };
        for (const { file, env: own } of placed) {
          Object.assign(env, own);
          if (file === undefined) continue;
          const path = `${sandbox.home}/${file[0]}`;
          await Deno.mkdir(path.replace(/\/[^/]*$/, ""), { recursive: true });
          await Deno.writeTextFile(path, JSON.stringify(file[1]));
        }
        const read = await report(real(scene), { sandbox, apiUrl: api.url, env });
        const [first] = placed;
        assertEquals(read.credential?.name, first?.name);
        const { status, message } = finding(read, "credential");
        assertEquals(status, placed.length > 1 ? "warning" : "ok", message);

        const ran = await scene.run(["-q", "hi"], { env });
        assertEquals(ran.stdout, "Hi.\n", ran.stderr);
        const sent = turns()[0]?.headers ?? {};
        assertEquals(sent[first?.header ?? ""], first?.value, JSON.stringify(sent));
      });
    },
  );
}

testWith(
  { unless: claudeAtLeast("2.1.197") ? undefined : `${claudeVersion} takes all settings` },
  "ccrun doctor warns of the settings that the real Claude Code ignores for want of trust",
  async () => {
    const replies = [toolUse("Bash", { command: "touch ran", description: "x" }), text("Done.")];
    await withScene(replies, async (scene) => {
      const { sandbox, api } = scene;
      const { project, home } = sandbox;
      await Deno.mkdir(`${project}/.claude`);
      await Deno.writeTextFile(
        `${project}/.claude/settings.json`,
        JSON.stringify({ permissions: { allow: ["Bash(touch:*)"] } }),
      );
      const ignores = async () => {
        const { status } = finding(
          await report(real(scene), { sandbox, apiUrl: api.url }),
          "trust",
        );
        await scene.run(["-q", "go"]);
        return [status, await exists(`${project}/ran`)];
      };
      assertEquals(await ignores(), ["warning", false]);
      await Deno.writeTextFile(
        `${home}/.claude.json`,
        JSON.stringify({ projects: { [project]: { hasTrustDialogAccepted: true } } }),
      );
      assertEquals(await ignores(), ["ok", true]);
    });
  },
);

/** Secrets that have no five characters in common with anything that doctor says. */
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

Deno.test("ccrun doctor shows no part of a secret, in whatever place and state that is", async () => {
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
  // A claude that tells all it has been given.
  const spy = `${sandbox.bin}/spy`;
  await write(
    spy,
    `#!/bin/sh
[ "$1" = --version ] && echo '2.1.197 (Claude Code)' && exit
env >&2
cat "$HOME"/.claude.json "$HOME"/.claude/* >&2
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
  for (const claude of [spy, "none"]) {
    for (const api of [[], ["--api-url", url]]) {
      for (const format of [[], ["--json"]]) {
        const args = [...format, ...api, "--claude", claude];
        const { stdout, stderr } = await doctor(args, { sandbox, env });
        assertStringIncludes(stdout, "gateway.test");
        for (const secret of SECRETS) {
          const bare = secret.replace(/^sk-ant-\w+-/, "");
          for (let at = 0; at + 5 <= bare.length; at++) {
            const part = bare.slice(at, at + 5);
            assert(!`${stdout}${stderr}`.includes(part), `${part} of ${secret} in:\n${stdout}`);
          }
        }
      }
    }
  }
});

Deno.test("ccrun doctor shows no key that a program says, and no secret of the environment", async () => {
  await using sandbox = await makeSandbox();
  const key = `sk-ant-api03-${"A".repeat(93)}AA`;
  const spy = `${sandbox.bin}/spy`;
  await writeExecutable(spy, `#!/bin/sh\necho "bad key ${key}, hunter2-hunter2" >&2\nexit 1\n`);
  for (const format of [[], ["--json"]]) {
    const { stdout, stderr } = await doctor([...format, "--claude", spy], {
      sandbox,
      env: { DB_PASSWORD: "hunter2-hunter2" },
    });
    assertStringIncludes(stdout, "and says: bad key [redacted], [redacted]");
    assert(!/AAAA|hunter/.test(stdout + stderr), stdout);
  }
});

Deno.test("ccrun doctor says each thing on one line, whatever a workspace is called", async () => {
  await using sandbox = await makeSandbox();
  const cwd = `${sandbox.root}/nl\ndir`;
  for (const isThere of [false, true]) {
    if (isThere) await Deno.mkdir(cwd);
    const read = await report(["--claude", "none", "-C", cwd], { sandbox });
    assertEquals(read.cwd, cwd);
    const { status, message, hint = "" } = finding(read, "workspace");
    assertEquals(status, isThere ? "ok" : "problem");
    assertStringIncludes(message, "nl ⏎ dir");
    assert(!hint.includes("\n"), hint);
  }
});

testWith(
  BOUND_BY_MODES,
  "ccrun doctor and a run say that the workspace may not be entered, and blame nothing else",
  async () => {
    await withFake(STORY, async ({ sandbox }) => {
      const cwd = `${sandbox.root}/shut`;
      // To be seen and written, but not to be entered.
      for (const path of [cwd, `${cwd}/below`]) {
        if (path === cwd) await Deno.mkdir(path, { mode: 0o600 });
        const options = { sandbox, by: BOUND };
        const read = await report(["-C", path], options);
        const { status, message, hint } = finding(read, "workspace");
        assertEquals([status, message], ["problem", `${path} may not be entered`]);
        assertEquals(hint, `see who may: ls -ld ${path}`);
        for (const name of ["git", "trust"] as const) {
          assertEquals(
            finding(read, name).message,
            "not looked at: the workspace cannot be used",
          );
        }
        assertEquals(finding(read, "settings").status, "ok");
        const ran = await ccrun(["-q", "-C", path, "hi"], options);
        assertEquals([ran.code, ran.stdout], [2, ""]);
        assertStringIncludes(ran.stderr, `error: the workspace ${path} may not be entered\n`);
      }
    });
  },
);

testWith(
  BOUND_BY_MODES,
  "ccrun doctor finds no more than claude does in a home that cannot be entered",
  async () => {
    await withScene([text("Hi.")], async (scene) => {
      const { sandbox, api } = scene;
      await Deno.mkdir(`${sandbox.home}/.claude`);
      await Deno.writeTextFile(`${sandbox.home}/.claude/settings.json`, "{}");
      await Deno.chmod(sandbox.home, 0o600);
      const options = { sandbox, apiUrl: api.url, by: BOUND };
      const read = await report(real(scene), options);
      const ran = await ccrun([...real(scene), "-q", "hi"], options);
      await Deno.chmod(sandbox.home, 0o755);
      const { status, message } = finding(read, "home");
      assertStringIncludes(message, `${sandbox.home}/.claude cannot be entered`);
      assertEquals(finding(read, "settings").status, "ok");
      const works = claudeAtLeast("2.1.0");
      assertEquals([status, ran.code === 0], [works ? "warning" : "problem", works], ran.stderr);
      assertEquals(read.ok, works, JSON.stringify(read.findings));
    });
  },
);

/** Files that claude has faults to find with: where they are, below the root, and what is in them. */
const FAULTY: readonly (readonly [string, string])[] = [
  ["home/.claude.json", "{"],
  ["home/.claude.json", ""],
  ["home/.claude.json", "[]"],
  ["home/.claude/settings.json", "{"],
  ["home/.claude/.credentials.json", "{"],
  ["project/.claude/settings.json", "{"],
  ["project/.mcp.json", "{"],
];

for (const [path, content] of FAULTY) {
  Deno.test(`ccrun doctor finds a problem with ${JSON.stringify(content)} in ${path} only where runs of the real Claude Code fail`, async () => {
    await withScene([text("Hi.")], async (scene) => {
      const { sandbox, api } = scene;
      const file = `${sandbox.root}/${path}`;
      await Deno.mkdir(file.replace(/\/[^/]*$/, ""), { recursive: true });
      await Deno.writeTextFile(file, content);
      const read = await report(real(scene), { sandbox, apiUrl: api.url });
      // An old one asks what to do, and waits.
      const ran = await scene.run(["-q", "--timeout", "10s", "hi"]);
      const { status, message } = finding(read, "settings");
      assertStringIncludes(message, file);
      assertEquals(status === "problem", ran.code !== 0, `${message}\n${ran.stderr}`);
      if (content === "{" && path === "home/.claude.json") assertEquals(status, "problem");
    });
  });
}

testWith(
  OWN_PASSWD,
  "without HOME, ccrun looks where the real Claude Code does: in the home that the system knows",
  async () => {
    const answer = ({ userText }: ApiRequest) => text(`Answer to ${userText}`);
    await withScene([answer], async (scene) => {
      const { sandbox, api, turns } = scene;
      const by = await withPasswd(sandbox.root, sandbox.home);
      const options = { sandbox, apiUrl: api.url, env: { HOME: undefined }, by };
      await Deno.mkdir(`${sandbox.home}/.claude`);
      const settings = `${sandbox.home}/.claude/settings.json`;
      await Deno.writeTextFile(settings, JSON.stringify({ env: { FROM: "settings" } }));
      const ran = await ccrun([...real(scene), "-q", "First prompt."], options);
      assertEquals([ran.code, ran.stdout], [0, "Answer to First prompt.\n"], ran.stderr);
      const sessions = await ccrun(["sessions", "--json"], options);
      assertEquals(JSON.parse(sessions.stdout)[0]?.prompt, "First prompt.", sessions.stderr);
      const last = await ccrun([...real(scene), "-q", "--resume", "last", "Go on."], options);
      assertEquals([last.code, last.stdout], [0, "Answer to Go on.\n"], last.stderr);
      const said = JSON.stringify(turns().at(-1)?.body.messages);
      assertStringIncludes(said, "First prompt.");
      const read = await report(["--claude", "none"], options);
      assertEquals(finding(read, "settings").message, settings);
      const home = finding(read, "home");
      assertEquals([home.status, home.hint], ["warning", `export HOME=${sandbox.home}`]);
    });
  },
);

testWith(
  OWN_PASSWD,
  "where no home is known, ccrun says so rather than that there is nothing",
  async () => {
    await using sandbox = await makeSandbox();
    const by = await withPasswd(sandbox.root, undefined);
    const env = { HOME: undefined, ANTHROPIC_API_KEY: undefined };
    const options = { sandbox, env, by };
    for (const args of [["sessions"], ["--claude", "/bin/true", "--resume", "last", "hi"]]) {
      const { code, stdout, stderr } = await ccrun(args, options);
      assertEquals([code, stdout], [2, ""]);
      assertStringIncludes(stderr, "HOME is not set, and the system knows no home of this user");
      assertStringIncludes(stderr, "export HOME=");
    }
    const read = await report(["--claude", "none"], options);
    const credential = finding(read, "credential");
    assertEquals(credential.status, "warning");
    assertStringIncludes(credential.message, "not known: HOME is not set");
    assertEquals(finding(read, "home").status, "warning");
  },
);

Deno.test("ccrun doctor says what is wrong where nothing is right", async () => {
  await using sandbox = await makeSandbox();
  const { root, home, project } = sandbox;
  await Deno.writeTextFile(`${home}/.claude.json`, "{");
  await Deno.mkdir(`${project}/.claude`);
  await Deno.writeTextFile(`${project}/.claude/settings.json`, "nothing");
  const read = await report(["--claude", `${root}/none`, "--cwd", `${root}/gone`], {
    sandbox,
    env: { ANTHROPIC_API_KEY: undefined, TMPDIR: `${root}/none`, ANTHROPIC_BASE_URL: "none" },
  });
  assertEquals(read.code, 1);
  for (
    const name of ["claude", "credential", "api", "settings", "workspace", "temporary"] as const
  ) {
    const found = finding(read, name);
    assertEquals(found.status, "problem", found.message);
    assert(found.hint !== undefined, found.message);
  }
  for (const name of ["version", "session"] as const) {
    assertStringIncludes(finding(read, name).message, "not tried: ");
  }
  for (const name of ["trust", "git"] as const) {
    assertEquals(finding(read, name).message, "not looked at: the workspace cannot be used");
  }
});

testWith(
  { unless: Deno.build.os === "linux" ? undefined : "there is no /proc" },
  "ccrun doctor says that nothing can be written where TMPDIR leads, and goes on",
  async () => {
    await using sandbox = await makeSandbox();
    // Not even root can make a file there.
    const read = await report(["--claude", "/bin/true"], { sandbox, env: { TMPDIR: "/proc" } });
    const { status, message, hint } = finding(read, "temporary");
    assertEquals([status, hint], ["problem", "let TMPDIR name a folder that can be written"]);
    // Deno 2.6 asks the OS, later ones do not.
    const [what, why = ""] = message.split(": ");
    assertEquals(what, "no temporary file can be made in /proc");
    const said = ["Deno does not let ccrun open this path", "it does not exist, or takes no files"];
    assert(said.includes(why), message);
    assertStringIncludes(finding(read, "session").message, "no folder for temporary files");
    assertEquals(finding(read, "workspace").status, "ok");
  },
);

Deno.test("ccrun doctor works without a home, a PATH, and all other variables", async () => {
  await using sandbox = await makeSandbox();
  const prefix = await command();
  const own = await denoVariables();
  const bare = Object.fromEntries(Object.keys(sandbox.env()).map((name) => [name, undefined]));
  await using process = startProcess([...prefix, "doctor", "--json", "--claude", "none"], {
    sandbox,
    env: { ...bare, ...own },
  });
  const { stdout, stderr, code } = await process.finished;
  assertEquals([stderr, code], ["", 1]);
  const read: DoctorReport = JSON.parse(stdout);
  assertEquals(finding(read, "home").status, "warning");
  assertEquals(finding(read, "claude").status, "problem");
});

Deno.test("ccrun doctor tells which of Deno's permissions is missing, and leaves the rest out", async () => {
  if (Deno.env.get("CCRUN_TEST_BINARY")) return; // its permissions are built in
  await using sandbox = await makeSandbox();
  const prefix = await command();
  const all = prefix.filter((word) => word.startsWith("--allow-"));
  for (const missing of [...all, "all"]) {
    const kept = prefix.filter((word) =>
      !word.startsWith("--allow-") || (missing !== "all" && word !== missing)
    );
    const [first = "", ...words] = kept;
    await using process = startProcess([first, ...words, "doctor", "--json"], {
      sandbox,
      env: await denoVariables(),
    });
    const { stdout, stderr, code } = await process.finished;
    assertEquals([stderr, code], ["", 1], missing);
    const read: DoctorReport = JSON.parse(stdout);
    const { status, message } = finding(read, "permissions");
    assertEquals(status, missing.startsWith("--allow-net") ? "warning" : "problem", missing);
    for (const option of missing === "all" ? all : [missing]) {
      assertStringIncludes(message, `without ${option}, `);
    }
    if (missing === "all" || missing === "--allow-read") {
      assertEquals(finding(read, "claude").message.startsWith("not looked at: Deno does"), true);
    }
  }
});

/** Long beside the time that a session takes to begin on a loaded machine. */
const STARTED_WITHIN_MS = 60_000;

for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
  Deno.test(`ccrun doctor that gets ${signal} ends with ${code}, and leaves nothing`, async () => {
    const body = `: >"$gates/started"; sleep 1000 & exec sleep 1000`;
    await withFake(body, async ({ sandbox }) => {
      for (const format of [[], ["--json"]]) {
        await using process = await startCcrun(["doctor", ...format], { sandbox });
        const started = `${sandbox.root}/started`;
        assert(await waitFor(() => exists(started), STARTED_WITHIN_MS), process.stdout());
        await Deno.remove(started);
        process.kill(signal);
        const result = await process.finished;
        assertEquals(result.code, code, result.stderr);
        assertEquals(result.stderr, `ccrun: error: stopped by ${signal}\n`);
        if (format.length > 0) assertEquals(result.stdout, "");
        await assertNothingLeft(sandbox);
      }
    });
  });
}

Deno.test("ccrun doctor whose reader leaves ends quietly", async () => {
  await withFake("exit 1", async ({ shell }) => {
    const { stdout, stderr } = await shell(
      "ccrun doctor | head -1; echo ${PIPESTATUS[0]} >status; cat status",
    );
    // What was written before the reader had left may have been all.
    assert(/^ok +claude .*found in PATH\n(?:141|1)\n$/.test(stdout), stdout);
    assertEquals(stderr, "");
  });
});

async function assertUsage(sandbox: Sandbox, args: readonly string[], says: string) {
  const { stderr, code } = await doctor(args, { sandbox });
  assertEquals(code, 2);
  assertStringIncludes(stderr, says);
}

Deno.test("ccrun doctor takes its own options only", async () => {
  await using sandbox = await makeSandbox();
  await assertUsage(sandbox, ["more"], "ccrun doctor takes no arguments");
  await assertUsage(sandbox, ["--model", "m"], "--model");
  await assertUsage(sandbox, ["--api-url", "nothing"], "an http or https URL");
});
