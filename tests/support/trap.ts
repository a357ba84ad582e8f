/**
 * A server that no request may reach.
 *
 * @module
 */

/** A server that records the requests that it receives. */
export interface Trap extends AsyncDisposable {
  /** Its address: the URL of an API, or of a proxy. */
  readonly url: string;
  /** The beginning of each request, with its headers. */
  readonly requests: readonly string[];
}

/** Starts a server on a free port of 127.0.0.1. It refuses every request. */
export function startTrap(): Trap {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const requests: string[] = [];
  const served = (async () => {
    for await (const connection of listener) await record(connection, requests);
  })();
  return {
    url: `http://127.0.0.1:${listener.addr.port}`,
    requests,
    async [Symbol.asyncDispose]() {
      listener.close();
      await served;
    },
  };
}

const REFUSAL = "HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

async function record(connection: Deno.TcpConn, requests: string[]): Promise<void> {
  try {
    const buffer = new Uint8Array(4096);
    const length = await connection.read(buffer) ?? 0;
    requests.push(new TextDecoder().decode(buffer.subarray(0, length)));
    await connection.write(new TextEncoder().encode(REFUSAL));
  } catch {
    // The client has closed the connection.
  } finally {
    connection.close();
  }
}
