import { cut, mutate, statementsOf, tokensOf } from './mutate.ts';
import type { Token } from './mutate.ts';
import type { Random } from './random.ts';

/**
 * Mistakes beyond those of `mutate.ts`: whole blocks moved, doubled and swapped, statements of other configurations put
 * in, numbers, units, patterns, quotes and bytes changed. `others` are texts to take statements from.
 */
type WiderMutator = (
  text: string,
  tokens: readonly Token[],
  random: Random,
  others: readonly string[],
) => string | null;

interface Range {
  readonly start: number;
  readonly end: number;
}

/** Where whole blocks stand, from the first word before `{` to the `}`. */
function blocksOf(tokens: readonly Token[]): Range[] {
  const blocks: Range[] = [];
  const open: number[] = [];
  let first: number | null = null;
  for (const { kind, start, end } of tokens) {
    if (kind === 'word') first ??= start;
    else if (kind === '{') open.push(first ?? start);
    else if (kind === '}' && open.length > 0) blocks.push({ start: open.pop()!, end });
    if (kind !== 'word') first = null;
  }
  return blocks;
}

/** Simple statements and whole blocks. */
function piecesOf(tokens: readonly Token[]): Range[] {
  const simple = statementsOf(tokens).filter(({ end }) => end.kind === ';');
  return [...blocksOf(tokens), ...simple.map(({ words, end }) => ({ start: words[0]!.start, end: end.end }))];
}

const pickFrom = <T>(items: readonly T[], random: Random): T | null =>
  items.length === 0 ? null : random.pick(items);

const wordsThat = (tokens: readonly Token[], pattern: RegExp): Token[] =>
  tokens.filter(({ kind, text }) => kind === 'word' && pattern.test(text));

/** Changes one place of a word that fits `pattern`. */
const changeWord =
  (pattern: RegExp, change: (word: string, random: Random) => string): WiderMutator =>
  (text, tokens, random) => {
    const word = pickFrom(wordsThat(tokens, pattern), random);
    return word === null ? null : cut(text, word.start, word.end, change(word.text, random));
  };

function replaceAt(text: string, pattern: RegExp, random: Random, change: (found: string) => string): string {
  const found = pickFrom([...text.matchAll(pattern)], random);
  return found === null ? text : cut(text, found.index, found.index + found[0].length, change(found[0]));
}

const numbers = [
  '0',
  '1',
  '2',
  '7',
  '00',
  '-1',
  '65536',
  '4294967296',
  '9223372036854775808',
  '0x10',
  '1e3',
  '1.5',
  '',
];
const units = [
  '',
  'k',
  'K',
  'm',
  'M',
  'g',
  'G',
  's',
  'ms',
  'h',
  'd',
  'w',
  'y',
  'M1d',
  'b',
  '%',
  'r/s',
  'r/m',
];
const regexParts = [
  '(',
  ')',
  '[',
  ']',
  '{',
  '}',
  '{2}',
  '{3,1}',
  '+',
  '*',
  '?',
  '|',
  '\\',
  '^',
  '$',
  '(?<n>',
  '(?',
  '[^',
  '\\d',
  '\\1',
  '(?i)',
  '(?P<n>',
  '[a-',
  '\\Q',
  '\\x',
  '(?=',
  '(?<=',
];
const bytes = [
  '\0',
  '\r',
  '\r\n',
  '\xef\xbb\xbf',
  '\xff',
  '\xe9',
  '\x7f',
  '\x01',
  '\t',
  '\v',
  '\f',
  '\u00a0',
  '\xe2\x80\x9c',
  '\xe2\x80\x9d',
];

