import { assertEquals } from "@std/assert";
import {
  describeReadError,
  describeWriteError,
  osErrorMessage,
} from "../../lib/util/file_errors.ts";

Deno.test("osErrorMessage removes the number of the error", () => {
  assertEquals(osErrorMessage(new Error("File too large (os error 27): write")), "File too large");
  assertEquals(osErrorMessage("odd"), "odd");
});

Deno.test("osErrorMessage names the limit if too many files are open", () => {
  const error = new Error("Too many open files (os error 24): open '/tmp/x'");
  assertEquals(osErrorMessage(error), "too many open files, see ulimit -n");
});

Deno.test("describeWriteError describes common errors and passes on the others", () => {
  const rows: readonly (readonly [unknown, string])[] = [
    [new Deno.errors.NotFound("No such file (os error 2)"), "its directory does not exist"],
    [new Deno.errors.PermissionDenied("x (os error 13)"), "permission denied"],
    [new Deno.errors.IsADirectory("x"), "it is a directory"],
    [
      new Deno.errors.NotCapable(
        'Requires write access to "x", run again with the --allow-write flag',
      ),
      "Deno does not let ccrun open this path without --allow-write",
    ],
    [
      new Deno.errors.NotCapable('Requires all access to "x", run again with the --allow-all flag'),
      "Deno does not let ccrun open this path",
    ],
    [new Error("No space left on device (os error 28)"), "No space left on device"],
    ["odd", "odd"],
  ];
  for (const [error, text] of rows) assertEquals(describeWriteError(error), text);
});

Deno.test("describeReadError differs only for a file that does not exist", () => {
  assertEquals(describeReadError(new Deno.errors.NotFound("x")), "it does not exist");
  assertEquals(describeReadError(new Deno.errors.IsADirectory("x")), "it is a directory");
});
