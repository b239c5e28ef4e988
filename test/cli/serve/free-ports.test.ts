import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { resolve } from '../../../src/2-resolve/resolve.ts';
import { lower } from '../../../src/3-plan/lower.ts';
import { movePorts } from '../../../src/cli/serve/free-ports.ts';
import { SourceFile } from '../../../src/text/source-file.ts';
import { freePort } from '../../ports.ts';

function planOf(...listens: string[]) {
  const text = `events {} http { ${listens.map((each) => `server { listen ${each}; }`).join(' ')} }`;
  return lower(resolve(new SourceFile('/x/nginx.conf', text), { target: '1.31.5', prefix: '/x/' })).plan;
}

test('a port that is taken is moved to the next free one, for every listener on it', async () => {
  const holder = createServer();
  const taken = await freePort();
  await new Promise<void>((ready) => holder.listen(taken, '127.0.0.1', ready));
  try {
    const plan = planOf(`127.0.0.1:${taken}`, `127.0.0.1:${taken} default_server`);
    const moves = await movePorts(plan);
    expect(moves).toHaveLength(1);
    expect(moves[0]!.from).toBe(taken);
    expect(moves[0]!.to).toBeGreaterThan(taken);
    expect(plan.http!.listens.map(({ port }) => port)).toEqual([moves[0]!.to]);
  } finally {
    holder.close();
  }
});

test('free ports and sockets of the file system stay where they are', async () => {
  const port = await freePort();
  const plan = planOf(`127.0.0.1:${port}`, 'unix:/tmp/hopwright-free-ports.sock');
  expect(await movePorts(plan)).toEqual([]);
  expect(plan.http!.listens.map((each) => each.path || each.port)).toEqual([
    port,
    '/tmp/hopwright-free-ports.sock',
  ]);
});
