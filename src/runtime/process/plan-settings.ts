import { availableParallelism } from 'node:os';
import type { Listen, Plan } from '../../3-plan/schema.ts';
import { tempFolder } from '../files/temp-folders.ts';
import type { AcceptSettings } from '../listen/acceptor.ts';
import type { ListenAddress } from '../listen/listening-socket.ts';
import { resolversOf } from '../resolver/plan-resolvers.ts';
import { settingsReader, targetIsAtLeast } from '../settings.ts';
import { accessLogTarget, errorLogTargets } from './log-targets.ts';
import type { ProcessSettings } from './settings.ts';
import { tlsServerSettings } from './tls-settings.ts';

export { accessLogTarget, errorLogTargets } from './log-targets.ts';

/** What a plan says about the process that serves it. */
export function settingsOf(plan: Plan): ProcessSettings {
  const { process: own } = plan;
  return {
    daemon: own.daemon,
    workers: own.workerProcesses === 0 ? availableParallelism() : own.workerProcesses,
    master: own.masterProcess,
    pidFile: own.pid === '' ? null : own.pid,
    runAs: own.user === '' ? null : { user: own.user, group: own.group === '' ? null : own.group },
    fileLimit: own.workerRlimitNofile > 0 ? own.workerRlimitNofile : null,
    shutdownTimeout: own.workerShutdownTimeout,
    workingDirectory: own.workingDirectory === '' ? null : own.workingDirectory,
    environment: own.env.flatMap((text) => {
      const at = text.indexOf('=');
      return at === -1 ? [] : [[text.slice(0, at), text.slice(at + 1)] as const];
    }),
    errorLog: errorLogTargets(plan, own.errorLog),
    logFiles: logFiles(plan),
    tempPaths: tempPaths(plan),
    sockets: sockets(plan),
    inheritTlsFiles: own.inheritTlsFiles,
    tlsServers: tlsServers(plan),
  };
}

function logFiles(plan: Plan): string[] {
  const accessLogs = (plan.http?.accessLogs ?? []).filter((log) => accessLogTarget(log) !== null);
  const destinations = [...plan.errorLogs, ...accessLogs];
  return [...new Set(destinations.filter(({ kind }) => kind === 'file').map(({ path }) => path))];
}

/** The directories that bodies and answers are put into. */
function tempPaths(plan: Plan): string[] {
  const core = settingsReader(plan, 'core');
  const proxy = settingsReader(plan, 'proxy');
  const fastcgi = settingsReader(plan, 'fastcgi');
  const uwsgi = settingsReader(plan, 'uwsgi');
  const scgi = settingsReader(plan, 'scgi');
  const paths = (plan.http?.locations ?? []).flatMap((location) => [
    tempFolder(core(location).client_body_temp_path.path),
    tempFolder(proxy(location).proxy_temp_path.path),
    tempFolder(fastcgi(location).fastcgi_temp_path.path),
    tempFolder(uwsgi(location).uwsgi_temp_path.path),
    tempFolder(scgi(location).scgi_temp_path.path),
  ]);
  return [...new Set([...paths, ...(plan.http?.caches ?? []).map(({ path }) => path)])];
}

function tlsServers(plan: Plan): ProcessSettings['tlsServers'] {
  const { http } = plan;
  const ssl = settingsReader(plan, 'ssl');
  const core = settingsReader(plan, 'core');
  const resolvers = resolversOf(plan);
  const protocols = targetIsAtLeast(plan, '1.23.4')
    ? ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3']
    : ['TLSv1', 'TLSv1.1', 'TLSv1.2'];
  return (http?.servers ?? []).map((server) => {
    const location = http!.locations[server.location]!;
    const { resolver, resolver_timeout: resolverTimeout } = core(location);
    return tlsServerSettings(ssl(location), protocols, {
      resolver: resolvers[resolver] ?? null,
      resolverTimeout,
    });
  });
}

function sockets(plan: Plan): AcceptSettings[] {
  const { http } = plan;
  if (http === null) return [];
  const core = settingsReader(plan, 'core');
  return http.listens.flatMap((listen, index) => {
    if (!listen.bind) return [];
    const server = http.servers[listen.default]!;
    const address = listenAddress(listen);
    return [
      {
        address,
        listen: index,
        local: localAddress(listen),
        proxyProtocol: listen.proxyProtocol,
        tls: listen.ssl,
        timeout: core(http.locations[server.location]!).client_header_timeout,
      },
    ];
  });
}

function localAddress({ address, port, path, wildcard }: Listen): AcceptSettings['local'] {
  if (path !== '') return { address: `unix:${path}`, port: 0 };
  return wildcard ? null : { address, port };
}

function listenAddress(listen: Listen): ListenAddress {
  const { address, port, path, backlog, ipv6only, reuseport, options } = listen;
  const host = address.includes(':') ? `[${address}]` : address;
  return {
    text: path === '' ? `${host}:${port}` : `unix:${path}`,
    host: path === '' ? address : null,
    port,
    path: path === '' ? null : path,
    backlog: backlog === -1 ? null : backlog,
    ipv6Only: ipv6only,
    reusePort: reuseport,
    ...keepAlive(options),
  };
}

/** `so_keepalive=on|off|[idle]:[interval]:[count]`; Node sets the idle time alone. */
function keepAlive(options: readonly string[]): Pick<ListenAddress, 'keepAlive' | 'keepAliveIdle'> {
  const value = options.find((option) => option.startsWith('so_keepalive='))?.slice('so_keepalive='.length);
  if (value === undefined || value === 'off')
    return { keepAlive: value === undefined ? null : false, keepAliveIdle: null };
  const [, amount, unit] = /^(\d+)(m|s)?:/.exec(value) ?? [];
  return {
    keepAlive: true,
    keepAliveIdle: amount === undefined ? null : Number(amount) * (unit === 'm' ? 60 : 1),
  };
}
