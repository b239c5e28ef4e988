import { socketLocation } from '../analysis/socket-example.ts';
import { socketSites } from '../analysis/socket-sites.ts';
import { at } from '../context.ts';
import type { Rule } from '../rule.ts';

const rule: Rule = {
  code: 'ws/worker-connections',
  severity: 'info',
  title: 'Few sockets fit into a worker',
  documentation: {
    finds:
      '`worker_connections` below 1024 (default 512) where sockets are served. A tunnel takes two connections for its whole life.',
    matters:
      'When they are used up nginx refuses every client: "worker_connections are not enough" in the error log.',
    versions: 'All.',
    references: ['https://nginx.org/en/docs/ngx_core_module.html#worker_connections'],
  },
  options: {
    connections: { describe: 'Smaller numbers are reported.', default: 1024 },
  },
  examples: [
    {
      config: `events {}\nhttp {\nserver {\n${socketLocation()}}\n}\n`,
      findings: [{ line: 1, message: '256 sockets' }],
    },
    {
      config: `events {\n    worker_connections 8192;\n}\nhttp {\nserver {\n${socketLocation()}}\n}\n`,
      findings: [],
    },
  ],
  *check(context) {
    if (!context.shared(socketSites).some(({ pass }) => pass !== null)) return;
    const events = context.blocks('events')[0];
    if (events?.directive == null) return;
    const set = events.own('worker_connections').at(-1);
    const count = set === undefined ? 512 : Number(set.values[0]);
    if (!(count < context.number('connections'))) return;
    yield {
      ...at(set ?? events.directive),
      message: `at most ${Math.floor(count / 2)} sockets fit into a worker: each takes two of its ${count} connections${set === undefined ? ' (the default)' : ''}`,
      detail: 'People see: refused connections, and "worker_connections are not enough" in the error log.',
      help: 'Raise worker_connections, and worker_rlimit_nofile with it.',
    };
  },
};

export default rule;
