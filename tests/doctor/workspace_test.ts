import { assertEquals, assertStringIncludes } from "@std/assert";
import { effectiveVariables } from "../../lib/doctor/checks/config_files.ts";
import { inspectHost } from "../../lib/doctor/checks/host.ts";
import {
  checkBypass,
  checkGit,
  checkHome,
  checkSettings,
  checkTrust,
  checkWorkspace,
} from "../../lib/doctor/checks/workspace.ts";
import { type ConfigScene, makeConfigScene } from "./config_scene.ts";
import { BOUND, BOUND_BY_MODES } from "../support/bound_by_modes.ts";
import { SANDBOX_PATH } from "../support/sandbox.ts";
import { testWith } from "../support/test_with.ts";
import { makeHost } from "./host.ts";

Deno.test("checkWorkspace wants a directory that is there, and would like to write in it", async () => {
  await using scene = await makeConfigScene();
  const { project, write } = scene;
  const file = await write("file", "");
  const statusOf = async (...given: Parameters<typeof checkWorkspace>) =>
    (await checkWorkspace(...given)).status;
  assertEquals(await statusOf(project, makeHost()), "ok");
  assertEquals(await statusOf(project, makeHost({ hasShell: false })), "ok");
  assertEquals(await statusOf(project, makeHost({ readOnly: true })), "warning");
  assertEquals(await statusOf(project, makeHost({ unreadable: true })), "warning");
  assertEquals(await statusOf(`${project}/none`, makeHost()), "problem");
  assertEquals(await statusOf(file, makeHost()), "problem");
});

/** What makes a folder read-only for a shell script: for root, only a mount does. */
const readOnly = Deno.build.os !== "linux" || Deno.uid() !== 0 ? 'chmod 555 "$1"' : undefined;
const mounted =
  'mount --make-rprivate / && mount --bind "$1" "$1" && mount -o remount,ro,bind "$1"';
const canMount = readOnly !== undefined || new Deno.Command("unshare", {
  args: ["-m", "sh", "-c", mounted, "sh", "/tmp"],
  stderr: "null",
}).outputSync().success;

testWith(
  { unless: canMount ? undefined : "nothing can be mounted here" },
  "lookAtHost asks the kernel where may be written, also where nothing exists yet",
  async () => {
    await using scene = await makeConfigScene();
    const { project, home } = scene;
    const program = new URL("./host_program.ts", import.meta.url).pathname;
    const places = [project, `${project}/not/yet`, home, `${home}/not/yet`];
    const deno = [Deno.execPath(), "run", "-A", "--quiet", program, ...places];
    const [command, ...args] = readOnly === undefined
      ? ["unshare", "-m", "sh", "-c", `${mounted}; shift; exec "$@"`, "sh", project, ...deno]
      : ["sh", "-c", `${readOnly}; shift; exec "$@"`, "sh", project, ...deno];
    const { stdout, stderr } = await new Deno.Command(command ?? "", { args }).output();
    const text = new TextDecoder();
    assertEquals(
      text.decode(stdout),
      "[false,false,true,true]\n[true,true,true,true]\n",
      text.decode(stderr),
    );
    await Deno.chmod(project, 0o755);
  },
);

testWith(BOUND_BY_MODES, "lookAtHost sees what may not be read", async () => {
  await using scene = await makeConfigScene();
  const { project, home } = scene;
  const program = new URL("./host_program.ts", import.meta.url).pathname;
  await Deno.chmod(project, 0o300);
  const words = [...BOUND, Deno.execPath(), "run", "-A", "--quiet", program, project, home];
  const [command = "", ...args] = words;
  const { stdout } = await new Deno.Command(command, { args }).output();
  await Deno.chmod(project, 0o755);
  assertEquals(new TextDecoder().decode(stdout), "[true,true]\n[false,true]\n");
});

