/**
 * The library on the real Claude Code.
 *
 * @module
 */

import { assertEquals, assertMatch, assertNotEquals, assertStringIncludes } from "@std/assert";
import { ClaudeSession } from "../../lib/mod.ts";
import { message, text } from "../support/api_reply.ts";
import type { ApiRequest } from "../support/api_request.ts";
import { denoVariables } from "../support/ccrun.ts";
import { assertEvents } from "../support/event_schema.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { writeLibraryProject } from "../support/library_project.ts";
import { documentSection } from "../support/readme.ts";
import { startProcess } from "../support/running_process.ts";
import { assertNothingLeft, bash, eventOf, toolStarted, withScene } from "./scene.ts";

Deno.test("ClaudeSession stops claude when its signal is aborted, and resumes and forks its conversation", async () => {
  const reply = ({ userText }: ApiRequest) =>
    userText.includes("Wait.")
      ? message(text("I wait."), bash("touch started; sleep 377"))
      : text(`Answer to ${userText}`);
  await withScene([reply], async ({ api, claude, sandbox, turns }) => {
    const session = new ClaudeSession({
      workspace: sandbox.project,
      claudePath: claude,
      env: sandbox.env(api.url),
      dangerouslySkipPermissions: true,
    });
    assertEquals([session.busy, session.currentSessionId], [false, undefined]);
    const abort = new AbortController();
    const running = Array.fromAsync(session.run("Wait.", { signal: abort.signal }));
    await toolStarted(sandbox);
    assertEquals(session.busy, true);
    abort.abort();
    const events = await running;
    assertEvents(events);
    const { reason, session_id: id } = eventOf({ events }, "exit");
    assertEquals(reason, "interrupt");
    await assertNothingLeft(sandbox);

    const ask = async (prompt: string, fork = false) => {
      const events = await Array.fromAsync(session.run(prompt, { fork }));
      assertEvents(events);
      assertEquals(eventOf({ events }, "result").text, `Answer to ${prompt}`);
      return eventOf({ events }, "exit").session_id;
    };
    assertEquals([await ask("two"), session.currentSessionId, session.busy], [id, id, false]);
    assertStringIncludes(JSON.stringify(turns().at(-1)?.body.messages), "Wait.");
    const fork = await ask("three", true);
    assertNotEquals(fork, id);
    assertEquals(session.currentSessionId, fork);
    assertStringIncludes(JSON.stringify(turns().at(-1)?.body.messages), "Answer to two");
    assertEquals(await session.stop(), false);
  });
});

Deno.test("the library example of the README prints texts, failures and the ending, in a project of its own", async () => {
  await withScene([text("It is a shop.")], async ({ api, claude, sandbox }) => {
    const example = await writeLibraryProject(sandbox.project);
    const permissions = /`(--allow-run [^`]+)`/.exec(
      documentSection("README.md", "## Library") ?? "",
    );
    const env = await denoVariables();
    const runExample = async (apiUrl?: string) => {
      const args = [
        "run",
        "--no-prompt",
        "--quiet",
        ...permissions?.[1]?.split(" ") ?? [],
        example,
      ];
      await using process = startProcess([Deno.execPath(), ...args], { sandbox, apiUrl, env });
      const { stdout, stderr } = await process.finished;
      return { stdout, stderr };
    };
    const failed = await runExample();
    assertEquals(failed.stdout, "not_found undefined\n");
    assertMatch(
      failed.stderr,
      /^Claude Code is not installed: .* install it with: npm install .*\n$/,
    );
    await Deno.symlink(claude, `${sandbox.bin}/claude`);
    const { stdout, stderr } = await runExample(api.url);
    assertMatch(stdout, /^It is a shop\.\nsuccess [0-9a-f-]{36}\n$/);
    assertEquals(stderr, "");
    await assertNothingLeft(sandbox);
  });
});

Deno.test("the library passes the checks of a strict project", async () => {
  await using sandbox = await makeSandbox();
  const example = await writeLibraryProject(sandbox.project);
  const configPath = `${sandbox.project}/deno.json`;
  const config = JSON.parse(await Deno.readTextFile(configPath));
  config.compilerOptions = {
    exactOptionalPropertyTypes: true,
    noImplicitReturns: true,
    noUncheckedIndexedAccess: true,
  };
  await Deno.writeTextFile(configPath, JSON.stringify(config));
  const args = ["check", "--quiet", example];
  const env = await denoVariables();
  await using process = startProcess([Deno.execPath(), ...args], { sandbox, env });
  const { code, stderr } = await process.finished;
  assertEquals([code, stderr], [0, ""]);
});
