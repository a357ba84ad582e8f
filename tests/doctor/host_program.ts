/** Prints whether each of its arguments may be written, as `lookAtHost` finds it. */
import { lookAtHost } from "../../lib/doctor/host.ts";

const host = await lookAtHost({ env: { PATH: "/usr/bin:/bin" }, places: Deno.args });
console.log(JSON.stringify(Deno.args.map((place) => host.mayWrite(place))));
