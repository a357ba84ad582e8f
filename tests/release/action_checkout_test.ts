/**
 * Tests that the action `.github/actions/run` refuses the code of a pull request where its workflow
 * runs with secrets for any author.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { exists } from "../../lib/util/exists.ts";
import { writeExecutable } from "../support/executable.ts";
import type { JsonObject } from "../support/json.ts";
import { type ActionScene, errorOf, NEEDS, withAction } from "./action_scene.ts";
import { testWith } from "../support/test_with.ts";

/** Commits of the repository of a test. */
interface Commits {
  /** The first commit of the base branch. */
  readonly first: string;
  /** The newest commit of the base branch. */
  readonly base: string;
  /** The newest commit of the pull request. */
  readonly head: string;
  /** The merge of both. */
  readonly merge: string;
  /** A commit that was pushed to the pull request after the event. */
  readonly later: string;
}

interface Repository extends Commits {
  /** Runs a script in the workspace. The repository is `$ORIGIN`. */
  shell(script: string): Promise<string>;
}

/** Makes a repository with a pull request outside of the workspace, which is empty. */
async function makeRepository({ sandbox }: ActionScene): Promise<Repository> {
  const { root, project } = sandbox;
  await Deno.remove(project, { recursive: true });
  await Deno.mkdir(project);
  const shell = async (script: string) => {
    const { success, stdout, stderr } = await new Deno.Command("/bin/bash", {
      args: ["-ec", script],
      cwd: project,
      clearEnv: true,
      env: {
        ...sandbox.env(),
        ORIGIN: `${root}/origin`,
        GIT_CONFIG_GLOBAL: "/dev/null",
        GIT_AUTHOR_NAME: "A",
        GIT_AUTHOR_EMAIL: "a@b.c",
        GIT_COMMITTER_NAME: "A",
        GIT_COMMITTER_EMAIL: "a@b.c",
      },
      stdin: "null",
    }).output();
    assert(success, new TextDecoder().decode(stderr));
    return new TextDecoder().decode(stdout).trim();
  };
  const ids = await shell(
    `git init -q -b main "$ORIGIN"; cd "$ORIGIN"; git config uploadpack.allowAnySHA1InWant true
    mkdir docs; echo one >docs/a; git add .; git commit -qm One; git rev-parse HEAD
    echo two >docs/a; git commit -qam Two; git rev-parse HEAD
    git checkout -qb change HEAD^; echo three >b; git add .; git commit -qm Three; git rev-parse HEAD
    git checkout -q --detach main; git merge -q --no-edit change; git rev-parse HEAD
    git update-ref refs/pull/7/merge HEAD; git update-ref refs/pull/7/head change
    git checkout -q change; git commit -q --allow-empty -m Four; git rev-parse HEAD; git checkout -q main`,
  );
  const [first = "", base = "", head = "", merge = "", later = ""] = ids.split("\n");
  return { first, base, head, merge, later, shell };
}

/** Returns the context of an event whose pull request is that of the repository. */
function githubOf(event: string, { base, head, merge }: Commits): JsonObject {
  const repo = { full_name: "stranger/fork" };
  const pull = { head: { sha: head, repo }, base: { sha: base }, merge_commit_sha: merge };
  const payloads: JsonObject = {
    pull_request: { pull_request: pull },
    pull_request_target: { pull_request: pull },
    workflow_run: {
      workflow_run: { event: "pull_request", head_sha: head, head_repository: repo },
    },
    issue_comment: { issue: { number: 7, pull_request: {} } },
  };
  return { event_name: event, sha: base, event: payloads[event] };
}

/** Returns a script that checks a commit out as actions/checkout does. */
function checkout(commit: keyof Commits, { depth = 1, path = "." } = {}): string {
  const limit = depth === 0 ? "" : `--depth=${depth}`;
  return `git init -q ${path} && cd ${path} && git remote add origin "file://$ORIGIN" &&
    git fetch -q ${limit} origin "$${commit}" && git checkout -q --detach FETCH_HEAD`;
}

const PRIVILEGED = ["pull_request_target", "workflow_run", "issue_comment"];

interface Case {
  readonly name: string;
  readonly script: string;
  readonly directory?: string;
}

const GOOD: readonly Case[] = [
  { name: "the base", script: checkout("base") },
  {
    name: "an older commit of the base",
    script: checkout("first", { depth: 0 }) + "\ngit fetch -q",
  },
  { name: "a branch of the base", script: `${checkout("base")}; git switch -qc main` },
  { name: "a directory of the base", script: checkout("base"), directory: "docs" },
  { name: "the base in a directory", script: checkout("base", { path: "x" }), directory: "x" },
  { name: "an empty workspace", script: "" },
  {
    name: "the base beside an older commit of it",
    script: `(${checkout("base")}); ${checkout("first", { depth: 0, path: "old" })}; git fetch -q`,
  },
  {
    name: "the base beside another repository",
    script: `${checkout("base")}; git init -q tools; cd tools
      git remote add origin https://github.com/other/tools; git commit -q --allow-empty -m Tools`,
  },
  { name: "changed files", script: `${checkout("base")}; echo x >docs/a; echo y >new` },
];

