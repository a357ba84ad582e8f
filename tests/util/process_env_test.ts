import { assertEquals } from "@std/assert";
import { withoutNodeShim } from "../../lib/util/process_env.ts";

Deno.test("withoutNodeShim removes the node that Deno adds to PATH, and nothing else", () => {
  const active = { DENO_NODE_SHIM_ACTIVE: "1", HOME: "/home" };
  const rows = [
    [{ ...active, PATH: "/cache/deno/node_compat_bin:/bin" }, { HOME: "/home", PATH: "/bin" }],
    [{ ...active, PATH: "/cache/deno/node_compat_bin" }, { HOME: "/home", PATH: "" }],
    [{ ...active, PATH: "/bin" }, { HOME: "/home", PATH: "/bin" }],
    [active, { HOME: "/home" }],
    [{ PATH: "/x/node_compat_bin:/bin" }, { PATH: "/x/node_compat_bin:/bin" }],
  ] as const;
  for (const [env, expected] of rows) assertEquals(withoutNodeShim(env), { ...expected });
});
