import { assertEquals, assertThrows } from "@std/assert";
import {
  encodeOrder,
  pidField,
  secondsField,
  tokenField,
} from "../../lib/process/guardian_order.ts";
import { createRunToken } from "../../lib/process/run_token.ts";

Deno.test("encodeOrder returns the fields as one line", () => {
  assertEquals(encodeOrder("end", "1.5", "asked"), "end 1.5 asked\n");
  assertEquals(
    encodeOrder("root", "12", "TueNov1809:12:502025"),
    "root 12 TueNov1809:12:502025\n",
  );
});

Deno.test("encodeOrder rejects a field that could be read as another field or order", () => {
  for (const field of ["", "1 2", "1\nroot 2", "1\r", "\0", "1\u2028", "$(id)", "*", "-1"]) {
    assertThrows(() => encodeOrder("root", field), TypeError, "invalid field");
  }
});

Deno.test("pidField accepts positive integers only", () => {
  assertEquals(pidField(4102), "4102");
  for (const pid of [0, -1, 1.5, NaN, Infinity, 2 ** 53]) {
    assertThrows(() => pidField(pid), TypeError, "invalid process id");
  }
});

Deno.test("secondsField returns seconds without an exponent, and 0 only for 0", () => {
  const rows = [[0, "0"], [1e-9, "0.001"], [250, "0.25"], [5000, "5"], [1.728e9, "1728000"]];
  for (const [ms, field] of rows) assertEquals(secondsField(Number(ms)), field);
  for (const ms of [-1, NaN, Infinity]) {
    assertThrows(() => secondsField(ms), TypeError, "invalid duration");
  }
});

Deno.test("tokenField accepts hexadecimal digits only", () => {
  const token = createRunToken();
  assertEquals(tokenField(token), token);
  for (const text of ["", `${token}\n`, `${token} `, ".*", "G"]) {
    assertThrows(() => tokenField(text), TypeError, "invalid run token");
  }
});
