import { execFileSync } from 'node:child_process';
import { connect, createServer } from 'node:net';
import { expect, it } from 'vitest';
import { freePort, portsFrom } from './ports.ts';

it('ports have five digits, are below those that the system chooses, and are not given twice soon', async () => {
  const ports = await Promise.all(Array.from({ length: 50 }, freePort));
  expect(new Set(ports).size).toBe(50);
  for (const port of ports) {
    expect(port).toBeGreaterThanOrEqual(10_000);
    expect(port).toBeLessThan(32_768);
  }
});

it('a port that is taken is not given', async () => {
  const port = await freePort();
  const taken = createServer().listen(port + 1, '127.0.0.1');
  await new Promise((ready) => taken.once('listening', ready).once('error', ready));
  expect(await freePort()).not.toBe(port + 1);
  taken.close();
});

it('nothing listens on the port', async () => {
  const port = await freePort();
  const error = await new Promise((done) => connect(port, '127.0.0.1').once('error', done));
  expect(error).toMatchObject({ code: 'ECONNREFUSED' });
});

it('another process gets other ports', async () => {
  const port = await freePort();
  const module = new URL('ports.ts', import.meta.url).href;
  const script = `const { freePort } = await import(${JSON.stringify(module)}); console.log(await freePort());`;
  const other = Number(
    execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' }),
  );
  expect(Math.floor(other / 200)).not.toBe(Math.floor(port / 200));
});

it('ports in a row are those that were wanted, or others where these are taken', async () => {
  const first = await portsFrom(31_000, 10);
  expect((first - 31_000) % 100).toBe(0);
  const second = await portsFrom(first, 10);
  expect(second).toBeGreaterThan(first);
  expect((second - first) % 100).toBe(0);
});
