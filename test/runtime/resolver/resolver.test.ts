import { createSocket } from 'node:dgram';
import { createServer, type Server } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { Resolver, type ResolverSettings } from '../../../src/runtime/resolver/resolver.ts';
import { freePort } from '../../ports.ts';

/** What a name server answers: records by `NAME TYPE`, or an RCODE. */
type Reply = {
  code?: number;
  truncated?: boolean;
  records?: Array<[type: number, ttl: number, data: number[]]>;
};
type Zone = (name: string, type: number, count: number, tcp: boolean) => Reply | null;

const open: Array<{ close(): void }> = [];
afterEach(() => {
  for (const each of open.splice(0)) each.close();
});

function nameOf(query: Buffer): { name: string; end: number } {
  const labels: string[] = [];
  let at = 12;
  while (query[at] !== 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + query[at]!));
    at += 1 + query[at]!;
  }
  return { name: labels.join('.'), end: at + 1 };
}

const encodeName = (name: string): number[] => [
  ...name.split('.').flatMap((label) => [label.length, ...Buffer.from(label)]),
  0,
];

function answer(query: Buffer, reply: Reply): Buffer {
  const { end } = nameOf(query);
  const records = reply.records ?? [];
  const head = Buffer.from(query.subarray(0, end + 4));
  head.writeUInt16BE(0x8180 | (reply.code ?? 0) | (reply.truncated ? 0x200 : 0), 2);
  head.writeUInt16BE(records.length, 6);
  const body = records.map(([type, ttl, data]) => {
    const fixed = Buffer.alloc(12);
    fixed.writeUInt16BE(0xc00c, 0);
    fixed.writeUInt16BE(type, 2);
    fixed.writeUInt16BE(1, 4);
    fixed.writeUInt32BE(ttl, 6);
    fixed.writeUInt16BE(data.length, 10);
    return Buffer.concat([fixed, Buffer.from(data)]);
  });
  return Buffer.concat([head, ...body]);
}

