import type { Plan } from '../../3-plan/schema.ts';
import type { EchoBackends } from '../../runtime/echo/backends.ts';
import { displayText } from '../../report/text.ts';

/** What is printed once the sockets listen: where to go and what to try. */
export function greeting(plan: Plan, file: string, backends: EchoBackends | null): string {
  const lines = [`serving ${file} as nginx ${plan.target}`];
  const addresses = addressesOf(plan);
  for (const address of addresses) lines.push(`  ${address}`);
  if (backends !== null) lines.push('', ...echoLines(backends));
  const first = addresses[0];
  if (first !== undefined && backends !== null && backends.started.length > 0) {
    lines.push(
      '',
      `Open ${first} in a browser: the page opens a WebSocket through this proxy and shows what the backend saw.`,
      `Or ask for it: curl ${first}`,
      `Then take a line out of the configuration and see: hopwright explain ${file.endsWith('.json') ? 'CONF' : file} ${first.replace(/^http/, 'ws')}`,
    );
  }
  lines.push('', 'Ctrl-C ends it; kill -HUP reads the configuration again.', '');
  return `${lines.join('\n')}\n`;
}

/** One address for each listener, with the path of its first location that passes requests on. */
function addressesOf(plan: Plan): string[] {
  const { listens = [], servers = [], locations = [] } = plan.http ?? {};
  return listens.map((listen) => {
    if (listen.path !== '') return `unix:${listen.path}`;
    const server = servers[listen.default];
    const location = locations.find(
      (one) =>
        listen.servers.includes(one.server) &&
        one.content?.kind === 'proxy' &&
        (one.kind === 'prefix' || one.kind === 'exact'),
    );
    const name =
      server?.names.find((one) => !one.regex && /^[a-z0-9.-]*localhost$/.test(one.name))?.name ??
      hostOf(listen);
    const port = listen.port === (listen.ssl ? 443 : 80) ? '' : `:${listen.port}`;
    return `${listen.ssl ? 'https' : 'http'}://${name}${port}${displayText(location?.name ?? '/')}`;
  });
}

function hostOf({ address, wildcard }: { readonly address: string; readonly wildcard: boolean }): string {
  if (wildcard) return 'localhost';
  return address.includes(':') ? `[${address}]` : address;
}

function echoLines({ started, skipped }: EchoBackends): string[] {
  const text = (address: EchoBackends['started'][number]): string =>
    'path' in address ? `unix:${address.path}` : `${address.host}:${address.port}`;
  const reasons: Readonly<Record<string, string>> = {
    EADDRINUSE: 'something listens there already, so requests go to it',
    EADDRNOTAVAIL: 'not on this machine',
  };
  return [
    ...started.map((address) => `  echo backend on ${text(address)}`),
    ...skipped.map(({ address, code }) => `  no echo backend on ${text(address)}: ${reasons[code] ?? code}`),
  ];
}
