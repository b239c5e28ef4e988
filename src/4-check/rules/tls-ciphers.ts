import { atWord } from '../context.ts';
import type { Rule } from '../rule.ts';

const weak =
  /^(?:a?NULL|eNULL|EXP(?:ORT)?(?:40|56)?|LOW|RC4|RC2|DES|3DES|MD5|IDEA|SEED|aDH|ADH|AECDH|COMPLEMENTOFALL|ALL)$/i;
const weakPart = /(?:^|[-+_])(?:NULL|EXP|RC4|RC2|DES|3DES|MD5)(?:[-+_]|$)/i;

const rule: Rule = {
  code: 'tls/ciphers',
  severity: 'warning',
  title: 'Weak ciphers are allowed',
  documentation: {
    finds:
      'RC4, (3)DES, MD5, export, anonymous or null ciphers in `ssl_ciphers` and its siblings for upstreams, named and not taken away again by a later `!`.',
    matters:
      'They are broken (RC4, RFC 7465; 3DES, SWEET32) or do not protect at all (`aNULL`, `eNULL`, `EXPORT`). OpenSSL 3 no longer has most of them, so the list only misleads.',
    versions: 'All.',
    references: [
      'https://nginx.org/en/docs/http/ngx_http_ssl_module.html#ssl_ciphers',
      'https://ssl-config.mozilla.org/',
    ],
  },
  examples: [
    { within: 'http', config: 'ssl_ciphers HIGH:RC4-SHA;\n', findings: [{ line: 1, message: 'RC4-SHA' }] },
    { within: 'http', config: 'ssl_ciphers HIGH:!aNULL:!MD5:!3DES;\n', findings: [] },
  ],
  *check(context) {
    for (const name of ['ssl_ciphers', 'proxy_ssl_ciphers', 'grpc_ssl_ciphers', 'uwsgi_ssl_ciphers'])
      for (const directive of context.named(name)) {
        const word = directive.args[0];
        if (word === undefined) continue;
        const entries = word.value.split(/[:, ]+/);
        const removed = entries.filter((one) => one.startsWith('!')).map((one) => one.slice(1).toUpperCase());
        const found = entries.filter(
          (one) =>
            !/^[!\-+@]/.test(one) &&
            (weak.test(one) || weakPart.test(one)) &&
            !removed.some(
              (gone) =>
                one.toUpperCase().split(/[-+]/).includes(gone) || (gone === '3DES' && /DES-CBC3/i.test(one)),
            ),
        );
        // ALL and COMPLEMENTOFALL are harmless once the weak kinds are taken away.
        const serious = found.filter((one) => !/^ALL$/i.test(one) || !removed.includes('ANULL'));
        if (serious.length === 0) continue;
        yield {
          ...atWord(directive, word),
          message: `weak: ${serious.slice(0, 4).join(', ')}${serious.length > 4 ? ' and others' : ''}`,
          help: 'Take a current list, for instance from the Mozilla generator, or "HIGH:!aNULL:!MD5:!3DES".',
        };
      }
  },
};

export default rule;