const widerMutators = {
  'move-block'(text, tokens, random) {
    const block = pickFrom(blocksOf(tokens), random);
    if (block === null) return null;
    const target = random.pick(tokens.filter(({ kind }) => kind !== 'word')).end;
    if (target > block.start && target < block.end) return null;
    const moved = `\n${text.slice(block.start, block.end)}\n`;
    return target <= block.start
      ? cut(cut(text, block.start, block.end), target, target, moved)
      : cut(cut(text, target, target, moved), block.start, block.end);
  },
  'drop-piece'(text, tokens, random) {
    const piece = pickFrom(piecesOf(tokens), random);
    return piece === null ? null : cut(text, piece.start, piece.end);
  },
  'swap-pieces'(text, tokens, random) {
    const pieces = piecesOf(tokens);
    if (pieces.length < 2) return null;
    const [a, b] = [random.pick(pieces), random.pick(pieces)].sort((x, y) => x.start - y.start) as [
      Range,
      Range,
    ];
    if (a.end > b.start) return null;
    const [first, second] = [text.slice(a.start, a.end), text.slice(b.start, b.end)];
    return text.slice(0, a.start) + second + text.slice(a.end, b.start) + first + text.slice(b.end);
  },
  transplant(text, tokens, random, others) {
    const other = random.pick(others);
    const piece = pickFrom(piecesOf(tokensOf(other)), random);
    if (piece === null || piece.end - piece.start > 2000) return null;
    const { end } = random.pick(tokens.filter(({ kind }) => kind !== 'word'));
    return cut(text, end, end, `\n${other.slice(piece.start, piece.end)}\n`);
  },
  'arguments-of-another'(text, tokens, random, others) {
    const statement = pickFrom(
      statementsOf(tokens).filter(({ words }) => words.length > 1),
      random,
    );
    const other = random.pick(others);
    const name = statement?.words[0]!.text;
    const given = statementsOf(tokensOf(other)).filter(({ words }) => words.length > 1);
    const same = given.filter(({ words }) => words[0]!.text === name);
    const source = pickFrom(same.length > 0 ? same : given, random);
    if (statement === null || source === null) return null;
    const from = other.slice(source.words[1]!.start, source.words.at(-1)!.end);
    return cut(text, statement.words[1]!.start, statement.words.at(-1)!.end, from);
  },
  'change-number': changeWord(/\d/, (word, random) =>
    replaceAt(word, /\d+/g, random, () => random.pick(numbers)),
  ),
  'change-unit': changeWord(/\d[a-zA-Z]*$/, (word, random) => word.replace(/[a-zA-Z]*$/, random.pick(units))),
  'change-regex': changeWord(/^["']?[~^]|\\|\(|\$$/, (word, random) => {
    const at = random.below(word.length + 1);
    return cut(word, at, at + random.below(2), random.pick(regexParts));
  }),
  'change-variable': changeWord(/\$/, (word, random) =>
    replaceAt(word, /\$\{?\w*\}?/g, random, (name) =>
      random.pick([
        '$',
        '${',
        '$1',
        '${x',
        `${name}}`,
        `$${name}`,
        '$arg_',
        '$http_',
        '$$',
        name.toUpperCase(),
        '$connection_upgrade',
      ]),
    ),
  ),
  requote: (text, tokens, random) => {
    const word = pickFrom(
      tokens.filter(({ kind }) => kind === 'word'),
      random,
    );
    if (word === null) return null;
    const bare = word.text.replace(/^["']|["']$/g, '');
    const ways = [
      `"${bare}"`,
      `'${bare}'`,
      bare,
      `"${bare}`,
      `${bare}"`,
      `"${bare}'`,
      `${bare}""`,
      `""${bare}`,
      `"${bare}"x`,
      `\\${word.text}`,
      `${bare}\\`,
    ];
    return cut(text, word.start, word.end, random.pick(ways));
  },
  'split-word'(text, tokens, random) {
    const word = pickFrom(wordsThat(tokens, /../), random);
    if (word === null) return null;
    const at = word.start + 1 + random.below(word.text.length - 1);
    return cut(text, at, at, random.pick([' ', '\n', '" "', ';', '\\', '#']));
  },
  'join-words'(text, tokens, random) {
    const statement = pickFrom(
      statementsOf(tokens).filter(({ words }) => words.length > 1),
      random,
    );
    if (statement === null) return null;
    const at = 1 + random.below(statement.words.length - 1);
    return cut(text, statement.words[at - 1]!.end, statement.words[at]!.start);
  },
  'insert-bytes'(text, _tokens, random) {
    const at = random.below(4) === 0 ? 0 : random.below(text.length);
    return cut(text, at, at, random.pick(bytes));
  },
  'cut-off': (text, _tokens, random) => text.slice(0, random.below(text.length)),
  'drop-include'(text, tokens, random) {
    const include = pickFrom(
      statementsOf(tokens).filter(({ words }) => words[0]!.text === 'include'),
      random,
    );
    return include === null ? null : cut(text, include.words[0]!.start, include.end.end);
  },
  case: changeWord(/[a-z]/, (word, random) =>
    random.below(2) === 0
      ? word.toUpperCase()
      : replaceAt(word, /[a-z]/g, random, (letter) => letter.toUpperCase()),
  ),
  'comment-out': (text, tokens, random) => {
    const { start } = random.pick(tokens);
    return cut(text, start, start, '#');
  },
} as const satisfies Record<string, WiderMutator>;

const widerKinds = Object.keys(widerMutators) as (keyof typeof widerMutators)[];

/** One mistake of a random kind of either list, or several on top of each other; null where one does not apply. */
export function mutateWidely(
  text: string,
  random: Random,
  others: readonly string[],
): { kind: string; text: string } | null {
  const roll = random.below(10);
  const times = roll < 7 ? 1 : 1 + random.below(4);
  const kinds: string[] = [];
  let changed = text;
  for (let time = 0; time < times; time++) {
    const tokens = tokensOf(changed);
    if (tokens.every(({ kind }) => kind === 'word')) return null;
    if (random.below(3) === 0) {
      const plain = mutate(changed, random);
      if (plain === null) return null;
      kinds.push(plain.kind);
      changed = plain.text;
    } else {
      const kind = random.pick(widerKinds);
      const next = widerMutators[kind](changed, tokens, random, others);
      if (next === null || next === changed) return null;
      kinds.push(kind);
      changed = next;
    }
  }
  return { kind: kinds.join('+'), text: changed };
}
