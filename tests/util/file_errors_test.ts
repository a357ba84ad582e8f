import { assertEquals } from "@std/assert";
import { osReason, readFailure, writeFailure } from "../../lib/util/file_errors.ts";

Deno.test("writeFailure says what the OS says without its numbers", () => {
  assertEquals(
    writeFailure(new Deno.errors.PermissionDenied("x (os error 13)")),
    "permission denied",
  );
  assertEquals(
    writeFailure(new Error("No space left on device (os error 28)")),
    "No space left on device",
  );
  assertEquals(writeFailure("odd"), "odd");
});

Deno.test("readFailure knows that what is not there cannot be read", () => {
  const missing = new Deno.errors.NotFound("No such file or directory (os error 2)");
  assertEquals(readFailure(missing), "it does not exist");
  assertEquals(writeFailure(missing), "its directory does not exist");
  assertEquals(readFailure(new Deno.errors.IsADirectory("x")), "it is a directory");
});

Deno.test("osReason takes anything that is thrown", () => {
  assertEquals(osReason(new Error("File too large (os error 27): write")), "File too large");
  assertEquals(osReason("odd"), "odd");
});