async function nameServer(zone: Zone): Promise<{ port: number; asked: string[] }> {
  const asked: string[] = [];
  const counts = new Map<string, number>();
  const reply = (query: Buffer, tcp: boolean): Buffer | null => {
    const { name, end } = nameOf(query);
    const type = query.readUInt16BE(end);
    const key = `${name} ${type}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
    asked.push(tcp ? `${key} tcp` : key);
    const found = zone(name, type, counts.get(key)!, tcp);
    return found === null ? null : answer(query, found);
  };
  const port = await freePort();
  const udp = createSocket('udp4');
  await new Promise<void>((done) => udp.bind(port, '127.0.0.1', done));
  udp.on('message', (query, from) => {
    const message = reply(query, false);
    if (message !== null) udp.send(message, from.port, from.address);
  });
  const tcp: Server = createServer((socket) => {
    // Both queries may come in one piece.
    socket.on('data', (data: Buffer) => {
      for (let at = 0; at < data.length; at += 2 + data.readUInt16BE(at)) {
        const message = reply(data.subarray(at + 2, at + 2 + data.readUInt16BE(at)), true);
        if (message === null) continue;
        const length = Buffer.alloc(2);
        length.writeUInt16BE(message.length);
        socket.write(Buffer.concat([length, message]));
      }
    });
    socket.on('error', () => {});
  });
  await new Promise<void>((done) => tcp.listen(port, '127.0.0.1', done));
  open.push(udp, tcp);
  return { port, asked };
}

function resolver(
  ports: number[],
  more: Partial<ResolverSettings> = {},
): { resolver: Resolver; reports: string[] } {
  const reports: string[] = [];
  const made = new Resolver(
    {
      servers: ports.map((port) => ({ address: '127.0.0.1', port })),
      valid: null,
      ipv4: true,
      ipv6: true,
      ...more,
    },
    (message) => reports.push(message),
  );
  open.push(made);
  return { resolver: made, reports };
}

const find = (
  from: Resolver,
  name: string,
  timeout = 60_000,
): Promise<{ error: string; addresses: readonly string[] }> =>
  new Promise((done) => from.resolve(name, timeout, (error, addresses) => done({ error, addresses })));

const A = 1;
const CNAME = 5;
const AAAA = 28;

describe('Resolver', () => {
  test('asks for A and AAAA at once and keeps the answer', async () => {
    const server = await nameServer((_name, type) => ({
      records: type === A ? [[A, 60, [127, 0, 0, 7]]] : [[AAAA, 60, [...Array(15).fill(0), 1]]],
    }));
    const { resolver: dns } = resolver([server.port]);
    const first = await find(dns, 'a.example.net');
    const second = await find(dns, 'A.Example.NET.');
    expect([...first.addresses].sort()).toEqual(['127.0.0.7', '::1']);
    expect([...second.addresses].sort()).toEqual(['127.0.0.7', '::1']);
    expect(server.asked.sort()).toEqual(['a.example.net 1', 'a.example.net 28']);
  });

  test('a name server that cannot be spoken to is told of, and tried again', async () => {
    // Nobody may connect to a broadcast address without asking for it.
    const servers = [{ address: '127.255.255.255', port: 53 }];
    const { resolver: dns, reports } = resolver([], { servers });
    for (const name of ['one.test', 'two.test'])
      expect((await find(dns, name, 50)).error).toBe('Operation timed out');
    const report = 'connect() failed (13: Permission denied) while resolving, resolver: 127.255.255.255:53';
    expect(reports).toEqual([report, report]);
  });

  test('asks for one family when the other is off', async () => {
    const server = await nameServer(() => ({ records: [[A, 60, [127, 0, 0, 7]]] }));
    const { resolver: dns } = resolver([server.port], { ipv6: false });
    expect((await find(dns, 'a.example.net')).addresses).toEqual(['127.0.0.7']);
    expect(server.asked).toEqual(['a.example.net 1']);
  });

  test('follows a chain of CNAMEs', async () => {
    const server = await nameServer((name, type) => {
      if (name === 'one.test') return { records: [[CNAME, 60, encodeName('two.test')]] };
      if (name === 'two.test') return { records: [[CNAME, 60, encodeName('three.test')]] };
      return type === A ? { records: [[A, 60, [127, 0, 0, 3]]] } : {};
    });
    const { resolver: dns } = resolver([server.port]);
    expect(await find(dns, 'one.test')).toEqual({ error: '', addresses: ['127.0.0.3'] });
  });

  test('ends a loop of CNAMEs with "Host not found"', async () => {
    const server = await nameServer((name) => ({
      records: [[CNAME, 60, encodeName(name === 'a.test' ? 'b.test' : 'a.test')]],
    }));
    const { resolver: dns } = resolver([server.port]);
    expect((await find(dns, 'a.test')).error).toBe('Host not found');
  });

  test.each([
    [2, 'Server failure'],
    [3, 'Host not found'],
    [4, 'Unimplemented'],
    [5, 'Operation refused'],
  ])('tells RCODE %i as "%s" and asks again next time', async (code, text) => {
    const server = await nameServer((_name, type, count) =>
      count === 1 ? { code } : { records: type === A ? [[A, 60, [127, 0, 0, 1]]] : [] },
    );
    const { resolver: dns } = resolver([server.port]);
    expect((await find(dns, 'x.test')).error).toBe(text);
    expect((await find(dns, 'x.test')).addresses).toEqual(['127.0.0.1']);
  });

  test('repeats a truncated answer over TCP', async () => {
    const server = await nameServer((_name, type, _count, tcp) => {
      if (!tcp) return { truncated: true };
      return type === A ? { records: [[A, 60, [127, 0, 0, 9]]] } : {};
    });
    const { resolver: dns } = resolver([server.port]);
    expect((await find(dns, 'big.test')).addresses).toEqual(['127.0.0.9']);
    expect(server.asked).toContain('big.test 1 tcp');
  });

  test('takes the servers in turn', async () => {
    const first = await nameServer(() => ({ records: [[A, 0, [127, 0, 0, 1]]] }));
    const second = await nameServer(() => ({ records: [[A, 0, [127, 0, 0, 2]]] }));
    const { resolver: dns } = resolver([first.port, second.port], { ipv6: false });
    expect((await find(dns, 'a.test')).addresses).toEqual(['127.0.0.1']);
    expect((await find(dns, 'b.test')).addresses).toEqual(['127.0.0.2']);
    expect((await find(dns, 'c.test')).addresses).toEqual(['127.0.0.1']);
  });

  test('gives up after the timeout, and reports an answer with a wrong number', async () => {
    const silent = await nameServer(() => null);
    const { resolver: dns } = resolver([silent.port]);
    expect((await find(dns, 'x.test', 60)).error).toBe('Operation timed out');
  });

  test('does not call back once given up', async () => {
    const server = await nameServer((_name, type) =>
      type === A ? { records: [[A, 60, [1, 2, 3, 4]]] } : {},
    );
    const { resolver: dns } = resolver([server.port]);
    let calls = 0;
    dns.resolve('x.test', 60_000, () => (calls += 1))();
    expect((await find(dns, 'x.test')).addresses).toEqual(['1.2.3.4']);
    expect(calls).toBe(0);
  });

  test('refuses names that no query can hold and returns addresses unasked', async () => {
    const { resolver: dns } = resolver([1]);
    expect((await find(dns, 'a..test')).error).toBe('Host not found');
    expect((await find(dns, '[::1]')).addresses).toEqual(['::1']);
    expect((await find(dns, '127.0.0.1')).addresses).toEqual(['127.0.0.1']);
  });

  test('reports broken answers and waits on', async () => {
    const broken = createSocket('udp4');
    broken.on('message', (query, from) => broken.send(query.subarray(0, 5), from.port, from.address));
    await new Promise<void>((done) => broken.bind(0, '127.0.0.1', done));
    open.push(broken);
    const { resolver: dns, reports } = resolver([broken.address().port], { ipv6: false });
    let answered = false;
    const giveUp = dns.resolve('x.test', 60_000, () => (answered = true));
    await expect.poll(() => reports).toContain('short DNS response');
    expect(answered).toBe(false);
    giveUp();
  });
});
