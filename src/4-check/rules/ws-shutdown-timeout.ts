import { parseMilliseconds } from '../../text/time.ts';
import { socketLocation } from '../analysis/socket-example.ts';
import { socketSites } from '../analysis/socket-sites.ts';
import { at } from '../context.ts';
import type { Rule } from '../rule.ts';

const rule: Rule = {
  code: 'ws/shutdown-timeout',
  severity: 'info',
  title: 'Sockets keep old workers alive, or are all cut at a reload',
  documentation: {
    finds: '`worker_shutdown_timeout` missing, or shorter than 10 seconds, where sockets are served.',
    matters:
      'After a reload old workers stay until their last socket closes: without a limit memory grows with each reload. With a very short one every socket is cut at once, and all clients reconnect at the same moment (1006).',
    versions: 'Since 1.11.11.',
    references: ['https://nginx.org/en/docs/ngx_core_module.html#worker_shutdown_timeout'],
  },
  examples: [
    {
      config: `events {}\nhttp {\nserver {\n${socketLocation()}}\n}\n`,
      findings: [{ line: 2, message: 'reload' }],
    },
    {
      config: `worker_shutdown_timeout 1s;\nevents {}\nhttp {\nserver {\n${socketLocation()}}\n}\n`,
      findings: [{ line: 1, message: '1s' }],
    },
    {
      config: `worker_shutdown_timeout 10m;\nevents {}\nhttp {\nserver {\n${socketLocation()}}\n}\n`,
      findings: [],
    },
  ],
  *check(context) {
    const http = context.blocks('http')[0]?.directive;
    if (http == null || !context.versions.reaches('1.11.11')) return;
    if (!context.shared(socketSites).some(({ pass }) => pass !== null)) return;
    const set = context.config.main.own('worker_shutdown_timeout').at(-1);
    if (set === undefined) {
      yield {
        ...at(http),
        message:
          'after each reload old workers live as long as their sockets: worker_shutdown_timeout is not set',
        help: 'Set worker_shutdown_timeout at the top, to as long as an old worker may stay.',
      };
      return;
    }
    const time = parseMilliseconds(set.values[0] ?? '');
    if (time === null || time >= 10_000) return;
    yield {
      ...at(set),
      severity: 'warning',
      message: `every reload cuts all sockets after ${set.values[0]!}`,
      detail: 'People see: close code 1006 for everybody at once, then a storm of new connections.',
      help: 'Give sockets more time, such as "worker_shutdown_timeout 10m;".',
    };
  },
};

export default rule;