Deno.test("inspectHost without a PATH still finds the system's programs, and knows the user", async () => {
  if (Deno.build.os === "windows") return;
  const host = await inspectHost({ env: {}, places: ["/"] });
  assertEquals([host.hasShell, host.uid, host.has("grep")], [true, Deno.uid(), true]);
  assertEquals(host.has("no-such-program"), false);
});

async function git(cwd: string, env: { readonly [name: string]: string } = {}) {
  const all = { PATH: SANDBOX_PATH, HOME: "/nonexistent", ...env };
  return await checkGit({ cwd, env: all, host: makeHost() });
}

testWith({ commands: ["git"] }, "checkGit tells what git can undo", async () => {
  await using scene = await makeConfigScene();
  const { project, write } = scene;
  const around = { GIT_CEILING_DIRECTORIES: scene.root };
  assertStringIncludes((await git(project, around)).message, "not a git repository");
  await new Deno.Command("git", { args: ["init", "-q", project] }).output();
  assertEquals((await git(project)).message, "a git repository, everything committed");
  await write("project/one", "");
  assertEquals((await git(project)).message, "a git repository; not committed: 1 file");
  await write("project/two", "");
  assertEquals((await git(project)).message, "a git repository; not committed: 2 files");
  const none = await checkGit({ cwd: project, env: {}, host: makeHost({ without: ["git"] }) });
  assertEquals([none.status, none.message], ["ok", "there is no git"]);
});

testWith({ commands: ["git"] }, "checkGit runs no program that a repository names", async () => {
  await using scene = await makeConfigScene();
  const { project, root } = scene;
  const spy = await scene.write("spy.sh", `#!/bin/sh\ntouch ${root}/ran\n`);
  await Deno.chmod(spy, 0o755);
  await new Deno.Command("git", { args: ["init", "-q", project] }).output();
  await new Deno.Command("git", { args: ["-C", project, "config", "core.fsmonitor", spy] })
    .output();
  assertEquals((await git(project)).status, "ok");
  assertEquals(await Deno.stat(`${root}/ran`).catch(() => "not run"), "not run");
});

testWith({ commands: ["git"] }, "checkGit knows a repository of somebody else's", async () => {
  await using scene = await makeConfigScene();
  const { project } = scene;
  await new Deno.Command("git", { args: ["init", "-q", project] }).output();
  const { status, hint } = await git(project, { GIT_TEST_ASSUME_DIFFERENT_OWNER: "1" });
  assertEquals([status, hint], [
    "warning",
    `allow it: git config --global --add safe.directory ${project}`,
  ]);
});

Deno.test("checkTrust warns only where something is ignored for want of trust", async () => {
  await using scene = await makeConfigScene();
  const { project, read, write } = scene;
  assertEquals((await checkTrust(project, await read())).status, "ok");
  const file = await write("project/.claude/settings.json", { permissions: { allow: ["Bash"] } });
  const untrusted = await checkTrust(project, await read());
  assertEquals(untrusted.status, "warning");
  assertStringIncludes(untrusted.message, `ignores permissions.allow in ${file}`);
  await write("home/.claude.json", { projects: { [project]: { hasTrustDialogAccepted: true } } });
  assertEquals(await checkTrust(project, await read()), {
    name: "trust",
    status: "ok",
    message: `claude trusts ${project}`,
  });
});

Deno.test("checkSettings names each file that claude ignores, and the one without which it does not start", async () => {
  await using scene = await makeConfigScene();
  const { read, write } = scene;
  assertEquals(checkSettings(await read()).map(({ message }) => message), ["there are none"]);
  const good = await write("home/.claude/settings.json", {});
  assertEquals(checkSettings(await read()).map(({ message }) => message), [good]);
  const bad = await write("project/.claude/settings.json", '{\n  "env": {},\n}');
  const login = await write("home/.claude/.credentials.json", "{");
  const mcp = await write("project/.mcp.json", "[]");
  const state = await write("home/.claude.json", "{");
  const findings = checkSettings(await read());
  assertEquals(findings.map(({ status, message }) => [status, message]), [
    ["warning", `${bad} is not JSON: line 3, column 1; claude ignores it`],
    ["warning", `${login} is not JSON: line 1, column 2; claude ignores it`],
    ["warning", `${mcp} is JSON, but no object; claude ignores it`],
    ["problem", `${state} is not JSON: line 1, column 2; claude does not start with it`],
  ]);
});

