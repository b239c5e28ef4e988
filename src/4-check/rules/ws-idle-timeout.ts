import type { ResolvedBlock } from '../../2-resolve/resolved-config.ts';
import { parseMilliseconds } from '../../text/time.ts';
import { namedSocketLocation, socketLocation } from '../analysis/socket-example.ts';
import { at, type CheckContext } from '../context.ts';
import { onceForSites } from '../analysis/once.ts';
import type { Finding, Rule } from '../rule.ts';

const rule: Rule = {
  code: 'ws/idle-timeout',
  severity: 'warning',
  title: 'An idle socket is closed after a short time',
  documentation: {
    finds:
      'A location meant for sockets whose `proxy_read_timeout` is 60 seconds (the default) or less. Only as information where it is the default, and not at all where the protocol is known to send heartbeats more often.',
    matters:
      'In a tunnel `proxy_read_timeout` runs when neither side sends anything. When it ends nginx closes both connections: browsers report close code 1006, typically after exactly 60 seconds.',
    versions: 'All. Traffic in either direction resets the timeout.',
    references: [
      'https://nginx.org/en/docs/http/websocket.html',
      'https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_read_timeout',
    ],
  },
  options: {
    seconds: { describe: 'Timeouts up to this many seconds are reported.', default: 60 },
  },
  examples: [
    {
      within: 'server',
      config: socketLocation('proxy_read_timeout 10s;'),
      findings: [{ line: 6, message: '10s' }],
    },
    { within: 'server', config: socketLocation(), findings: [{ line: 2, message: '60 seconds' }] },
    { within: 'server', config: socketLocation('proxy_read_timeout 1h;'), findings: [] },
    { within: 'server', config: namedSocketLocation('/socket.io/'), findings: [] },
  ],
  check: findings,
};

function findings(context: CheckContext): Iterable<Finding> {
  const long = context.number('seconds') * 1000;
  return onceForSites(context, ({ block, pass, meant }) => {
    const set = block.effective('proxy_read_timeout').directives.at(-1);
    const time = set === undefined ? defaultTimeout : parseMilliseconds(set.values[0] ?? '');
    if (time === null || time > long || (time >= heartbeat && heartbeats.test(nameOf(block)))) return [];
    const { file, span } = at(set ?? pass);
    const finding: Finding = {
      file,
      span,
      severity: time < long ? 'warning' : 'info',
      message:
        set === undefined
          ? 'an idle socket is closed after 60 seconds: proxy_read_timeout is not set'
          : `an idle socket is closed after ${set.values[0]!}`,
      detail: `The location is meant for sockets (${meant}). People see: close code 1006 when nothing was sent for that long.`,
      help: 'Set "proxy_read_timeout 1h;" here, or let the application send a ping more often.',
    };
    return [finding];
  });
}

function nameOf({ directive }: ResolvedBlock): string {
  return directive?.values.join(' ') ?? '';
}

/** Milliseconds; ngx_http_proxy_module.c, ngx_http_proxy_merge_loc_conf. */
const defaultTimeout = 60_000;

/** Protocols whose libraries send something at least every 30 seconds. */
const heartbeats = /socket\\?\.io|engine\\?\.io|sockjs|signalr|_blazor|cable|phoenix|\/live\/websocket/i;
const heartbeat = 45_000;

export default rule;
