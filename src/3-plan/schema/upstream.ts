import type { infer as Infer } from 'zod';
import { origin, template } from './setting.ts';
import { z } from './z.ts';

const upstreamAddress = z.strictObject({
  host: z.string(),
  port: z.int(),
  /** Of a unix socket, else ''. */
  path: z.string(),
  /** As `$upstream_addr` shows it. */
  name: z.string(),
});
export type UpstreamAddress = Infer<typeof upstreamAddress>;

const upstreamServer = z.strictObject({
  /** As written, e.g. `backend.example.com:8080`. */
  name: z.string(),
  /** Where to connect; empty for names, which the runtime looks up. */
  addresses: z.array(upstreamAddress),
  weight: z.int(),
  maxConns: z.int(),
  maxFails: z.int(),
  /** Milliseconds. */
  failTimeout: z.int(),
  backup: z.boolean(),
  down: z.boolean(),
  resolve: z.boolean(),
  service: z.string(),
  /** `route=`. */
  route: z.string(),
  drain: z.boolean(),
  origin,
});

export type UpstreamServer = Infer<typeof upstreamServer>;

const balance = z.discriminatedUnion('method', [
  z.strictObject({ method: z.literal('round_robin') }),
  z.strictObject({ method: z.literal('least_conn') }),
  z.strictObject({ method: z.literal('ip_hash') }),
  z.strictObject({ method: z.literal('hash'), key: template, consistent: z.boolean() }),
  z.strictObject({ method: z.literal('random'), two: z.boolean() }),
  z.strictObject({
    method: z.literal('least_time'),
    mode: z.enum(['header', 'last_byte']),
    inflight: z.boolean(),
  }),
]);

/** `sticky`: how a client comes back to the server it had. `lookup` and `create` are names of variables. */
const sticky = z.discriminatedUnion('mode', [
  z.strictObject({
    mode: z.literal('cookie'),
    name: z.string(),
    domain: template.nullable(),
    path: z.string(),
    /** Seconds; null: for the browser's session. */
    expires: z.union([z.int(), z.literal('max')]).nullable(),
    httponly: z.boolean(),
    secure: z.boolean(),
    samesite: template.nullable(),
  }),
  z.strictObject({ mode: z.literal('route'), lookup: z.array(z.string()) }),
  z.strictObject({
    mode: z.literal('learn'),
    zone: z.string(),
    /** Bytes. */
    size: z.int(),
    /** Milliseconds. */
    timeout: z.int(),
    create: z.array(z.string()),
    lookup: z.array(z.string()),
    /** A session is learned from the head of the answer, not at its end. */
    header: z.boolean(),
  }),
]);
export type PlanSticky = Infer<typeof sticky>;

export const upstream = z.strictObject({
  /** The name, or host:port of a bare address in `proxy_pass`. */
  name: z.string(),
  /** Written as `upstream { }`; false for an address in `proxy_pass`. */
  explicit: z.boolean(),
  port: z.int(),
  servers: z.array(upstreamServer),
  balance,
  sticky: sticky.nullable(),
  /** Null when connections are not kept. */
  keepalive: z
    .strictObject({
      connections: z.int(),
      requests: z.int(),
      time: z.int(),
      timeout: z.int(),
      local: z.boolean(),
    })
    .nullable(),
  zone: z.string(),
  resolver: z.int().min(-1),
  /** Milliseconds. */
  resolverTimeout: z.int(),
  origin,
});
export type PlanUpstream = Infer<typeof upstream>;

/** A server with nothing but a name and addresses: what ngx_http_upstream_server has before it reads parameters. */
export function plainServer(name: string, addresses: UpstreamAddress[], origin: number): UpstreamServer {
  return {
    name,
    addresses,
    weight: 1,
    maxConns: 0,
    maxFails: 1,
    failTimeout: 10_000,
    backup: false,
    down: false,
    resolve: false,
    service: '',
    route: '',
    drain: false,
    origin,
  };
}

/** An upstream without servers: what `upstream { }` and the address of a `proxy_pass` begin as. */
export function plainUpstream(
  upstream: Pick<PlanUpstream, 'name' | 'explicit' | 'port' | 'origin'>,
): PlanUpstream {
  return {
    ...upstream,
    servers: [],
    balance: { method: 'round_robin' },
    sticky: null,
    keepalive: null,
    zone: '',
    resolver: -1,
    resolverTimeout: 30_000,
  };
}
