import { assertEquals } from "@std/assert";
import { type RenderSettings, renderSettings } from "../../lib/cli/render_settings.ts";
import { type FakeHost, makeHost, optionsOf } from "./hosts.ts";

type Env = { [name: string]: string };

function render(args: readonly string[], from: FakeHost = {}): RenderSettings {
  return renderSettings(optionsOf(args, from.env), makeHost(from));
}

const ALL = ["stdin", "stdout", "stderr"] as const;

Deno.test("renderSettings shows progress with pretty, or on request", () => {
  const cases: [args: string[], env: Env, progress: boolean][] = [
    [[], {}, true],
    [["--no-progress"], {}, false],
    [["--json"], {}, false],
    [["-q"], {}, false],
    [["-q", "--progress"], {}, true],
    [["-q"], { CCRUN_PROGRESS: "1" }, true],
  ];
  for (const [args, env, progress] of cases) assertEquals(render(args, { env }).progress, progress);
});

Deno.test("renderSettings streams text if a person watches the progress, or on request", () => {
  const cases: [args: string[], from: FakeHost, partial: boolean][] = [
    [[], { terminals: ALL }, true],
    [[], { terminals: ["stderr"] }, true],
    [[], { terminals: ["stdin", "stdout"] }, false],
    [[], { terminals: ALL, env: { CI: "true" } }, false],
    [["--no-partial"], { terminals: ALL }, false],
    [["--json"], { terminals: ALL }, false],
    [["--json", "--progress"], { terminals: ALL }, false],
    [["--json", "--partial"], {}, true],
    [["-fraw", "--partial"], {}, true],
    [["-q"], { terminals: ALL }, false],
    [["-q", "--progress"], { terminals: ALL }, true],
  ];
  for (const [args, from, partial] of cases) {
    assertEquals(render(args, from).partial, partial, args.join(" "));
  }
});

Deno.test("renderSettings uses colors on a terminal, unless options or variables decide", () => {
  const terminal = ["stderr"] as const;
  const cases: [args: string[], env: Env, terminals: readonly "stderr"[], color: boolean][] = [
    [[], {}, terminal, true],
    [[], {}, [], false],
    [[], { TERM: "dumb" }, terminal, false],
    [[], { NO_COLOR: "1" }, terminal, false],
    [[], { NO_COLOR: "" }, terminal, true],
    [[], { FORCE_COLOR: "1" }, [], true],
    [[], { FORCE_COLOR: "0" }, terminal, false],
    [[], { NO_COLOR: "1", FORCE_COLOR: "1" }, terminal, false],
    [[], { CCRUN_COLOR: "never" }, terminal, false],
    [["--color", "always"], { NO_COLOR: "1" }, [], true],
    [["--color", "never"], { FORCE_COLOR: "1" }, terminal, false],
    [["--color", "auto"], {}, [], false],
  ];
  for (const [args, env, terminals, color] of cases) {
    assertEquals(render(args, { env, terminals }).color, color, JSON.stringify([args, env]));
  }
});

Deno.test("renderSettings enables diagnostics, with contents only for --debug-raw", () => {
  assertEquals(render([]).debug, false);
  assertEquals(render(["--debug"]).debug, "sizes");
  assertEquals(render(["--no-debug"]).debug, false);
  assertEquals(render(["--debug", "--debug-raw"]).debug, "content");
});

Deno.test("renderSettings names the files of the options and of the CI system", () => {
  const none = {
    output: undefined,
    result: undefined,
    summary: undefined,
    artifact: undefined,
    stepSummary: undefined,
    stepOutputs: undefined,
  };
  const files = ["--result", "r.json", "--summary", "../s.md", "-o", "/a"];
  const named = { result: "/home/dev/r.json", summary: "/home/s.md", output: "/a" };
  const github = { GITHUB_ACTIONS: "1", GITHUB_OUTPUT: "/out", GITHUB_STEP_SUMMARY: "step.md" };
  const step = { stepOutputs: "/out", stepSummary: "/home/dev/step.md" };
  const gitlab = { GITLAB_CI: "1", CI_PROJECT_DIR: "/build" };
  const cases: [args: string[], env: Env, files: RenderSettings["files"]][] = [
    [[], {}, none],
    [files, {}, { ...none, ...named }],
    [files, github, { ...none, ...named, ...step }],
    [["--ci", "none"], github, none],
    // GitHub's summary is appended to, not replaced.
    [["--summary", "/home/dev/step.md"], github, { ...none, ...step }],
    [[], gitlab, { ...none, artifact: "/build/ccrun-summary.md" }],
    [["--summary", "s.md"], gitlab, { ...none, summary: "/home/dev/s.md" }],
  ];
  for (const [args, env, expected] of cases) {
    assertEquals(render(args, { env }).files, expected, JSON.stringify([args, env]));
  }
});

Deno.test("renderSettings detects the CI system, and redacts in CI by default", () => {
  const github = { GITHUB_ACTIONS: "true" };
  const cases: [args: string[], env: Env, ci: RenderSettings["ci"], redact: boolean][] = [
    [[], {}, "none", false],
    [[], github, "github", true],
    [["--ci", "none"], { GITHUB_ACTIONS: "true", CI: "true" }, "none", true],
    [[], { ...github, CCRUN_CI: "gitlab" }, "gitlab", true],
    [["--ci", "auto"], { CCRUN_CI: "none", CI: "1" }, "other", true],
    [["--no-redact"], github, "github", false],
    [["--redact"], {}, "none", true],
    [[], { ...github, CCRUN_REDACT: "0" }, "github", false],
  ];
  for (const [args, env, ci, redact] of cases) {
    const settings = render(args, { env });
    assertEquals([settings.ci, settings.redact], [ci, redact], JSON.stringify([args, env]));
  }
});
