/** How long a program on this machine may take to accept a connection. */
const TIMEOUT_MS = 2000;

/**
 * Returns whether this machine refuses connections at an address of its own. Other addresses are not
 * tried.
 *
 * @param address scheme, host and port, for example `http://127.0.0.1:8080`
 */
export async function isRefused(address: string): Promise<boolean> {
  const { protocol, hostname, port } = new URL(address);
  if (hostname !== "127.0.0.1" && hostname !== "localhost") return false;
  const defaultPort = protocol === "https:" ? 443 : 80;
  const connecting = Deno.connect({
    hostname: "127.0.0.1",
    port: port === "" ? defaultPort : Number(port),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  try {
    (await connecting).close();
    return false;
  } catch (error) {
    return error instanceof Deno.errors.ConnectionRefused;
  }
}
