import type { Word } from '../../1-syntax/ast.ts';
import type { ResolvedConfig, ResolvedDirective } from '../../2-resolve/resolved-config.ts';
import { parsePcre } from '../../pcre/parse.ts';
import type { Pattern } from '../../pcre/tree.ts';

/** A regular expression of the configuration. */
export interface RegexUse {
  readonly kind: 'location' | 'rewrite' | 'if' | 'server_name' | 'map' | 'valid_referers';
  readonly directive: ResolvedDirective;
  readonly word: Word;
  /** Without the marks (`~`, `~*`) before it. */
  readonly text: string;
  readonly caseless: boolean;
  readonly pattern: Pattern;
}

/** Every regular expression that PCRE2 accepts, by kind. Equal patterns are parsed once. */
export function regexUses(config: ResolvedConfig): readonly RegexUse[] {
  const patterns = new Map<string, Pattern | null>();
  const uses: RegexUse[] = [];
  const add = (use: Omit<RegexUse, 'pattern'>): void => {
    const key = `${use.caseless ? 'i' : ' '}${use.text}`;
    let pattern = patterns.get(key);
    if (pattern === undefined) {
      const parsed = parsePcre(use.text, { caseless: use.caseless });
      pattern = parsed.ok ? parsed.pattern : null;
      patterns.set(key, pattern);
    }
    if (pattern !== null) uses.push({ ...use, pattern });
  };
  for (const name of ['location', 'rewrite', 'if', 'server_name', 'valid_referers', 'map'])
    for (const directive of config.named(name)) collect(directive, add);
  return uses;
}

type Add = (use: Omit<RegexUse, 'pattern'>) => void;

function collect(directive: ResolvedDirective, add: Add): void {
  const { node, name, values } = directive;
  if (node.type === 'location') {
    if (node.modifier === '~' || node.modifier === '~*')
      add({
        kind: 'location',
        directive,
        word: node.args.at(-1)!,
        text: node.pattern ?? '',
        caseless: node.modifier === '~*',
      });
  } else if (name === 'rewrite' && values[0] !== undefined)
    add({ kind: 'rewrite', directive, word: node.args[0]!, text: values[0], caseless: false });
  else if (node.type === 'if') {
    const operator = values[1] ?? '';
    const operand = values[2];
    if (/^!?~\*?$/.test(operator) && operand !== undefined) {
      const text = values.length === 3 ? operand.replace(/\)$/, '') : operand;
      add({ kind: 'if', directive, word: node.args[2]!, text, caseless: operator.endsWith('*') });
    }
  } else if (name === 'server_name' || name === 'valid_referers') {
    for (const [index, value] of values.entries())
      if (value.startsWith('~'))
        add({ kind: name, directive, word: node.args[index]!, text: value.slice(1), caseless: true });
  } else if (node.type === 'map')
    for (const entry of node.block.items) {
      const key = entry.keyword;
      if (key.startsWith('~') && entry.values.length === 1)
        add({
          kind: 'map',
          directive,
          word: entry.name,
          text: key.replace(/^~\*?/, ''),
          caseless: key.startsWith('~*'),
        });
    }
}
