import { assertEquals } from "@std/assert";
import {
  canEnterDirectory,
  describeReadError,
  describeWriteError,
  osErrorMessage,
} from "../../lib/util/file_errors.ts";
import { asOneBoundByModes, BOUND_BY_MODES } from "../support/bound_by_modes.ts";
import { testWith } from "../support/test_with.ts";

Deno.test("osErrorMessage removes the number of the error", () => {
  assertEquals(osErrorMessage(new Error("File too large (os error 27): write")), "File too large");
  assertEquals(osErrorMessage("odd"), "odd");
});

Deno.test("describeWriteError describes common errors and passes on the others", () => {
  const rows: readonly (readonly [unknown, string])[] = [
    [new Deno.errors.NotFound("No such file (os error 2)"), "its directory does not exist"],
    [new Deno.errors.PermissionDenied("x (os error 13)"), "permission denied"],
    [new Deno.errors.IsADirectory("x"), "it is a directory"],
    [new Error("No space left on device (os error 28)"), "No space left on device"],
    ["odd", "odd"],
  ];
  for (const [error, text] of rows) assertEquals(describeWriteError(error), text);
});

Deno.test("describeReadError differs only for a file that does not exist", () => {
  assertEquals(describeReadError(new Deno.errors.NotFound("x")), "it does not exist");
  assertEquals(describeReadError(new Deno.errors.IsADirectory("x")), "it is a directory");
});

Deno.test("canEnterDirectory accepts files and names that do not exist", async () => {
  const file = await Deno.makeTempFile({ prefix: "ccrun-test-" });
  for (const path of ["/", file, `${file}-none`]) {
    assertEquals(await canEnterDirectory(path), true, path);
  }
  await Deno.remove(file);
});

testWith(BOUND_BY_MODES, "canEnterDirectory needs execute permission, not read", async () => {
  const directory = await Deno.makeTempDir({ prefix: "ccrun-test-" });
  await Deno.mkdir(`${directory}/below`);
  const module = new URL("../../lib/util/file_errors.ts", import.meta.url).href;
  const paths = [directory, `${directory}/below`, `${directory}/none`];
  const script = `import { canEnterDirectory } from "${module}";
    const paths = ${JSON.stringify(paths)};
    console.log(JSON.stringify(await Promise.all(paths.map(canEnterDirectory))));`;
  for (const [mode, canEnter] of [[0o600, false], [0o100, true]] as const) {
    await Deno.chmod(directory, mode);
    const results = JSON.parse(await asOneBoundByModes(script));
    assertEquals(results, [canEnter, canEnter, canEnter], mode.toString(8));
  }
  await Deno.chmod(directory, 0o700);
  await Deno.remove(directory, { recursive: true });
});
