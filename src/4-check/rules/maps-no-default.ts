import type { Directive } from '../../1-syntax/ast.ts';
import { at } from '../context.ts';
import type { Rule } from '../rule.ts';

const rule: Rule = {
  code: 'maps/no-default',
  severity: 'info',
  title: '`map`, `geo` or `split_clients` without a default',
  documentation: {
    finds:
      'A `map` or `geo` without `default`, or a `split_clients` without `*`, whose values are not simply switches (`1`, `on`, a level of logging).',
    matters:
      'Everything not listed gives the empty string. In a header that means "not sent", in `proxy_pass` an invalid address (500), in a limit "not limited".',
    versions: 'All.',
    references: ['https://nginx.org/en/docs/http/ngx_http_map_module.html#map'],
  },
  examples: [
    {
      within: 'http',
      config: 'map $host $backend {\n    a.example 127.0.0.1:8080;\n    b.example 127.0.0.1:8081;\n}\n',
      findings: [{ line: 1, message: '$backend' }],
    },
    {
      within: 'http',
      config: 'map $host $backend {\n    default 127.0.0.1:8080;\n    b.example 127.0.0.1:8081;\n}\n',
      findings: [],
    },
  ],
  *check(context) {
    for (const name of ['map', 'geo', 'split_clients'])
      for (const directive of context.named(name)) {
        const { node } = directive;
        if (node.type !== 'map' && node.type !== 'geo' && node.type !== 'split_clients') continue;
        const { items } = node.block;
        if (items.length === 0 || items.some((item) => isDefault(item, node.type))) continue;
        const variable = node.variable?.value ?? '';
        // The Upgrade map has rules of its own.
        if (node.source?.value.toLowerCase() === '$http_upgrade') continue;
        if (items.every((item) => /^(|0|1|on|off|true|false|yes|no)$/.test(item.values[0] ?? ''))) continue;
        yield {
          ...at(directive),
          message: `${variable} is empty for everything that is not listed`,
          help:
            node.type === 'split_clients'
              ? 'End with "*".'
              : 'Add "default", with an empty value if that is meant.',
        };
      }
  },
};

function isDefault(item: Directive, type: string): boolean {
  const key = item.keyword;
  if (key === 'include') return true;
  if (type === 'split_clients') return key === '*';
  if (type === 'geo') return key === 'default' || key === '0.0.0.0/0' || key === 'ranges';
  return key === 'default' || key === '~.*' || key === '~^' || key === '~*.*' || key === '~.';
}

export default rule;
