import { expect, test } from 'vitest';
import { lower } from '../../../src/3-plan/lower.ts';
import { resolve } from '../../../src/2-resolve/resolve.ts';
import type { FoundAddress } from '../../../src/engine/api.ts';
import { EngineContext } from '../../../src/engine/context.ts';
import { setUpstreamAddresses, upstreamOf } from '../../../src/engine/proxy/upstreams.ts';
import { ZoneStore } from '../../../src/engine/zones/zone-store.ts';
import { SourceFile } from '../../../src/text/source-file.ts';
import { fakeWorld } from '../truth/world.ts';

/** An upstream with one server that is looked up. */
function contextOf(server: string): EngineContext {
  const text = `events {} http { resolver 127.0.0.1; upstream u { zone z 1m; server ${server}; } }`;
  const { plan } = lower(resolve(new SourceFile('nginx.conf', text), { target: '1.31.5' }));
  return new EngineContext(plan, plan.http!, fakeWorld({}), new ZoneStore());
}

const at = (host: string, service: FoundAddress['service'] = null): FoundAddress => ({
  host,
  port: 80,
  path: '',
  name: `${host}:80`,
  service,
});

test('an address that stays keeps what is known of its server', () => {
  const cx = contextOf('a.example resolve');
  setUpstreamAddresses(cx, 0, 0, [at('127.0.0.1'), at('127.0.0.2')]);
  const [first, second] = upstreamOf(cx, 0).balancer.group.peers;
  second!.fails = 3;
  setUpstreamAddresses(cx, 0, 0, [at('127.0.0.2'), at('127.0.0.3')]);
  const { peers } = upstreamOf(cx, 0).balancer.group;
  expect(peers[0]).toBe(second);
  expect(peers.map(({ settings }) => settings.peer.host)).toEqual(['127.0.0.2', '127.0.0.3']);
  expect(peers).not.toContain(first);
});

test('SRV records give servers their names and weights; spare ones are backups', () => {
  const cx = contextOf('a.example resolve service=http max_fails=7');
  setUpstreamAddresses(cx, 0, 0, [
    at('127.0.0.1', { name: 'one', weight: 5, spare: false }),
    at('127.0.0.2', { name: 'two', weight: 0, spare: true }),
  ]);
  const { group } = upstreamOf(cx, 0).balancer;
  expect(group.peers[0]!.settings).toMatchObject({ server: 'one', weight: 5, maxFails: 7, backup: false });
  expect(group.backup!.peers[0]!.settings).toMatchObject({ server: 'two', weight: 1, backup: true });
});

test('a weight that is written goes before that of an SRV record', () => {
  const cx = contextOf('a.example resolve service=http weight=2');
  setUpstreamAddresses(cx, 0, 0, [at('127.0.0.1', { name: 'one', weight: 5, spare: false })]);
  expect(upstreamOf(cx, 0).balancer.group.peers[0]!.settings.weight).toBe(2);
});