const CANNOT_TELL = /no git repository|cannot be determined|not of the base branch/;
const OF_PULL = /a checkout of the pull request|not of the base branch/;
const STAGED = /staged changes/;

const BAD: readonly (Case & { readonly message: RegExp })[] = [
  { name: "the head", script: checkout("head"), message: OF_PULL },
  { name: "the merge", script: checkout("merge"), message: OF_PULL },
  { name: "all history", script: checkout("head", { depth: 0 }), message: OF_PULL },
  {
    name: "a commit on top of the base",
    script: `${checkout("base")}; git commit -q --allow-empty -m Mine`,
    message: CANNOT_TELL,
  },
  {
    name: "an older commit in a shallow clone",
    script: checkout("first"),
    message: CANNOT_TELL,
  },
  {
    name: "the head in the working directory",
    script: `(${checkout("base")}); ${checkout("head", { path: "pr" })}`,
    directory: "pr",
    message: OF_PULL,
  },
  { name: "files without a repository", script: "echo hi >file", message: CANNOT_TELL },
  {
    name: "a repository above the workspace",
    script: 'cd ..; git clone -q "$ORIGIN" x; mv x/.git .; echo hi >project/file',
    message: CANNOT_TELL,
  },
  { name: "a repository without a commit", script: "git init -q", message: CANNOT_TELL },
  { name: "a broken repository", script: "mkdir .git", message: CANNOT_TELL },
  {
    name: "a bare repository in the checkout",
    script: `${checkout("head")}; git clone -q --bare "$ORIGIN" docs/bare`,
    directory: "docs/bare",
    message: OF_PULL,
  },
  {
    name: "a base that is replaced by a child of the head",
    script: `${checkout("head", { depth: 0 })}; git fetch -q
      git replace "$base" "$(git commit-tree -p "$head" -m x 'HEAD^{tree}')"
      git config core.fsmonitor 'touch ../pwned'; git config core.hooksPath .
      git config alias.rev-parse '!touch ../pwned'`,
    message: OF_PULL,
  },
  {
    name: "a head that is grafted below the base",
    script: `${checkout("head", { depth: 0 })}; echo "$base $head" >.git/info/grafts`,
    message: OF_PULL,
  },
  {
    name: "a merge without a commit",
    script: `${checkout("base", { depth: 0 })}; git fetch -q origin "$head"
      git merge -q --no-commit --no-ff FETCH_HEAD`,
    message: STAGED,
  },
  {
    name: "the files of the head on the base",
    script: `${checkout("base")}; git remote remove origin
      git fetch -q --depth=1 "file://$ORIGIN" "$head"; git checkout -q FETCH_HEAD -- .`,
    message: STAGED,
  },
  {
    name: "a partial clone whose remote is a command",
    script: `${checkout("first")}; git config extensions.partialClone origin
      git config remote.origin.promisor true; git config protocol.ext.allow always
      git config remote.origin.url 'ext::touch ../pwned'`,
    message: CANNOT_TELL,
  },
];

async function prepare(repository: Repository, { script }: Case): Promise<void> {
  const { first, base, head, merge, later } = repository;
  await repository.shell(
    `shopt -s dotglob; rm -rf ./* ../.git ../other
    first=${first} base=${base} head=${head} merge=${merge} later=${later}\n${script}`,
  );
}

testWith(NEEDS, "the action runs on the base of a pull request", async () => {
  await withAction(async (scene) => {
    const repository = await makeRepository(scene);
    for (const good of GOOD) {
      await prepare(repository, good);
      for (const event of PRIVILEGED) {
        const { code, stderr } = await scene.act({
          with: { prompt: "hi", "working-directory": good.directory ?? "." },
          github: githubOf(event, repository),
        });
        assertEquals([code, stderr], [0, ""], `${good.name} on ${event}`);
      }
    }
  });
});

testWith(NEEDS, "the action runs on the base that contains the pull request", async () => {
  await withAction(async (scene) => {
    const repository = await makeRepository(scene);
    await prepare(repository, { name: "", script: checkout("merge", { depth: 0 }) });
    const { merge } = repository;
    const merged = githubOf("pull_request_target", { ...repository, base: merge });
    assertEquals((await scene.act({ github: merged })).code, 0);
  });
});

