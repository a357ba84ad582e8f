/** A temporary folder. Disposing of it removes it. */
export interface TempFolder extends Disposable {
  readonly path: string;
}

/** Creates a temporary folder. It starts no process, so that a test can check that nothing is left open. */
export function makeTempFolder(): TempFolder {
  const path = Deno.makeTempDirSync({ prefix: "ccrun-test-" });
  return { path, [Symbol.dispose]: () => Deno.removeSync(path, { recursive: true }) };
}
