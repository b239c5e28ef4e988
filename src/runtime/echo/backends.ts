import { createServer, type IncomingMessage, type Server } from 'node:http';
import { WebSocketServer } from 'ws';
import { renderPage } from './page.ts';

/** Where a backend should listen: a TCP address or the path of a unix socket. */
export type EchoAddress = { readonly host: string; readonly port: number } | { readonly path: string };

export interface EchoBackends {
  /** Addresses on which an echo backend was started. */
  readonly started: readonly EchoAddress[];
  /** Addresses that could not be taken, with Node's error code; `EADDRINUSE` means a real backend is there. */
  readonly skipped: readonly { readonly address: EchoAddress; readonly code: string }[];
  close(): Promise<void>;
}

/**
 * Starts one echo backend per address, for trying out a configuration whose upstreams do not exist yet: it echoes
 * WebSocket messages, and answers plain requests with a page that opens a socket through the proxy and shows the
 * request head that arrived here. Not part of the data path, hence `node:http` and `ws`.
 *
 * Only loopback addresses and unix sockets are tried: anything else is somebody else's machine.
 */
export async function startEchoBackends(addresses: readonly EchoAddress[]): Promise<EchoBackends> {
  const started: EchoAddress[] = [];
  const skipped: { address: EchoAddress; code: string }[] = [];
  const closers: (() => Promise<void>)[] = [];
  for (const address of addresses) {
    if (!isLocal(address)) {
      skipped.push({ address, code: 'EADDRNOTAVAIL' });
      continue;
    }
    const outcome = await listen(address);
    if (typeof outcome === 'string') skipped.push({ address, code: outcome });
    else {
      started.push(address);
      closers.push(outcome);
    }
  }
  return {
    started,
    skipped,
    close: async () => {
      await Promise.all(closers.map((close) => close()));
    },
  };
}

function isLocal(address: EchoAddress): boolean {
  return 'path' in address || address.host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(address.host);
}

/** Starts one backend; gives the function that stops it, or Node's error code. */
async function listen(address: EchoAddress): Promise<string | (() => Promise<void>)> {
  const server = createServer((request, response) => {
    const wantsPage = request.method === 'GET' && (request.headers.accept ?? '').includes('text/html');
    request.resume();
    request.on('end', () => {
      response.setHeader(
        'Content-Type',
        wantsPage ? 'text/html; charset=utf-8' : 'text/plain; charset=utf-8',
      );
      response.end(wantsPage ? renderPage(requestHead(request)) : requestHead(request));
    });
  });
  const sockets = new WebSocketServer({ server });
  sockets.on('connection', (socket, request) => {
    socket.on('error', () => socket.terminate());
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
    if (new URL(request.url ?? '/', 'http://backend').searchParams.has('hopwright-head')) {
      socket.send(requestHead(request));
    }
  });
  // `ws` passes the HTTP server's errors on; the promise below reports them.
  sockets.on('error', () => {});
  const failure = await new Promise<string | null>((resolve) => {
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen(
      'path' in address ? { path: address.path } : { host: address.host, port: address.port },
      () => resolve(null),
    );
  });
  if (failure !== null) return failure;
  return () => stop(server, sockets);
}

async function stop(server: Server, sockets: WebSocketServer): Promise<void> {
  for (const client of sockets.clients) client.terminate();
  sockets.close();
  server.closeAllConnections();
  await new Promise<void>((resolve) => server.close(() => resolve()));
}

/** The request head as it arrived, line by line. */
function requestHead(request: IncomingMessage): string {
  const lines = [`${request.method} ${request.url} HTTP/${request.httpVersion}`];
  for (let i = 0; i < request.rawHeaders.length; i += 2) {
    lines.push(`${request.rawHeaders[i]}: ${request.rawHeaders[i + 1]}`);
  }
  return `${lines.join('\r\n')}\r\n\r\n`;
}
