import type { PeerSettings } from '../../../src/engine/upstream/peers.ts';

/** A server of an upstream block at that port of 127.0.0.1, with the defaults of nginx where `changes` says nothing. */
export function server(port: number, changes: Partial<PeerSettings> = {}): PeerSettings {
  const name = `127.0.0.1:${port}`;
  return {
    peer: { name, host: '127.0.0.1', port, path: '' },
    server: name,
    weight: 1,
    maxFails: 1,
    failTimeout: 10,
    maxConns: 0,
    down: false,
    drain: false,
    sid: '',
    backup: false,
    ...changes,
  };
}
