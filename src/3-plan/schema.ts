import type { infer as Infer } from 'zod';
import { z } from './schema/z.ts';
import { errorLogTarget } from './schema/core.ts';
import { cachePath } from './schema/cache.ts';
import { gatewayPass } from './schema/gateways.ts';
import { proxyPass } from './schema/proxy.ts';
import { rewriteStep } from './schema/rewrite.ts';
import type { WrittenSettings } from './schema/setting.ts';
import { origin, regex, settingsSchema, template } from './schema/setting.ts';
import type { ModuleName, ModuleSettings } from './schema/tables.ts';
import { tables } from './schema/tables.ts';
import { upstream } from './schema/upstream.ts';

export type { PlanUpstream } from './schema/upstream.ts';

/** Raised when an older runtime could misread a newer plan. */
export const planVersion = 1;

const groups = Object.fromEntries(
  Object.entries(tables).map(([name, table]) => [name, z.array(settingsSchema(table))]),
);
const groupIndexes = Object.fromEntries(Object.keys(tables).map((name) => [name, z.int().min(0).optional()]));

/** One address that servers listen on; `servers` in order of the configuration. */
export const listen = z.strictObject({
  /** IPv4 or IPv6 address without brackets; '' for unix sockets. */
  address: z.string(),
  port: z.int(),
  /** Path of a unix socket, else ''. */
  path: z.string(),
  wildcard: z.boolean(),
  /** False: connections come through the wildcard socket of the same port. */
  bind: z.boolean(),
  servers: z.array(z.int()),
  default: z.int(),
  ssl: z.boolean(),
  proxyProtocol: z.boolean(),
  ipv6only: z.boolean(),
  reuseport: z.boolean(),
  /** -1: the system's default. */
  backlog: z.int(),
  /** Other socket options as written, e.g. `so_keepalive=on`, `rcvbuf=8k`. */
  options: z.array(z.string()),
  origin,
});
export type Listen = Infer<typeof listen>;

export const serverName = z.strictObject({
  /** Lower case, as written: `example.com`, `*.example.com`, `.example.com`, `www.*`, ''. For a regex its pattern without `~`. */
  name: z.string(),
  regex: z.boolean(),
  origin,
});

export const server = z.strictObject({
  names: z.array(serverName),
  listens: z.array(z.int()),
  /** The pseudo location with what applies before a location is found. */
  location: z.int(),
  origin,
});
export type Server = Infer<typeof server>;

export const tryFiles = z.strictObject({
  /** All but the last; `directory` for names that ended with `/`. */
  files: z.array(z.strictObject({ path: template, directory: z.boolean() })),
  /** The last: `=code` (then `status` is not 0), `@named` or a URI. */
  fallback: template,
  status: z.int(),
  origin,
});

export const content = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('proxy'), pass: proxyPass }),
  /** `tunnel_pass`: an upstream of the plan, or (-1) host and port from variables. */
  z.strictObject({
    kind: z.literal('tunnel'),
    upstream: z.int().min(-1),
    url: template.nullable(),
    origin,
  }),
  gatewayPass,
  z.strictObject({ kind: z.literal('stub_status'), origin }),
  z.strictObject({ kind: z.literal('empty_gif'), origin }),
  z.strictObject({ kind: z.literal('flv'), origin }),
  z.strictObject({ kind: z.literal('mp4'), origin }),
  /** Content handlers of protocols that are not implemented; `directive` says which. Requests get 500. */
  z.strictObject({ kind: z.literal('unsupported'), directive: z.string(), origin }),
]);
export type Content = Infer<typeof content>;

export const location = z.strictObject({
  kind: z.enum(['server', 'prefix', 'exact', 'regex', 'named', 'if', 'limit_except']),
  /** Prefix, exact name or `@name`; the pattern of a regex; '' for the others. */
  name: z.string(),
  /** `^~`. */
  noRegex: z.boolean(),
  caseless: z.boolean(),
  /** A prefix location whose name ends with `/` and that passes requests on: the name without it gets a redirect. */
  autoRedirect: z.boolean(),
  server: z.int(),
  /** The location that this one was written in; -1 for a server's own. */
  parent: z.int().min(-1),
  settings: z.strictObject(groupIndexes),
  rewrite: z.array(rewriteStep),
  tryFiles: tryFiles.nullable(),
  content: content.nullable(),
  /** `limit_except`: the methods that are let through, and where the settings for the others are. */
  limitExcept: z.strictObject({ methods: z.array(z.string()), location: z.int() }).nullable(),
  origin,
});
export type Location = Omit<Infer<typeof location>, 'settings'> & {
  settings: Partial<Record<ModuleName, number>>;
};

