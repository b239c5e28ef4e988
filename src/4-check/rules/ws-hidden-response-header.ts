import { removeDirective } from '../../1-syntax/edit.ts';
import { headerOf } from '../../explain/causes/set-headers.ts';
import { socketLocation } from '../analysis/socket-example.ts';
import { atSites } from '../analysis/socket-sites.ts';
import { at } from '../context.ts';
import type { Rule } from '../rule.ts';

const rule: Rule = {
  code: 'ws/hidden-response-header',
  severity: 'error',
  title: 'A header that a browser needs is taken from the answer',
  documentation: {
    finds:
      '`proxy_hide_header` for `Upgrade`, `Sec-WebSocket-Accept`, `Sec-WebSocket-Protocol` or `Sec-WebSocket-Extensions` in a location meant for sockets.',
    matters:
      'nginx opens the tunnel, but the browser checks these headers of the 101 and closes: "Error during WebSocket handshake", 1006. Hiding `Connection` has no effect.',
    versions: 'All.',
    references: [
      'https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_hide_header',
      'https://www.rfc-editor.org/rfc/rfc6455#section-4.1',
    ],
  },
  examples: [
    {
      within: 'server',
      config: socketLocation('proxy_hide_header Upgrade;'),
      findings: [{ line: 6, message: 'Upgrade' }],
    },
    { within: 'server', config: socketLocation('proxy_hide_header X-Powered-By;'), findings: [] },
  ],
  check: (context) =>
    atSites(context, function* ({ block }) {
      const passed = block.effective('proxy_pass_header').directives.map(headerOf);
      for (const hide of block.effective('proxy_hide_header').directives) {
        const name = headerOf(hide);
        if (!needed.has(name) || passed.includes(name)) continue;
        yield {
          ...at(hide),
          severity: name === 'upgrade' || name === 'sec-websocket-accept' ? 'error' : 'warning',
          message: `${hide.values[0]!} is taken from the 101, and the browser closes the socket`,
          detail: 'People see: "Error during WebSocket handshake", close code 1006.',
          fixes: [{ title: `Remove it`, edits: [removeDirective(hide.node)] }],
          help: 'Remove it.',
        };
      }
    }),
};

const needed: ReadonlySet<string> = new Set([
  ...['upgrade', 'sec-websocket-accept', 'sec-websocket-protocol', 'sec-websocket-extensions'],
]);

export default rule;
