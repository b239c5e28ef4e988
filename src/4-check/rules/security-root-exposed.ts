import { atWord } from '../context.ts';
import type { Rule } from '../rule.ts';

/** Folders that hold far more than a web site. */
const system = /^\/(?:etc|root|home|var|usr|proc|sys|dev|boot|opt|tmp|mnt|lib|run)?\/*$/;

const rule: Rule = {
  code: 'security/root-exposed',
  severity: 'warning',
  title: 'The file system is served',
  documentation: {
    finds:
      '`root` or `alias` that names `/` or a folder of the system such as `/etc`, `/home`, `/var` itself.',
    matters:
      "Everything in it that nginx may read can be fetched: configuration, keys, other people's files.",
    versions: 'All.',
    references: ['https://nginx.org/en/docs/http/ngx_http_core_module.html#root'],
  },
  examples: [
    { within: 'server', config: 'root /;\n', findings: [{ line: 1, message: '"/"' }] },
    {
      within: 'server',
      config: 'location /x/ {\n    alias /etc/;\n}\n',
      findings: [{ line: 2, message: '"/etc/"' }],
    },
    { within: 'server', config: 'root /var/www/html;\n', findings: [] },
  ],
  *check(context) {
    for (const name of ['root', 'alias'])
      for (const directive of context.named(name)) {
        const path = directive.values[0];
        if (path === undefined || !system.test(path) || path === '') continue;
        const location = directive.block.directive?.node;
        // `location /etc/app/ { root /; }` gives that folder only; an exact or internal location gives one file or nothing.
        if (
          name === 'root' &&
          location?.type === 'location' &&
          (location.modifier === '=' || /^\/./.test(location.pattern ?? ''))
        )
          continue;
        if (directive.block.own('internal').length > 0) continue;
        yield {
          ...atWord(directive, directive.args[0]),
          message: `everything below "${path}" that nginx may read can be fetched`,
          help: 'Name the folder of the site.',
        };
      }
  },
};

export default rule;
