import type { ConnectionOptions } from 'node:tls';
export function upstreamTls(_tls: unknown, _name: string): ConnectionOptions { return {}; }
