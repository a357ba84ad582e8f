import { dispatch } from "./dispatch.ts";
import { reportEarlyFailure } from "./early_failure.ts";
import { type HostInfo, inspectHost } from "./host.ts";

/** Runs ccrun with these arguments, and returns the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  let host: HostInfo | undefined;
  try {
    // The doctor reports missing permissions as a finding.
    host = inspectHost({ isLenient: args[0] === "doctor" });
    return await dispatch(args, host);
  } catch (error) {
    return await reportEarlyFailure(error, { args, host });
  }
}
