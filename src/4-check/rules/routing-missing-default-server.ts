import type { ResolvedBlock } from '../../2-resolve/resolved-config.ts';
import { isLocal, listensOf } from '../analysis/listens.ts';
import { at, related } from '../context.ts';
import type { Rule } from '../rule.ts';

const rule: Rule = {
  code: 'routing/missing-default-server',
  severity: 'info',
  title: 'Several servers on a socket, none is the default',
  documentation: {
    finds:
      'A socket with two or more servers that all have names, and no `default_server` on any of their `listen`s.',
    matters:
      'Requests with an unknown `Host`, or none, go to whichever server nginx reads first. With `conf.d/*.conf` that is the first file by name: a new file can change who answers.',
    versions: 'All.',
    references: ['https://nginx.org/en/docs/http/request_processing.html'],
  },
  examples: [
    {
      within: 'http',
      config: 'server {\n    server_name a.example;\n}\nserver {\n    server_name b.example;\n}\n',
      findings: [{ line: 1, message: 'by chance' }],
    },
    {
      within: 'http',
      config:
        'server {\n    listen 80 default_server;\n    return 404;\n}\nserver {\n    server_name b.example;\n}\n',
      findings: [],
    },
  ],
  *check(context) {
    const sockets = new Map<string, { servers: ResolvedBlock[]; hasDefault: boolean }>();
    for (const server of context.blocks('server'))
      for (const { address, parameters } of listensOf(server)) {
        let socket = sockets.get(address);
        if (socket === undefined) sockets.set(address, (socket = { servers: [], hasDefault: false }));
        socket.servers.push(server);
        socket.hasDefault ||= parameters.has('default_server') || parameters.has('default');
      }
    for (const [address, { servers, hasDefault }] of sockets) {
      const [first, second] = servers;
      if (
        isLocal(address) ||
        hasDefault ||
        second === undefined ||
        first?.directive == null ||
        second.directive === null
      )
        continue;
      // A first server without a name, or with the name that no client sends, is a default on purpose.
      const names = first.own('server_name').flatMap((one) => one.values);
      if (names.length === 0 || names.some((name) => name === '_' || name === '')) continue;
      yield {
        ...at(first.directive),
        message: `this server answers unknown hosts on ${address} by chance: it is the first of ${servers.length}, and none is default_server`,
        related: [related(second.directive, 'another server on the same socket')],
        help: 'Mark one with default_server, or add one that answers 444 or rejects the handshake.',
      };
    }
  },
};

export default rule;
