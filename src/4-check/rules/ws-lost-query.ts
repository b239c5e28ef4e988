import { replaceWord } from '../../1-syntax/edit.ts';
import { socketLocation } from '../analysis/socket-example.ts';
import { atSites } from '../analysis/socket-sites.ts';
import { at } from '../context.ts';
import type { Rule } from '../rule.ts';

const rule: Rule = {
  code: 'ws/lost-query',
  severity: 'warning',
  title: 'A variable in `proxy_pass` drops the query',
  documentation: {
    finds:
      'A `proxy_pass` with variables and a path, in a location meant for sockets, that has neither `$request_uri` nor the arguments.',
    matters:
      'With variables nginx takes the value as the whole target: the query, and with it tokens and session ids, is lost. People see 401, 403 or 404 from the application.',
    versions: 'All.',
    references: ['https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_pass'],
  },
  examples: [
    {
      within: 'server',
      config: socketLocation().replace('127.0.0.1:9000', '127.0.0.1:9000$uri'),
      findings: [{ line: 2, message: 'query' }],
    },
    {
      within: 'server',
      config: socketLocation().replace('127.0.0.1:9000', '127.0.0.1:9000$uri$is_args$args'),
      findings: [],
    },
    {
      within: 'server',
      config: socketLocation().replace('127.0.0.1:9000', '127.0.0.1:9000$request_uri'),
      findings: [],
    },
  ],
  check: (context) =>
    atSites(context, function* ({ pass }) {
      const word = pass?.args[0];
      if (word === undefined || !word.value.includes('$')) return;
      const rest = /^\w+:\/\/(?:\$\{?\w+\}?|[^/$])*(.*)$/.exec(word.value)?.[1] ?? '';
      const uri = rest === '' && /\$(?:document_)?uri$/.test(word.value) ? '$uri' : rest;
      if (uri === '' || /\$\{?(request_uri|args|query_string|is_args|\d)/.test(word.value)) return;
      yield {
        ...at(pass),
        message: `the query is lost: "${word.value}" is taken as the whole target`,
        detail: 'Tokens and session ids in the query do not arrive. People see: 401, 403 or 404.',
        fixes: uri.includes('?')
          ? []
          : [
              {
                title: 'Append the query',
                edits: [replaceWord(pass.node.file, word, `${word.value}$is_args$args`)],
              },
            ],
        help: 'Append "$is_args$args", or use "$request_uri" as the path.',
      };
    }),
};

export default rule;
