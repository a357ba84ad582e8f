import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { openReportFiles, type ReportPaths } from "../../lib/cli/report_files.ts";
import type { Failure } from "../../lib/errors.ts";
import type { RunEvent } from "../../lib/events.ts";
import { createRedactor } from "../../lib/redact/redactor.ts";
import { replay } from "../../lib/run/replay.ts";
import { resultLine, textLine } from "../support/fake_claude.ts";
import { readGithubFile } from "../support/github_files.ts";
import { assertUsage } from "./usage.ts";

const SECRET = "hunter2-hunter2";

interface WriteOptions {
  readonly redact?: boolean;
  /** Called before the files are written. */
  readonly beforeEnd?: () => Promise<void>;
  /** Why the run fails after the files were written. */
  readonly failure?: Failure;
}

/** Writes the files of a run, and returns its last events and the warnings. */
async function writeFiles(
  paths: ReportPaths,
  { redact = false, beforeEnd = () => Promise.resolve(), failure }: WriteOptions = {},
): Promise<{ ending: RunEvent[]; warnings: string[] }> {
  const lines = [textLine(`It is ${SECRET}.`), resultLine({ result: `It is ${SECRET}.` })];
  const warnings: string[] = [];
  const redactor = redact ? createRedactor({ DEPLOY_PASSWORD: SECRET }) : undefined;
  const warn = (message: string) => warnings.push(message);
  const files = await openReportFiles({ paths, redactor, home: undefined, warn });
  let ending: RunEvent[] = [];
  for await (const event of replay(new Blob([lines.join("\n")]).stream())) {
    if (event.type !== "exit") {
      files.event(event);
      continue;
    }
    await beforeEnd();
    ending = await files.finish(event);
    if (failure !== undefined) await files.fail(event, failure);
    await files.publish();
  }
  return { ending, warnings };
}

/** Returns a path for each file in a directory. */
function pathsIn(directory: string): Required<ReportPaths> & { [name: string]: string } {
  return {
    output: `${directory}/output`,
    result: `${directory}/result`,
    summary: `${directory}/summary`,
    artifact: `${directory}/artifact`,
    stepSummary: `${directory}/stepSummary`,
    stepOutputs: `${directory}/stepOutputs`,
  };
}

Deno.test("openReportFiles writes all files of a good run", async () => {
  await using directory = await temporaryDirectory();
  const paths = pathsIn(directory.path);
  await Deno.writeTextFile(paths.stepSummary, "# Before");
  await Deno.writeTextFile(paths.stepOutputs, "before=1");
  const { ending, warnings } = await writeFiles(paths);
  assertEquals([ending.map(({ type }) => type), warnings], [["exit"], []]);
  assertEquals(await Deno.readTextFile(paths.output), `It is ${SECRET}.\n`);
  assertEquals(JSON.parse(await Deno.readTextFile(paths.result)).exit.code, 0);
  assertStringIncludes(await Deno.readTextFile(paths.summary), SECRET);
  assertStringIncludes(await Deno.readTextFile(paths.artifact), SECRET);
  assert((await Deno.readTextFile(paths.stepSummary)).startsWith("# Before\n\n"));
  const outputs = readGithubFile(await Deno.readTextFile(paths.stepOutputs));
  assertEquals([outputs.get("before"), outputs.get("exit_reason")], ["1", "success"]);
});

Deno.test("openReportFiles redacts what CI publishes, but not the answer and the result", async () => {
  await using directory = await temporaryDirectory();
  const paths = pathsIn(directory.path);
  await writeFiles(paths, { redact: true });
  for (const [name, path] of Object.entries(paths)) {
    const hasSecret = (await Deno.readTextFile(path)).includes(SECRET);
    assertEquals(hasSecret, name === "output" || name === "result", name);
  }
});

Deno.test("openReportFiles reports the same failure in every file if one cannot be written", async () => {
  for (const option of ["output", "result", "summary"]) {
    await using directory = await temporaryDirectory();
    const broken = `${directory.path}/broken`;
    await Deno.mkdir(broken);
    const paths = { ...pathsIn(directory.path), [option]: `${broken}/file` };
    const { ending, warnings } = await writeFiles(paths, { beforeEnd: () => Deno.remove(broken) });
    const message = `cannot write --${option} ${broken}/file`;
    assertEquals([ending.map(({ type }) => type), warnings], [["error", "exit"], []], option);
    for (const name of ["result", "summary", "artifact", "stepSummary"] as const) {
      if (name !== option) assertStringIncludes(await Deno.readTextFile(paths[name]), message);
    }
    const outputs = readGithubFile(await Deno.readTextFile(paths.stepOutputs));
    assertEquals(outputs.get("exit_reason"), "failed");
  }
});

Deno.test("openReportFiles writes no answer if another file cannot be written", async () => {
  await using directory = await temporaryDirectory();
  const broken = `${directory.path}/broken`;
  await Deno.mkdir(broken);
  const paths = { ...pathsIn(directory.path), result: `${broken}/file` };
  await writeFiles(paths, { beforeEnd: () => Deno.remove(broken) });
  await assertRejects(() => Deno.stat(paths.output), Deno.errors.NotFound);
});

Deno.test("ReportFiles.fail reports the failure of a successful run in every file", async () => {
  await using directory = await temporaryDirectory();
  const paths = pathsIn(directory.path);
  const failure: Failure = { kind: "failed", message: "cannot write to stdout: disk full" };
  await writeFiles(paths, { failure });
  for (const name of ["result", "summary", "artifact", "stepSummary"] as const) {
    assertStringIncludes(await Deno.readTextFile(paths[name]), failure.message);
  }
  const outputs = readGithubFile(await Deno.readTextFile(paths.stepOutputs));
  assertEquals(outputs.get("exit_reason"), "failed");
});

Deno.test("openReportFiles rejects a file that an option names, and only warns about others", async () => {
  await using directory = await temporaryDirectory();
  const nowhere = pathsIn(`${directory.path}/nowhere`);
  for (const option of ["output", "result", "summary"]) {
    await assertUsage(() => writeFiles({ [option]: nowhere[option] }), `--${option}`);
  }
  const { artifact, stepSummary, stepOutputs } = nowhere;
  const { ending, warnings } = await writeFiles({ artifact, stepSummary, stepOutputs });
  assertEquals([ending.map(({ type }) => type), warnings.length], [["exit"], 3]);
});

async function temporaryDirectory(): Promise<AsyncDisposable & { path: string }> {
  const path = await Deno.makeTempDir({ prefix: "ccrun-test-" });
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}
