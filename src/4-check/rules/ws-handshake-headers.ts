import { removeDirective } from '../../1-syntax/edit.ts';
import { headerOf } from '../../explain/causes/set-headers.ts';
import { socketLocation } from '../analysis/socket-example.ts';
import { atSites } from '../analysis/socket-sites.ts';
import { causeFindings } from '../analysis/sockets.ts';
import { at } from '../context.ts';
import type { Rule } from '../rule.ts';

const rule: Rule = {
  code: 'ws/handshake-headers',
  severity: 'error',
  title: 'The configuration takes `Sec-WebSocket-*` away',
  documentation: {
    finds:
      '`proxy_pass_request_headers off`, or a `proxy_set_header` of `Sec-WebSocket-Key` or `Sec-WebSocket-Version`, in a location meant for sockets; as a warning, `proxy_set_header Sec-WebSocket-Protocol ""`.',
    matters:
      'The server needs the key and version that the client sent; without them it answers 400. Without the subprotocols that it offers (MQTT, STOMP, GraphQL) it chooses none, and a browser that asked for one closes the socket.',
    versions: 'All.',
    references: [
      'https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_pass_request_headers',
      'https://www.rfc-editor.org/rfc/rfc6455#section-4.2.1',
    ],
  },
  examples: [
    {
      within: 'server',
      config: socketLocation('proxy_pass_request_headers off;'),
      findings: [{ line: 6, message: 'Sec-WebSocket-Key' }],
    },
    {
      within: 'server',
      config: socketLocation('proxy_set_header Sec-WebSocket-Protocol "";'),
      findings: [{ line: 6, message: 'Sec-WebSocket-Protocol' }],
    },
    {
      within: 'server',
      config: socketLocation(),
      findings: [],
    },
  ],
  *check(context) {
    yield* causeFindings(context, 'ws/handshake-headers');
    yield* atSites(context, function* ({ block }) {
      for (const set of block.effective('proxy_set_header').directives) {
        if (headerOf(set) !== 'sec-websocket-protocol' || set.values[1] !== '') continue;
        yield {
          ...at(set),
          severity: 'warning',
          message:
            'Sec-WebSocket-Protocol is taken from the request: a browser that asks for a subprotocol closes the socket',
          detail:
            'People see: "Sent non-empty \'Sec-WebSocket-Protocol\' header but no response was received", close code 1006.',
          fixes: [{ title: 'Remove it', edits: [removeDirective(set.node)] }],
          help: 'Remove it: nginx passes the header on by itself.',
        };
      }
    });
  },
};

export default rule;