/** `map`, `geo` and `split_clients` define variables. */
export const map = z.strictObject({
  variable: z.string(),
  source: template,
  hostnames: z.boolean(),
  volatile: z.boolean(),
  default: template,
  /** Keys in order of writing; the last of equal ones never occurs (nginx refuses them). */
  entries: z.array(
    z.strictObject({
      key: z.union([z.string(), regex]),
      /** A key behind `hostnames`: its `*.` and `.*` are wildcards. */
      hostname: z.boolean(),
      value: template,
      origin,
    }),
  ),
  origin,
});
export const geo = z.strictObject({
  variable: z.string(),
  source: template,
  ranges: z.boolean(),
  default: z.string(),
  proxies: z.array(z.string()),
  proxyRecursive: z.boolean(),
  volatile: z.boolean(),
  /** In their order; a value of null deletes what was said for this very network. */
  entries: z.array(z.strictObject({ network: z.string(), value: z.string().nullable(), origin })),
  origin,
});
export const splitClients = z.strictObject({
  variable: z.string(),
  source: template,
  /** Hundredths of a percent; the last one with `*` has what is left (-1). */
  parts: z.array(z.strictObject({ percent: z.int(), value: z.string() })),
  origin,
});

/** `charset_map`: characters of two charsets, a byte of the first and the bytes (latin1) of the second for it. */
export const charsetMap = z.strictObject({
  source: z.string(),
  destination: z.string(),
  entries: z.array(z.strictObject({ byte: z.int(), bytes: z.string() })),
  origin,
});

export const resolver = z.strictObject({
  addresses: z.array(z.string()),
  /** Seconds; 0: by the answers' TTL. */
  valid: z.int(),
  ipv4: z.boolean(),
  ipv6: z.boolean(),
  origin,
});

/** Where log lines go; `variable`: to a file whose name is known for each request. */
const logDestination = z.strictObject({
  kind: z.enum(['file', 'stderr', 'syslog', 'memory', 'variable']),
  path: z.string(),
  /** Bytes and milliseconds; 0: unbuffered. For `memory` its size. */
  buffer: z.int(),
  flush: z.int(),
  /** Compression level, 0: none. */
  gzip: z.int(),
  syslog: z
    .strictObject({
      /** IP address, or `unix:` and a path. */
      address: z.string(),
      port: z.int(),
      /** Numbers of RFC 3164, 4.1.1. */
      facility: z.int(),
      severity: z.int(),
      tag: z.string(),
      noHostname: z.boolean(),
    })
    .nullable(),
  origin,
});

const logFormat = z.strictObject({
  name: z.string(),
  escape: z.enum(['default', 'json', 'none']),
  format: template,
  origin,
});

/** The main and events contexts. */
const processSettings = z.strictObject({
  user: z.string(),
  group: z.string(),
  /** 0: `auto`. */
  workerProcesses: z.int(),
  workerConnections: z.int(),
  workerRlimitNofile: z.int(),
  workerShutdownTimeout: z.int(),
  daemon: z.boolean(),
  masterProcess: z.boolean(),
  pid: z.string(),
  lockFile: z.string(),
  errorLog: z.array(errorLogTarget),
  env: z.array(z.string()),
  workingDirectory: z.string(),
  multiAccept: z.boolean(),
  /** `ssl_object_cache_inheritable`. */
  inheritTlsFiles: z.boolean(),
  /** `debug_connection`: addresses, networks and `unix:`. */
  debugConnections: z.array(z.string()),
});

export const notImplemented = z.strictObject({
  directive: z.string(),
  module: z.string(),
  /** `changes`: clients would get something else; such a plan is served only on demand. */
  effect: z.enum(['changes', 'tuning']),
  origin,
});

export const http = z.strictObject({
  listens: z.array(listen),
  servers: z.array(server),
  locations: z.array(location),
  settings: z.strictObject(groups),
  upstreams: z.array(upstream),
  maps: z.array(map),
  geos: z.array(geo),
  splitClients: z.array(splitClients),
  charsetMaps: z.array(charsetMap),
  /** Names that `set`, captures of regexes and `auth_request_set` define. */
  variables: z.array(z.string()),
  /** Those that `set` made: they are empty, not unknown, before they have a value. */
  setVariables: z.array(z.string()),
  resolvers: z.array(resolver),
  accessLogs: z.array(logDestination),
  logFormats: z.array(logFormat),
  /** Shared memory that a module counts in: `limit_req_zone` and `limit_conn_zone`. */
  zones: z.array(
    z.strictObject({
      kind: z.string(),
      name: z.string(),
      size: z.int(),
      key: template.nullable(),
      rate: z.int(),
      origin,
    }),
  ),
  caches: z.array(cachePath),
});

export const plan = z.strictObject({
  planVersion: z.literal(planVersion),
  /** The nginx version whose behaviour this is. */
  target: z.string(),
  prefix: z.string(),
  /** Names of the files of the configuration. */
  files: z.array(z.string()),
  /** Places in them: file (index), line, column, one after the other. */
  origins: z.array(z.int()),
  process: processSettings,
  errorLogs: z.array(logDestination),
  http: http.nullable(),
  notImplemented: z.array(notImplemented),
});

export type HttpPlan = Omit<Infer<typeof http>, 'locations' | 'settings'> & {
  locations: Location[];
  settings: { [Name in ModuleName]: WrittenSettings<(typeof tables)[Name]>[] };
};
export type Plan = Omit<Infer<typeof plan>, 'http'> & { http: HttpPlan | null };
export type ProxySettings = ModuleSettings<'proxy'>;
export type { ModuleName, ModuleSettings };
export type { Template, PlanRegex } from './schema/setting.ts';
export type { CachePath } from './schema/cache.ts';
export type { RewriteStep, Condition } from './schema/rewrite.ts';
