/** The message of EMFILE, whose cause is a limit and not the file. */
const TOO_MANY_OPEN_FILES = "Too many open files (os error 24)";

/** Returns whether the process has as many open files as it can have. */
export function isOutOfFiles(error: unknown): boolean {
  return error instanceof Error && error.message.includes(TOO_MANY_OPEN_FILES);
}

/** Returns the message of an OS error without its number. */
export function osErrorMessage(error: unknown): string {
  if (isOutOfFiles(error)) return "too many open files, see ulimit -n";
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/ \(os error \d+\).*$/, "");
}

/** Returns why a file cannot be written. */
export function describeWriteError(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "its directory does not exist";
  if (error instanceof Deno.errors.PermissionDenied) return "permission denied";
  if (error instanceof Deno.errors.NotCapable) return describeMissingPermission(error);
  if (error instanceof Deno.errors.IsADirectory) return "it is a directory";
  return osErrorMessage(error);
}

/** Deno opens some paths, such as /proc/kmsg, only with all permissions, which ccrun does not have. */
function describeMissingPermission({ message }: Deno.errors.NotCapable): string {
  const [flag] = /--allow-(?:read|write)/.exec(message) ?? [];
  return `Deno does not let ccrun open this path${flag === undefined ? "" : ` without ${flag}`}`;
}

/** Returns why a file cannot be read. */
export function describeReadError(error: unknown): string {
  return error instanceof Deno.errors.NotFound ? "it does not exist" : describeWriteError(error);
}
