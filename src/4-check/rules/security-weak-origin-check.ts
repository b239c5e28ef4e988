import { compilePcre } from '../../pcre/compile.ts';
import { has } from '../../pcre/byte-set.ts';
import type { Node } from '../../pcre/tree.ts';
import { regexUses, type RegexUse } from '../analysis/regexes.ts';
import type { Rule } from '../rule.ts';

const rule: Rule = {
  code: 'security/weak-origin-check',
  severity: 'warning',
  title: 'A check of `Origin` or `Referer` that strangers pass',
  documentation: {
    finds:
      'Regular expressions over `$http_origin` or `$http_referer` (in `if`, `map` and `valid_referers`) that also match other sites: not anchored after the host name, not anchored before it, or with a `.` that stands for any character. A matching address is given as proof.',
    matters:
      'The check decides who may read answers with the cookies of your users (CORS), open sockets in their name, or embed your files. `https://example.com.evil.test` is registered in a minute.',
    versions: 'All.',
    references: ['https://developer.mozilla.org/docs/Web/HTTP/CORS'],
  },
  examples: [
    {
      within: 'server',
      config: 'if ($http_origin ~ "^https://example\\.com") {\n    set $cors 1;\n}\n',
      findings: [{ line: 1, message: 'https://example.com.evil.test' }],
    },
    {
      within: 'server',
      config: 'if ($http_origin ~ "^https://www.example.com$") {\n    set $cors 1;\n}\n',
      findings: [{ line: 1, message: 'https://wwwxexample' }],
    },
    {
      within: 'server',
      config: 'if ($http_origin ~ "^https://(www\\.)?example\\.com$") {\n    set $cors 1;\n}\n',
      findings: [],
    },
  ],
  *check(context) {
    for (const use of context.shared(regexUses)) {
      const header = headerOf(use);
      if (header === null) continue;
      const proof = stranger(use, header);
      if (proof === null) continue;
      yield {
        file: use.directive.node.file,
        span: use.word,
        message: `this also matches ${proof}`,
        help: 'Write dots as "\\." and anchor the expression: ^https://(www\\.)?example\\.com$ for Origin, ^https://example\\.com(/|$) for Referer.',
      };
    }
  },
};

function headerOf(use: RegexUse): 'origin' | 'referer' | null {
  if (use.kind === 'valid_referers') return null;
  const source =
    use.kind === 'map'
      ? use.directive.values[0]
      : use.kind === 'if' && !use.directive.values[1]!.startsWith('!')
        ? use.directive.values[0]?.replace(/^\(/, '')
        : undefined;
  if (source === '$http_origin') return 'origin';
  return source === '$http_referer' ? 'referer' : null;
}

/** An address of somebody else that the expression accepts; null when none was found. */
function stranger(use: RegexUse, header: 'origin' | 'referer'): string | null {
  const [branch] = use.pattern.alternatives;
  const sample = branch === undefined ? null : sampleOf(branch, '.');
  // Without a host name in it, such as `.*` or `null`, the expression is no list of sites.
  if (sample === null || !/[a-z0-9]\.[a-z]{2,}/i.test(sample.replace(/^\w+:\/\//, ''))) return null;
  const compiled = compilePcre(use.text, { caseless: use.caseless });
  if (compiled.ok !== true) return null;
  const scheme = /^\w+:\/\//.test(sample) ? '' : 'https://';
  const host = /^[a-z0-9.-]*$/i;
  const candidates = [
    `${scheme}${sample}.evil.test`,
    ...(host.test(sample) ? [`https://evil-${sample}`, `https://evil${sample}`] : []),
    ...(header === 'origin' ? [] : [`https://evil.test/?${scheme}${sample}`]),
  ];
  const found = candidates.find((candidate) => compiled.exec(candidate) !== null);
  if (found !== undefined) return found;
  // A bare dot inside the name: some other letter there makes another site.
  const other = `${scheme}${sampleOf(branch!, 'x') ?? ''}`;
  const real = `${scheme}${sample}`;
  const changed = other.length === real.length && other !== real && /[a-z0-9]x[a-z0-9]/i.test(other);
  return changed && compiled.exec(other) !== null ? other : null;
}

const mostRepeats = 3;

/** A text that the sequence matches, with `dot` where any character may stand; null when that is not simple. */
function sampleOf(nodes: readonly Node[], dot: string): string | null {
  let text = '';
  for (const node of nodes) {
    if (node.type === 'byte') text += String.fromCharCode(node.code);
    else if (node.type === 'set') text += pick(node.bytes, dot);
    else if (node.type === 'assertion') continue;
    else if (node.type === 'group') {
      const inner = node.alternatives[0] === undefined ? '' : sampleOf(node.alternatives[0], dot);
      if (inner === null) return null;
      text += inner;
    } else if (node.type === 'repeat') {
      // Optional parts are left out; `+` is taken once, with a letter rather than a dot.
      if (node.min === 0) continue;
      const inner = sampleOf([node.body], 'a');
      if (inner === null) return null;
      text += inner.repeat(Math.min(node.min, mostRepeats));
    } else return null;
  }
  return text;
}

function pick(bytes: Uint32Array, dot: string): string {
  const anything = has(bytes, 0x2e) && has(bytes, 0x61) && has(bytes, 0x25);
  if (anything) return dot;
  for (const code of [0x61, 0x41, 0x30, 0x2d, 0x2e, 0x2f])
    if (has(bytes, code)) return String.fromCharCode(code);
  for (let code = 0x21; code < 0x7f; code++) if (has(bytes, code)) return String.fromCharCode(code);
  return dot;
}

export default rule;
