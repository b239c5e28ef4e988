import { at, related } from '../context.ts';
import type { Rule } from '../rule.ts';

const rule: Rule = {
  code: 'limits/open-files',
  severity: 'warning',
  title: 'Fewer open files than connections',
  documentation: {
    finds:
      '`worker_rlimit_nofile` below `worker_connections`, or `worker_connections` above the option `systemLimit` without `worker_rlimit_nofile`.',
    matters:
      'Each connection is an open file, and a proxied one is two. At the limit nginx logs "accept4() failed (24: Too many open files)" and clients wait or are refused.',
    versions: 'All.',
    references: ['https://nginx.org/en/docs/ngx_core_module.html#worker_rlimit_nofile'],
  },
  options: {
    systemLimit: {
      describe: 'Open files that a process may have when nothing is configured.',
      default: 1024,
    },
  },
  examples: [
    {
      config: 'worker_rlimit_nofile 1024;\nevents {\n    worker_connections 4096;\n}\n',
      findings: [{ line: 1, message: '1024' }],
    },
    { config: 'events {\n    worker_connections 4096;\n}\n', findings: [{ line: 2, message: '4096' }] },
    { config: 'worker_rlimit_nofile 16384;\nevents {\n    worker_connections 4096;\n}\n', findings: [] },
  ],
  *check(context) {
    const connections = context.named('worker_connections').at(-1);
    const files = context.named('worker_rlimit_nofile').at(-1);
    const wanted = Number(connections?.values[0]);
    if (connections === undefined || !Number.isFinite(wanted)) return;
    if (files === undefined) {
      if (wanted > context.number('systemLimit'))
        yield {
          ...at(connections),
          severity: 'info',
          message: `${wanted} connections need as many open files, twice as many when proxied; without worker_rlimit_nofile the system's limit decides`,
          help: `Add "worker_rlimit_nofile ${wanted * 2};" (or LimitNOFILE in the service's unit).`,
        };
      return;
    }
    const limit = Number(files.values[0]);
    if (limit < wanted)
      yield {
        ...at(files),
        message: `${limit} open files are not enough for ${wanted} connections`,
        related: [related(connections, 'connections per worker')],
        help: `Set it to ${wanted * 2} or more: a proxied connection takes two.`,
      };
  },
};

export default rule;
