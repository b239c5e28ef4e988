import { insertAfter } from '../../1-syntax/edit.ts';
import { isOn } from '../../nginx/values/flag.ts';
import { socketLocation } from '../analysis/socket-example.ts';
import { atSites } from '../analysis/socket-sites.ts';
import { upstreamOf } from '../analysis/upstream-of.ts';
import { at } from '../context.ts';
import type { Rule } from '../rule.ts';

const rule: Rule = {
  code: 'ws/tls-server-name',
  severity: 'warning',
  title: 'A TLS upstream of a socket is not told which name is meant',
  documentation: {
    finds:
      'A `proxy_pass https://…` with a name, in a location meant for sockets, without `proxy_ssl_server_name on`.',
    matters:
      'nginx sends no SNI by default. Servers with several certificates, and everything behind a CDN, refuse the connection or answer for another name: 502 ("SSL_do_handshake() failed").',
    versions: 'All.',
    references: ['https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_ssl_server_name'],
  },
  examples: [
    {
      within: 'server',
      config: socketLocation().replace('http://127.0.0.1:9000', 'https://chat.example.com'),
      findings: [{ line: 2, message: 'chat.example.com' }],
    },
    {
      within: 'server',
      config: socketLocation('proxy_ssl_server_name on;').replace(
        'http://127.0.0.1:9000',
        'https://chat.example.com',
      ),
      findings: [],
    },
  ],
  check: (context) =>
    atSites(context, function* ({ block, pass }) {
      const host = /^https:\/\/([^/:]+)/i.exec(pass?.values[0] ?? '')?.[1];
      if (host === undefined || /^[\d.]+$|^\[|^unix$|^localhost$/i.test(host)) return;
      const set = block.effective('proxy_ssl_server_name').directives.at(-1);
      if (isOn(set)) return;
      const upstream = upstreamOf(context, pass);
      const named = upstream
        ?.own('server')
        .some(({ values }) => /[a-z]/i.test(values[0] ?? '') && !/^(unix:|localhost)/.test(values[0]!));
      if (upstream !== null && named !== true) return;
      yield {
        ...at(set ?? pass),
        message: `the TLS connection to ${host} is opened without a server name (SNI)`,
        detail: 'People see: 502, and "SSL_do_handshake() failed" in the error log.',
        fixes:
          upstream === null && set === undefined
            ? [
                {
                  title: 'Send the server name',
                  edits: [insertAfter(pass.node, ['proxy_ssl_server_name on;'])],
                },
              ]
            : [],
        help:
          upstream === null
            ? 'Add "proxy_ssl_server_name on;".'
            : 'Add "proxy_ssl_server_name on;", and proxy_ssl_name with the name of the server.',
      };
    }),
};

export default rule;
