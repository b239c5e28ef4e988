import type { Engine } from '../engine/api.ts';

/** How a listener's address is written: `127.0.0.1:80`, `[::1]:80`, `unix:/path`. */
export function nameOfListen(listen: {
  readonly address: string;
  readonly port: number;
  readonly path: string;
}): string {
  if (listen.path !== '') return `unix:${listen.path}`;
  return listen.address.includes(':')
    ? `[${listen.address}]:${listen.port}`
    : `${listen.address}:${listen.port}`;
}

/** The listener of the same configuration that an upstream's address leads to; null when it leads elsewhere. */
export function listenerAt(engine: Engine, address: string): number | null {
  const listens = engine.plan.http!.listens;
  const exact = listens.findIndex((one) => nameOfListen(one) === address);
  if (exact !== -1) return exact;
  const port = /^(?:127\.[\d.]+|\[::1\]):(\d+)$/.exec(address)?.[1];
  if (port === undefined) return null;
  const wildcard = listens.findIndex((one) => one.wildcard && one.port === Number(port) && one.path === '');
  return wildcard === -1 ? null : wildcard;
}