Deno.test("checkSettings knows which version does not start with what", async () => {
  await using scene = await makeConfigScene();
  const { read, write } = scene;
  const statuses = async () => {
    const files = await read();
    return ["2.1.197", "2.1.330", undefined].map((version) =>
      checkSettings(files, version).map(({ status }) => status).join()
    );
  };
  await write("home/.claude.json", "");
  assertEquals(await statuses(), ["problem", "warning", "warning"]);
  await write("home/.claude.json", "[]");
  assertEquals(await statuses(), ["warning", "warning", "warning"]);
  await Deno.remove(`${scene.home}/.claude.json`);
  await write("managed/managed-settings.json", "[]");
  assertEquals(await statuses(), ["warning", "problem", "warning"]);
  await Deno.remove(`${scene.managed}/managed-settings.json`);
  await Deno.mkdir(`${scene.managed}/managed-settings.json`);
  assertEquals(await statuses(), ["warning", "warning", "warning"]);
});

async function bypass(
  scene: ConfigScene,
  uid: number,
  env: { readonly [name: string]: string } = {},
) {
  const files = await scene.read();
  return checkBypass({
    files,
    variables: effectiveVariables(env, files.settings),
    host: makeHost({ uid }),
  });
}

Deno.test("checkBypass knows claude's rule for root, and what takes it away", async () => {
  await using scene = await makeConfigScene();
  const status = async (...given: [number, { readonly [name: string]: string }?]) =>
    (await bypass(scene, ...given)).status;
  assertEquals(await status(1000), "ok");
  assertEquals(await status(0), "warning");
  assertEquals(await status(0, { IS_SANDBOX: "1" }), "ok");
  assertEquals(await status(0, { IS_SANDBOX: "true" }), "warning");
  assertEquals(await status(0, { CLAUDE_CODE_BUBBLEWRAP: "1" }), "ok");
  // Whoever asks for it by a habit has every run fail.
  assertEquals(await status(0, { CCRUN_DANGEROUSLY_SKIP_PERMISSIONS: "1" }), "problem");
  assertEquals(await status(0, { CCRUN_PERMISSION_MODE: "bypassPermissions" }), "problem");
  await scene.write("home/.claude/settings.json", { env: { IS_SANDBOX: "1" } });
  assertEquals(await status(0), "ok");
});

Deno.test("checkBypass names the settings that forbid it", async () => {
  await using scene = await makeConfigScene();
  const file = await scene.write("managed/managed-settings.json", {
    permissions: { disableBypassPermissionsMode: "disable" },
  });
  const { status, message } = await bypass(scene, 1000);
  assertEquals(status, "warning");
  assertStringIncludes(message, "an administrator's settings forbid");
  assertStringIncludes(message, file);
});

Deno.test("checkHome warns where claude cannot keep its sessions, or there is no home", async () => {
  await using scene = await makeConfigScene();
  const files = await scene.read();
  const env = { HOME: scene.home };
  const host = makeHost();
  assertEquals((await checkHome({ env, files, host })).status, "ok");
  const lost = await checkHome({ env, files, host: makeHost({ readOnly: true }) });
  assertEquals(lost.status, "warning");
  assertStringIncludes(lost.message, "their sessions are lost");
  const unset = await checkHome({ env: {}, files, host });
  assertEquals([unset.status, unset.hint], ["warning", `export HOME=${scene.home}`]);
  const none = { folder: undefined, home: undefined };
  assertStringIncludes(
    (await checkHome({ env: {}, files: none, host })).message,
    "the system knows no home",
  );
});
