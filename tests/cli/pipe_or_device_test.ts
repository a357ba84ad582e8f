import { assertEquals, assertRejects } from "@std/assert";
import { openPipeOrDevice } from "../../lib/cli/pipe_or_device.ts";
import { OTHER_USER, TWO_USERS } from "../support/other_user.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { testWith } from "../support/test_with.ts";

const NEEDS = { commands: ["mkfifo"] };

async function makePipe(path: string): Promise<void> {
  await new Deno.Command("mkfifo", { args: [path] }).output();
}

testWith(NEEDS, "openPipeOrDevice opens a pipe and a device, and nothing else", async () => {
  await using sandbox = await makeSandbox();
  const { root, project } = sandbox;
  const pipe = `${project}/pipe`;
  await makePipe(pipe);
  const [file, reader] = await Promise.all([openPipeOrDevice(pipe, [project]), Deno.open(pipe)]);
  assertEquals(file === undefined, false);
  file?.close();
  reader.close();
  (await openPipeOrDevice("/dev/null", []))?.close();
  await Deno.symlink("/dev/null", `${root}/null`);
  await Deno.symlink(pipe, `${root}/link`);
  for (const path of [`${root}/null`, `${root}/link`, `${project}/notes.txt`, `${root}/none`]) {
    assertEquals(await openPipeOrDevice(path, []), undefined, path);
  }
});

testWith(
  NEEDS,
  "openPipeOrDevice rejects a pipe that a link leads to from a workspace",
  async () => {
    await using sandbox = await makeSandbox();
    const { project, home } = sandbox;
    await makePipe(`${home}/pipe`);
    await Deno.symlink("../home", `${project}/out`);
    const opening = () => openPipeOrDevice(`${project}/out/pipe`, [project]);
    await assertRejects(opening, Error, "leads out of the workspace");
  },
);

testWith(
  TWO_USERS,
  "openPipeOrDevice rejects a pipe of another user without opening it",
  async () => {
    await using sandbox = await makeSandbox();
    const pipe = `${sandbox.project}/pipe`;
    await makePipe(pipe);
    await Deno.chown(pipe, OTHER_USER, OTHER_USER);
    await assertRejects(() => openPipeOrDevice(pipe, []), Error, "a pipe of another user");
  },
);
