import { assertEquals } from "@std/assert";
import { resumeCommand, type ResumedRequest } from "../../lib/run/resume_command.ts";

const SESSION = { sessionId: "s1", directory: undefined };
const NOTHING: ResumedRequest = {
  apiUrl: undefined,
  claudePath: undefined,
  claude: {},
  target: { cwd: "/p" },
  env: {},
};

Deno.test("resumeCommand repeats the directory and the permissions of the run", () => {
  const rows: readonly [request: Partial<ResumedRequest>, options: string][] = [
    [{}, ""],
    [{ claude: { permissionMode: "plan" } }, " --permission-mode plan"],
    [{ claude: { dangerouslySkipPermissions: true } }, " --dangerously-skip-permissions"],
    [
      { claude: { allowedTools: ["Bash(git log:*)", "Edit"], disallowedTools: ["it's"] } },
      ` --allowed-tools 'Bash(git log:*)' --allowed-tools Edit --disallowed-tools 'it'\\''s'`,
    ],
    [{ target: { cwd: "/p", allowedDirs: ["../a b"] } }, " --add-dir '../a b'"],
    [{ claudePath: "/opt/claude" }, " --claude /opt/claude"],
    [{ apiUrl: "http://localhost:1" }, " --api-url http://localhost:1"],
    [{ claude: { settings: "strict.json" } }, " --settings strict.json"],
    [{ claude: { model: "m", maxTurns: 1, maxBudgetUsd: 1 } }, ""],
  ];
  for (const [request, options] of rows) {
    const command = resumeCommand(SESSION, { ...NOTHING, ...request });
    assertEquals(command, `ccrun --resume s1${options}`);
  }
  assertEquals(
    resumeCommand({ sessionId: "s1", directory: "/my project" }),
    "ccrun --resume s1 -C '/my project'",
  );
});

Deno.test("resumeCommand leaves out what the shell knows and what must not be printed", () => {
  const request: ResumedRequest = {
    ...NOTHING,
    claudePath: "/opt/claude",
    apiUrl: "http://proxy",
    claude: { settings: '{"env":{"TOKEN":"secret"}}' },
    env: { CCRUN_CLAUDE: "/opt/claude", CCRUN_API_URL: "http://proxy" },
  };
  assertEquals(resumeCommand(SESSION, request), "ccrun --resume s1");
  for (const apiUrl of ["http://me:secret@proxy", "http://token@proxy", "http://proxy/?key=x"]) {
    assertEquals(resumeCommand(SESSION, { ...NOTHING, apiUrl }), "ccrun --resume s1");
  }
});
