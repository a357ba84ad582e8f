import { assertEquals } from "@std/assert";
import { parseShard } from "../../lib/batch/shard.ts";
import { REPOSITORY } from "../support/paths.ts";

/** Returns the variables that a system sets for the part with an index from 0. */
type Variables = (index: number, count: number) => { readonly [name: string]: number };

interface System {
  readonly name: string;
  /** How many parts there are. A line with a fixed number has only that one. */
  readonly counts: readonly number[];
  readonly variables: Variables;
}

const ANY_COUNT = [1, 2, 7];

/** The systems in the order of the help. */
const SYSTEMS: readonly System[] = [
  {
    name: "Kubernetes",
    counts: [20],
    variables: (index) => ({ JOB_COMPLETION_INDEX: index }),
  },
  {
    name: "GitHub",
    counts: [4],
    variables: (index) => ({ SHARD: [1, 2, 3, 4][index] ?? 0 }),
  },
  {
    name: "GitLab",
    counts: ANY_COUNT,
    variables: (index, count) => ({ CI_NODE_INDEX: index + 1, CI_NODE_TOTAL: count }),
  },
  {
    name: "Buildkite",
    counts: ANY_COUNT,
    variables: (index, count) => ({
      BUILDKITE_PARALLEL_JOB: index,
      BUILDKITE_PARALLEL_JOB_COUNT: count,
    }),
  },
  {
    name: "CircleCI",
    counts: ANY_COUNT,
    variables: (index, count) => ({ CIRCLE_NODE_INDEX: index, CIRCLE_NODE_TOTAL: count }),
  },
  {
    name: "AWS Batch",
    counts: [20],
    variables: (index) => ({ AWS_BATCH_JOB_ARRAY_INDEX: index }),
  },
  {
    name: "Slurm",
    counts: [20],
    variables: (index) => ({ SLURM_ARRAY_TASK_ID: index + 1 }),
  },
];

const HELP = await Deno.readTextFile(`${REPOSITORY}/lib/cli/help/batch.txt`);

/** Returns the commands with `--shard`, with their line continuations, by the system above them. */
function shardCommands(): Map<string, string> {
  const commands = new Map<string, string>();
  let system = "";
  for (const [part, name] of HELP.matchAll(/^([A-Z][\w ]*):.*$|^ +ccrun batch (?:.*\\\n)*.*$/gm)) {
    if (name !== undefined) system = name;
    else if (part.includes("--shard")) commands.set(system, part);
  }
  return commands;
}

/** Returns the results file and the shard of a command in each part, as /bin/sh expands them. */
async function expand(command: string, { variables }: System, count: number) {
  const parts = Array.from({ length: count }, (_, index) => {
    const assignments = Object.entries(variables(index, count)).map(([name, value]) =>
      `${name}=${value}`
    );
    return [...assignments, command].join("\n");
  });
  const script = [`set -eu`, `ccrun() { printf '%s\\n' "$4 $6"; }`, ...parts].join("\n");
  const { stdout } = await new Deno.Command("/bin/sh", {
    args: ["-c", script],
    clearEnv: true,
    stderr: "inherit",
  }).output();
  return new TextDecoder().decode(stdout).trimEnd().split("\n").map((line) => {
    const [results = "", shard = ""] = line.split(" ");
    return { results, shard };
  });
}

Deno.test("the help of batch has a command for each system", () => {
  assertEquals([...shardCommands().keys()], SYSTEMS.map(({ name }) => name));
});

Deno.test("the matrix of the help lists the numbers of all parts", () => {
  const [, list = ""] = /shard: \[(.*)\]/.exec(HELP) ?? [];
  assertEquals(list, "1, 2, 3, 4");
});

for (const system of SYSTEMS) {
  Deno.test(`the command for ${system.name} runs each part once, with its own results`, async () => {
    const command = shardCommands().get(system.name) ?? "";
    for (const count of system.counts) {
      const parts = await expand(command, system, count);
      const expected = Array.from({ length: count }, (_, index) => ({ index: index + 1, count }));
      assertEquals(parts.map(({ shard }) => parseShard(shard)), expected);
      assertEquals(new Set(parts.map(({ results }) => results)).size, count);
    }
  });
}
