import { setsHeader } from '../../explain/causes/set-headers.ts';
import { upstreamOf } from '../analysis/upstream-of.ts';
import { socketLocation } from '../analysis/socket-example.ts';
import { at, type CheckContext } from '../context.ts';
import { onceForSites } from '../analysis/once.ts';
import type { Finding, Rule } from '../rule.ts';

const rule: Rule = {
  code: 'ws/host-not-preserved',
  severity: 'info',
  title: 'The upstream of a socket does not see the name people connect to',
  documentation: {
    finds:
      "A location meant for sockets that sends `Host: $proxy_host` (the default) or a literal to a server of one's own, so that `Host` and `Origin` differ.",
    matters:
      'Many socket servers compare `Origin` with `Host` and refuse the handshake with 403 when they differ (gorilla/websocket, Tornado and Jupyter, Action Cable, Phoenix, Grafana). It depends on the application.',
    versions: 'All.',
    references: ['https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_set_header'],
  },
  examples: [
    { within: 'server', config: socketLocation(), findings: [{ line: 2, message: 'Host' }] },
    { within: 'server', config: socketLocation('proxy_set_header Host $host;'), findings: [] },
  ],
  check: findings,
};

function findings(context: CheckContext): Generator<Finding> {
  return onceForSites(context, function* ({ pass, headers }) {
    const url = pass.values[0] ?? '';
    // Foreign services want their own name.
    if (/^https:/i.test(url) && upstreamOf(context, pass) === null) return;
    const host = headers.findLast((one) => setsHeader(one, 'host'));
    const value = host?.values[1] ?? '$proxy_host';
    if (value !== '' && value !== '$proxy_host') return;
    yield {
      ...at(host ?? pass),
      message:
        'Host is the name in proxy_pass, not the one people connect to: servers that compare Origin with Host refuse the handshake',
      detail: 'It depends on the application. People see: 403, "origin not allowed".',
      help: 'Add "proxy_set_header Host $host;" beside the other headers.',
    };
  });
}

export default rule;
