import type { Node } from '../../pcre/tree.ts';
import { rangesOf } from '../../pcre/byte-set.ts';
import { regexUses } from '../analysis/regexes.ts';
import type { Rule } from '../rule.ts';

const rule: Rule = {
  code: 'regex/unanchored-extension',
  severity: 'warning',
  title: 'A location for a file extension without `$`',
  documentation: {
    finds: 'A regex `location` that ends in a file extension but has no `$`: `location ~ \\.php`.',
    matters:
      'It also takes `/upload/a.php.jpg` and `/a.phpx/y`. With a handler that runs what it gets, an uploaded picture becomes a program.',
    versions: 'All.',
    references: ['https://nginx.org/en/docs/http/ngx_http_core_module.html#location'],
  },
  examples: [
    {
      within: 'server',
      config: 'location ~ \\.php {\n    fastcgi_pass 127.0.0.1:9000;\n}\n',
      findings: [{ line: 1, message: '.php.jpg' }],
    },
    {
      within: 'server',
      config:
        'location ~ \\.php$ {\n    fastcgi_pass 127.0.0.1:9000;\n}\nlocation ~ \\.php(/|$) {\n    fastcgi_pass 127.0.0.1:9000;\n}\n',
      findings: [],
    },
  ],
  *check(context) {
    for (const use of context.shared(regexUses)) {
      if (use.kind !== 'location') continue;
      const extension = use.pattern.alternatives.map(endingExtension).find((one) => one !== null);
      if (extension == null) continue;
      // Denying too much is the safe side.
      if (use.directive.opens?.own('deny').length || use.directive.opens?.own('return').length) continue;
      const { word, directive } = use;
      const end = word.quote === '' ? word.end : word.end - 1;
      yield {
        file: directive.node.file,
        span: word,
        message: `this also takes /x${extension}.jpg, because nothing ends the extension`,
        help: 'End the expression with "$".',
        fixes:
          use.pattern.alternatives.length > 1
            ? []
            : [{ title: 'Add "$"', edits: [{ file: directive.node.file, start: end, end, text: '$' }] }],
      };
    }
  },
};

/** `.php` when the branch ends in a dot and letters, or in a dot and a group of such; null otherwise. */
function endingExtension(branch: readonly Node[]): string | null {
  const nodes = [...branch];
  const last = nodes.at(-1);
  let tail = '';
  if (last?.type === 'group') {
    const [first] = last.alternatives;
    if (
      !last.alternatives.every((inner) => inner.length > 0 && inner.every((node) => letterOf(node) !== null))
    )
      return null;
    tail = first!.map((node) => letterOf(node)).join('');
    nodes.pop();
  } else
    while (nodes.length > 0) {
      const letter = letterOf(nodes.at(-1)!);
      if (letter === null) break;
      tail = letter + tail;
      nodes.pop();
    }
  const dot = nodes.at(-1);
  return tail !== '' && tail.length <= 5 && dot?.type === 'byte' && dot.code === 0x2e ? `.${tail}` : null;
}

/** The lower-case letter or digit that a node stands for, whatever its case. */
function letterOf(node: Node): string | null {
  if (node.type === 'byte') {
    const character = String.fromCharCode(node.code);
    return /[a-z0-9]/i.test(character) ? character : null;
  }
  if (node.type !== 'set') return null;
  const ranges = rangesOf(node.bytes);
  if (ranges.length !== 2 || ranges.some(([first, last]) => first !== last)) return null;
  const [upper, lower] = ranges.map(([code]) => String.fromCharCode(code));
  return /^[a-z]$/.test(lower!) && upper === lower!.toUpperCase() ? lower! : null;
}

export default rule;
