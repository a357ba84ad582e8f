import { assertEquals } from "@std/assert";
import {
  describeReadError,
  describeWriteError,
  osErrorMessage,
} from "../../lib/util/file_errors.ts";

Deno.test("describeWriteError says what the OS says without its numbers", () => {
  assertEquals(
    describeWriteError(new Deno.errors.PermissionDenied("x (os error 13)")),
    "permission denied",
  );
  assertEquals(
    describeWriteError(new Error("No space left on device (os error 28)")),
    "No space left on device",
  );
  assertEquals(describeWriteError("odd"), "odd");
});

Deno.test("describeReadError knows that what is not there cannot be read", () => {
  const missing = new Deno.errors.NotFound("No such file or directory (os error 2)");
  assertEquals(describeReadError(missing), "it does not exist");
  assertEquals(describeWriteError(missing), "its directory does not exist");
  assertEquals(describeReadError(new Deno.errors.IsADirectory("x")), "it is a directory");
});

Deno.test("osErrorMessage takes anything that is thrown", () => {
  assertEquals(osErrorMessage(new Error("File too large (os error 27): write")), "File too large");
  assertEquals(osErrorMessage("odd"), "odd");
});
