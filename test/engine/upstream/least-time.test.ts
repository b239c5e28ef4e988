import { describe, expect, test } from 'vitest';
import {
  attemptEnded,
  headArrived,
  leastTime,
  type LeastTime,
} from '../../../src/engine/upstream/least-time.ts';
import { peerGroup } from '../../../src/engine/upstream/peers.ts';
import { freePeer, selectPeer, startSelection } from '../../../src/engine/upstream/selection.ts';
import { server } from './server.ts';

/** Sends requests to two servers, 1 and 2; `times` are [head, whole answer] in milliseconds by port. */
function client(settings: LeastTime, times: Record<number, [number, number]>, weight = 1) {
  const group = peerGroup([server(1), server(2, { weight })]);
  let clock = 1000;
  const begin = () => {
    const selection = startSelection(
      group,
      leastTime(settings, () => clock),
      0,
    );
    return { selection, port: selectPeer(selection, 100)!.settings.peer.port };
  };
  const end = ({ selection, port }: ReturnType<typeof begin>, failed = false) => {
    const [header, response] = times[port]!;
    clock += response;
    if (!failed) headArrived(settings, selection, header, clock);
    attemptEnded(settings, selection, { header: failed ? -1 : header, response }, clock);
    freePeer(selection, false, 100);
    return port;
  };
  return { begin, end, pass: (ms: number) => (clock += ms), run: () => end(begin()) };
}

describe('least_time', () => {
  test('prefers the server that answers sooner, once both are known', () => {
    const { run } = client({ mode: 'last_byte', inflight: false }, { 1: [5, 500], 2: [5, 100] });
    expect([run(), run(), run(), run(), run()]).toEqual([1, 2, 2, 2, 2]);
  });

  test('header: looks at the time until the head', () => {
    const { run } = client({ mode: 'header', inflight: false }, { 1: [300, 301], 2: [10, 900] });
    expect([run(), run(), run()]).toEqual([1, 2, 2]);
  });

  test('takes turns between servers within 20 ms of each other', () => {
    const { run } = client({ mode: 'last_byte', inflight: false }, { 1: [1, 3], 2: [1, 15] });
    expect([run(), run(), run(), run()]).toEqual([1, 2, 1, 2]);
  });

  test('a failure says nothing about the time', () => {
    const { begin, end, run } = client({ mode: 'last_byte', inflight: false }, { 1: [0, 0], 2: [5, 100] });
    expect(end(begin(), true)).toBe(1);
    expect([run(), run(), run()]).toEqual([2, 1, 1]);
  });

  test('a heavier server may be slower in proportion', () => {
    const { run } = client({ mode: 'last_byte', inflight: false }, { 1: [5, 100], 2: [5, 200] }, 4);
    expect([run(), run(), run(), run()]).toEqual([2, 1, 2, 2]);
  });

  test('inflight: a server that keeps a request waiting is avoided before it answers', () => {
    const slow = client({ mode: 'last_byte', inflight: true }, { 1: [5, 20], 2: [5, 20] });
    expect(slow.begin().port).toBe(1);
    slow.pass(3000);
    expect([slow.run(), slow.run(), slow.run()]).toEqual([2, 2, 2]);
  });
});
