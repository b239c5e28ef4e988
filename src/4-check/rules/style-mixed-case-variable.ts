import { referencesIn } from '../analysis/variables.ts';
import { blocksBelow, atWord, related } from '../context.ts';
import type { ResolvedDirective } from '../../2-resolve/resolved-config.ts';
import type { Rule } from '../rule.ts';

const rule: Rule = {
  code: 'style/mixed-case-variable',
  severity: 'info',
  title: 'One variable in two spellings',
  documentation: {
    finds:
      'A variable that is written with different upper and lower case letters in one configuration: `$Backend` and `$backend`.',
    matters:
      'nginx takes them for the same variable. Who sets `$Host` changes `$host` for everybody; who believes them to be two overwrites one with the other.',
    versions: 'All.',
    references: ['https://nginx.org/en/docs/http/ngx_http_rewrite_module.html#set'],
  },
  examples: [
    {
      within: 'server',
      config: 'set $Name a;\nset $name b;\n',
      findings: [{ line: 2, message: '$Name' }],
    },
    { within: 'server', config: 'set $name a;\nset $other $name;\n', findings: [] },
  ],
  *check(context) {
    // Two spellings differ in an upper-case letter, so most configurations are done here.
    if (!context.config.files.some((file) => /\$\{?\w*[A-Z]/.test(file.text))) return;
    const spellings = new Map<string, { written: string; directive: ResolvedDirective }>();
    const told = new Set<string>();
    for (const block of blocksBelow(context.config.main))
      for (const directive of block.directives)
        for (const [index, value] of directive.values.entries()) {
          if (!value.includes('$') || directive.node.type === 'location') continue;
          for (const { name, written } of referencesIn(value)) {
            const first = spellings.get(name);
            if (first === undefined) spellings.set(name, { written, directive });
            else if (first.written !== written && !told.has(written)) {
              told.add(written);
              yield {
                ...atWord(directive, directive.args[index]),
                message: `$${written} and $${first.written} are the same variable`,
                related: [related(first.directive, 'the other spelling')],
                help: 'Write it in lower case everywhere.',
              };
            }
          }
        }
  },
};

export default rule;
