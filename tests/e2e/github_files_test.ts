/**
 * The outputs and the summary of a step in GitHub Actions, and the summary of a GitLab job.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { exists } from "../../lib/util/exists.ts";
import {
  emit,
  initLine,
  resultLine,
  textLine,
  toolResultLine,
  toolUseLine,
} from "../support/fake_claude.ts";
import { readGithubFile } from "../support/github_files.ts";
import { readRecordings } from "../support/recordings.ts";
import type { Sandbox } from "../support/sandbox.ts";
import { testWith } from "../support/test_with.ts";
import { FAILURE, STORY, withFake } from "./fake_scene.ts";

/** Returns the environment of a step with its files in the sandbox. */
function step({ root, project }: Sandbox): Record<string, string> {
  return {
    CI: "true",
    GITHUB_ACTIONS: "true",
    GITHUB_WORKSPACE: project,
    GITHUB_OUTPUT: `${root}/output`,
    GITHUB_STEP_SUMMARY: `${root}/summary`,
  };
}

async function outputsOf({ root }: Sandbox): Promise<Map<string, string>> {
  return readGithubFile(await Deno.readTextFile(`${root}/output`));
}

/** Removes the files of the previous step. */
async function removeStepFiles({ root }: Sandbox): Promise<void> {
  for (const name of ["output", "summary"]) {
    await Deno.remove(`${root}/${name}`).catch(() => {});
  }
}

const summaryOf = ({ root }: Sandbox) => Deno.readTextFile(`${root}/summary`);

Deno.test("the fields of a structured output are outputs of the step, and its summary is appended", async () => {
  const value = {
    verdict: "fine,\nexit_reason<<x\nmostly",
    score: 7,
    files: ["a.ts"],
    Result: "no",
    "not a name": "no",
  };
  const lines = [
    initLine(),
    toolUseLine({ id: "toolu_1", name: "Bash", input: { command: "echo one; exit 3" } }),
    toolResultLine({ id: "toolu_1", content: "one", isError: true }),
    resultLine({ structured_output: value }),
  ];
  await withFake(lines, async ({ run, sandbox }) => {
    await Deno.writeTextFile(`${sandbox.root}/output`, "before=1\n");
    await Deno.writeTextFile(`${sandbox.root}/summary`, "# Before\n");
    const { code, stderr } = await run(["--json-schema", "{}", "Judge."], { env: step(sandbox) });
    assertEquals(code, 0);
    const outputs = await outputsOf(sandbox);
    assertEquals(outputs.get("before"), "1");
    assertEquals(
      [outputs.get("verdict"), outputs.get("score"), outputs.get("files")],
      [value.verdict, "7", '["a.ts"]'],
    );
    assertEquals(JSON.parse(outputs.get("structured_output") ?? ""), value);
    assertEquals(JSON.parse(outputs.get("result") ?? ""), value);
    assertEquals([outputs.get("exit_reason"), outputs.has("not a name")], ["success", false]);
    assert(/^[0-9a-f-]{36}$/.test(outputs.get("session_id") ?? ""));
    assert(Number(outputs.get("cost_usd")) > 0);
    // Omitted fields are reported.
    assertStringIncludes(stderr, '"Result"');
    assertStringIncludes(stderr, '"not a name"');

    const summary = await summaryOf(sandbox);
    assert(summary.startsWith("# Before\n"));
    for (const part of ["mostly", "echo one", "ccrun --resume"]) {
      assertStringIncludes(summary, part);
    }
  });
});

Deno.test("outputs and summary contain the reason of a failure, even if nothing was started", async () => {
  await withFake(FAILURE, async ({ run, sandbox }) => {
    const cases: readonly (readonly [readonly string[], string])[] = [
      [["-q", "hi"], "failed"],
      [["--modle", "x"], "usage"],
      [["--claude", "/nowhere/claude", "hi"], "not_found"],
    ];
    for (const [args, reason] of cases) {
      await removeStepFiles(sandbox);
      const { stderr } = await run(args, { env: step(sandbox) });
      const outputs = await outputsOf(sandbox);
      assertEquals([outputs.get("exit_reason"), outputs.get("result")], [reason, ""]);
      assertStringIncludes(await summaryOf(sandbox), reason);
      assertStringIncludes(stderr, `::error title=ccrun%3A ${reason}`);
    }
  });
});

Deno.test("the page of a pull request is an output of the step, and its summary names it", async () => {
  const recording = readRecordings().find(({ name }) => name === "2.1.332-commit");
  await withFake(recording?.lines ?? [], async ({ run, sandbox }) => {
    const { code, stderr } = await run(["hi"], { env: step(sandbox) });
    const url = "https://github.com/octo/shop/pull/7";
    assertEquals([code, (await outputsOf(sandbox)).get("url")], [0, url]);
    assertStringIncludes(await summaryOf(sandbox), `Published: \`${url}\``);
    assertStringIncludes(stderr, `created ${url}`);
  });
});

Deno.test("--ci none writes no files, and a run succeeds if they cannot be written", async () => {
  await withFake(STORY, async ({ run, sandbox }) => {
    const env = step(sandbox);
    assertEquals((await run(["--ci", "none", "hi"], { env })).code, 0);
    assertEquals([await exists(env.GITHUB_OUTPUT!), await exists(env.GITHUB_STEP_SUMMARY!)], [
      false,
      false,
    ]);
    const broken = { ...env, GITHUB_OUTPUT: "/no/such/file", GITHUB_STEP_SUMMARY: sandbox.root };
    const { code, stderr } = await run(["hi"], { env: broken });
    assertEquals(code, 0);
    assertStringIncludes(stderr, "cannot write the step's outputs");
    assertStringIncludes(stderr, "cannot write the step summary");
  });
});

