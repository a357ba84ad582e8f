/** Prints whether each of its arguments may be written, and whether it may be read, as `inspectHost` finds it. */
import { inspectHost } from "../../lib/doctor/checks/host.ts";

const host = await inspectHost({ env: { PATH: "/usr/bin:/bin" }, places: Deno.args });
console.log(JSON.stringify(Deno.args.map((place) => host.mayWrite(place))));
console.log(JSON.stringify(Deno.args.map((place) => host.mayRead(place))));