testWith(NEEDS, "the action refuses what is not the base of a pull request", async () => {
  await withAction(async (scene) => {
    const { sandbox: { root } } = scene;
    const repository = await makeRepository(scene);
    for (const bad of BAD) {
      await prepare(repository, bad);
      for (const event of PRIVILEGED) {
        const call = {
          with: { prompt: "hi", "working-directory": bad.directory ?? "." },
          github: githubOf(event, repository),
        };
        const outcome = await scene.act(call);
        const message = errorOf(outcome);
        assertMatch(message, bad.message, `${bad.name} on ${event}`);
        assertStringIncludes(message, `refused to run on ${event}, because `);
        assertEquals([outcome.code, outcome.outputs.get("exit_reason")], [2, "usage"]);
        assertEquals(await exists(`${root}/pwned`), false, bad.name);
      }
    }
    assertEquals(await scene.ccrunArgs(), undefined);
  });
});

/** Scripts that check something of the pull request out beside the base. */
const BESIDE: readonly (readonly [name: string, script: string])[] = [
  ["the head", checkout("head", { path: "docs/pr" })],
  ["the merge", checkout("merge", { path: "pr" })],
  ["a commit that the event does not name", checkout("later", { path: "pr" })],
  ["a worktree", 'git fetch -q origin "$later"; git worktree add -q --detach pr "$later"'],
  [
    "a clone by another URL",
    `${
      checkout("later", { path: "pr" })
    }; git remote set-url origin git@github.com:Ccrun/ccrun.git`,
  ],
];

/** The events with less than the usual data. */
function incompleteEvents(repository: Repository): readonly JsonObject[] {
  const { base, head } = repository;
  const github = { event_name: "workflow_run", sha: base };
  return [
    // GitHub determines the merge commit after the event.
    githubOf("pull_request_target", { ...repository, merge: "" }),
    { ...github, event: { workflow_run: { event: "workflow_run", head_sha: base } } },
    { ...github, event: { workflow_run: { event: "check_suite", head_sha: head } } },
  ];
}

testWith(NEEDS, "the action refuses a checkout of the change beside that of the base", async () => {
  await withAction(async (scene) => {
    const repository = await makeRepository(scene);
    const events = [
      ...PRIVILEGED.map((event) => githubOf(event, repository)),
      ...incompleteEvents(repository),
    ];
    for (const [name, script] of BESIDE) {
      await prepare(repository, { name, script: `(${checkout("base")}); ${script}` });
      for (const github of events) {
        const outcome = await scene.act({ github });
        const message = errorOf(outcome);
        assertStringIncludes(message, "the workspace has a checkout of the pull request", name);
      }
    }
    assertEquals(await scene.ccrunArgs(), undefined);
  });
});

testWith(NEEDS, "the action refuses a checkout of the fork beside that of the base", async () => {
  await withAction(async (scene) => {
    const repository = await makeRepository(scene);
    const url = "https://x-access-token:t@github.com/stranger/fork";
    const script = `(${checkout("base")}); ${checkout("later", { path: "pr" })}
      git remote set-url origin ${url}`;
    await prepare(repository, { name: "", script });
    for (const event of ["pull_request_target", "workflow_run"]) {
      const outcome = await scene.act({ github: githubOf(event, repository) });
      assertStringIncludes(errorOf(outcome), "the workspace has a checkout of the pull request");
    }
  });
});

testWith(NEEDS, "the action cannot check a checkout without find, git and sed", async () => {
  await withAction(async ({ act, sandbox: { bin } }) => {
    for (const name of ["git", "sed"]) await writeExecutable(`${bin}/${name}`, "#!/bin/sh\n");
    const github = { event_name: "issue_comment" };
    const outcome = await act({ env: { PATH: bin }, github });
    assertMatch(errorOf(outcome), /^find is not in PATH/);
    assertEquals(outcome.code, 1);
  });
});

testWith(
  NEEDS,
  "the action runs on a pull request if it is told so, or without secrets",
  async () => {
    await withAction(async (scene) => {
      const repository = await makeRepository(scene);
      await prepare(repository, { name: "", script: checkout("head") });
      const push = { event_name: "workflow_run", event: { workflow_run: { event: "push" } } };
      const allowed = { prompt: "hi", "allow-unsafe-pr-checkout": "true" };
      const calls = [
        ...PRIVILEGED.map((event) => ({ with: allowed, github: githubOf(event, repository) })),
        { github: githubOf("pull_request", repository) },
        { github: { event_name: "push", sha: repository.head } },
        { github: push },
      ];
      for (const call of calls) {
        const { code, stderr } = await scene.act(call);
        assertEquals([code, stderr], [0, ""], JSON.stringify(call));
      }
    });
  },
);
