import { createServer, type Server } from 'node:net';

/**
 * Ports for servers whose number has to be known before they listen.
 *
 * A port that the system chose, and that was closed again, may be given to any connection or listener of another
 * process in between. These come from blocks below the ports that systems choose (32768 on Linux, 49152 elsewhere); a
 * process that uses one of the block's ports listens on its first, as long as it runs. All have five digits: lengths of
 * answers do not depend on the port.
 */
const first = 10_000;
const size = 200;
const blocks = 75;

/** A port that nothing listens on, and that no other process of the tests is given while this one runs. */
export async function freePort(): Promise<number> {
  const block = await own.block;
  for (let tried = 1; tried < size; tried += 1) {
    const port = block + own.next;
    own.next = (own.next % (size - 1)) + 1;
    const probe = await listener(port);
    if (probe === null) continue;
    await new Promise((closed) => probe.close(closed));
    return port;
  }
  throw new Error(`no port from ${block} to ${block + size - 1} is free`);
}

/** This process's block, and which of its ports is next. */
const own = { block: takeBlock(), next: 1 };

async function takeBlock(): Promise<number> {
  for (let index = 0; index < blocks; index += 1) {
    const port = first + size * ((process.pid + index) % blocks);
    const held = await listener(port);
    if (held === null) continue;
    held.unref();
    return port;
  }
  throw new Error(`all of the ${blocks} blocks of ports from ${first} on are taken`);
}

/**
 * The first of `count` ports in a row that nothing listens on, at `wanted` or a multiple of 100 above it, for as long as
 * this process runs: for tests whose outcome depends on the numbers, which are the same ones unless they are taken.
 */
export async function portsFrom(wanted: number, count: number): Promise<number> {
  for (let start = wanted; start + count < 32_768; start += 100) {
    const held = await listener(start + count);
    if (held === null) continue;
    const probes = await Promise.all(Array.from({ length: count }, (_, index) => listener(start + index)));
    await Promise.all(probes.map((probe) => probe && new Promise((closed) => probe.close(closed))));
    if (probes.includes(null)) {
      held.close();
      continue;
    }
    held.unref();
    return start;
  }
  throw new Error(`no ${count} ports in a row are free from ${wanted} on`);
}

/** Listens on the port; null where that cannot be. */
function listener(port: number): Promise<Server | null> {
  const server = createServer((socket) => socket.destroy());
  return new Promise((done) => {
    server.once('error', () => done(null));
    server.listen(port, '127.0.0.1', () => done(server));
  });
}
