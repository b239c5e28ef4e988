import { listensOf } from '../analysis/listens.ts';
import { socketLocation } from '../analysis/socket-example.ts';
import { atSites, serverOf } from '../analysis/socket-sites.ts';
import { at } from '../context.ts';
import type { Rule } from '../rule.ts';

const rule: Rule = {
  code: 'ws/h2-only',
  severity: 'info',
  title: 'No listener speaks HTTP/1.1 here',
  documentation: {
    finds:
      'A location meant for sockets in a server whose listeners are all QUIC, or HTTP/2 without TLS before 1.25.1.',
    matters:
      'nginx opens tunnels for HTTP/1.1 clients alone: it has no RFC 8441 and no RFC 9220. Browsers open an HTTP/1.1 connection for a socket, and find nobody.',
    versions: 'All. With TLS a listener for HTTP/2 speaks HTTP/1.1 too; without TLS since 1.25.1.',
    references: [
      'https://www.rfc-editor.org/rfc/rfc8441',
      'https://nginx.org/en/docs/http/ngx_http_v2_module.html',
    ],
  },
  examples: [
    {
      within: 'http',
      target: '1.22.1',
      config: `server {\nlisten 8080 http2;\n${socketLocation()}}\n`,
      findings: [{ line: 3, message: 'HTTP/1.1' }],
    },
    {
      within: 'http',
      target: '1.22.1',
      config: `server {\nlisten 8080 http2;\nlisten 8081;\n${socketLocation()}}\n`,
      findings: [],
    },
  ],
  check: (context) =>
    atSites(context, function* ({ block }) {
      const server = serverOf(block);
      if (server === null) return;
      const only = listensOf(server).every(
        ({ parameters }) =>
          parameters.has('quic') ||
          (parameters.has('http2') && !parameters.has('ssl') && !context.versions.reaches('1.25.1')),
      );
      if (!only) return;
      yield {
        ...at(block.directive!),
        message: 'no listener of this server speaks HTTP/1.1, and nginx has no sockets over HTTP/2 or HTTP/3',
        help: 'Add a listener for HTTP/1.1.',
      };
    }),
};

export default rule;