Deno.test("a step summary does not exceed the limit of GitHub", async () => {
  await withFake(STORY, async ({ run, sandbox }) => {
    const limit = 1024 * 1024;
    for (const before of [limit - 1_000, limit - 100_000]) {
      await Deno.writeTextFile(`${sandbox.root}/summary`, "x".repeat(before));
      const { code, stderr } = await run(["hi"], { env: step(sandbox) });
      const { size } = await Deno.stat(`${sandbox.root}/summary`);
      assertEquals([code, size <= limit], [0, true]);
      assertEquals(
        [size === before, stderr.includes("is full")],
        Array(2).fill(before > 1_000_000),
      );
    }
  });
});

Deno.test("a GitLab job writes its summary to a file, which follows no link and fails no run", async () => {
  await withFake(STORY, async ({ run, sandbox }) => {
    const { root, project } = sandbox;
    const env = { CI: "true", GITLAB_CI: "true", CI_PROJECT_DIR: project };
    const path = `${project}/ccrun-summary.md`;
    const linked = `${root}/linked`;
    await Deno.writeTextFile(linked, "precious");
    await Deno.symlink(linked, path);
    assertEquals((await run(["hi"], { env })).code, 0);
    assertEquals(await Deno.readTextFile(linked), "precious");
    assertStringIncludes(await Deno.readTextFile(path), "42");

    await Deno.remove(path);
    assertEquals((await run(["--summary", "other.md", "hi"], { env })).code, 0);
    assertEquals([await exists(path), await exists(`${project}/other.md`)], [false, true]);

    await Deno.mkdir(path);
    const { code, stdout, stderr } = await run(["-q", "hi"], { env });
    assertEquals([code, stdout], [0, "The answer is 42.\n"]);
    assertStringIncludes(stderr, "warning: cannot write the summary");
  });
});

testWith(
  { commands: ["mkfifo"] },
  "a run does not wait for pipes in place of the files",
  async () => {
    await withFake(STORY, async ({ run, shell, sandbox }) => {
      await shell("mkfifo a b");
      const pipes = {
        GITHUB_OUTPUT: `${sandbox.project}/a`,
        GITHUB_STEP_SUMMARY: `${sandbox.project}/b`,
      };
      const { code, stderr } = await run(["hi"], { env: { ...step(sandbox), ...pipes } });
      assertEquals([code, stderr.split("it is not a regular file").length], [0, 3]);
    });
  },
);

Deno.test("all files report the same outcome as the exit code", async () => {
  const body = `rm -r sub\n${emit(...STORY)}`;
  await withFake(body, async ({ run, sandbox }) => {
    for (const option of ["--output", "--summary"]) {
      await removeStepFiles(sandbox);
      await Deno.mkdir(`${sandbox.project}/sub`);
      const args = [option, "sub/file", "--result", "result", "hi"];
      assertEquals((await run(args, { env: step(sandbox) })).code, 1, option);
      assertEquals((await outputsOf(sandbox)).get("exit_reason"), "failed", option);
      assertStringIncludes(await summaryOf(sandbox), `cannot write ${option}`);
      const { exit, error } = JSON.parse(await Deno.readTextFile(`${sandbox.project}/result`));
      assertEquals([exit.code, error.message.includes(option)], [1, true], option);
    }
  });
});

const SECRET = "hunter2-hunter2";

Deno.test("secrets, even in a session id, are redacted in published files, and in a recording only with --redact", async () => {
  const lines = [
    initLine(),
    textLine(`the password is ${SECRET}`),
    resultLine({ result: `It is ${SECRET}.`, session_id: SECRET }),
  ];
  await withFake(emit(...lines), async ({ run, sandbox }) => {
    const env = { ...step(sandbox), DEPLOY_PASSWORD: SECRET };
    const filesWithSecret = async (...args: readonly string[]) => {
      await removeStepFiles(sandbox);
      const { code, stdout, stderr } = await run(["--record", "tape.jsonl", ...args, "hi"], {
        env,
      });
      assertEquals(code, 0);
      const tape = await Deno.readTextFile(`${sandbox.project}/tape.jsonl`);
      const texts = {
        outputs: await Deno.readTextFile(`${sandbox.root}/output`),
        summary: await summaryOf(sandbox),
        log: stderr,
        answer: stdout,
        tape,
      };
      return Object.entries(texts).filter(([, text]) => text.includes(SECRET)).map(([name]) =>
        name
      );
    };
    assertEquals(await filesWithSecret(), ["answer", "tape"]);
    assertEquals(await filesWithSecret("--redact"), ["answer"]);
    assertEquals(await filesWithSecret("--no-redact"), [
      "outputs",
      "summary",
      "log",
      "answer",
      "tape",
    ]);
    // Outside of CI, nothing is redacted by default.
    await run(["--summary", "local.md", "hi"], { env: { DEPLOY_PASSWORD: SECRET } });
    assertStringIncludes(await Deno.readTextFile(`${sandbox.project}/local.md`), SECRET);
  });
});
