import type { Random } from './random.ts';

/** A token of a configuration, as far as mutations need it. */
export interface Token {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly kind: 'word' | ';' | '{' | '}';
}

const tokenPattern =
  /#[^\n]*|[;{}]|"(?:\\[^]|[^"\\])*"?|'(?:\\[^]|[^'\\])*'?|(?:\\[^]|\$\{|[^\s;{}"'#\\])(?:\\[^]|\$\{|[^\s;{\\])*/g;

export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  for (const match of text.matchAll(tokenPattern)) {
    const [word] = match;
    if (word.startsWith('#')) continue;
    const kind = word === ';' || word === '{' || word === '}' ? word : 'word';
    tokens.push({ start: match.index, end: match.index + word.length, text: word, kind });
  }
  return tokens;
}

/** A statement: the words up to `;` or `{`. */
export interface Statement {
  readonly words: readonly Token[];
  readonly end: Token;
}

export function statementsOf(tokens: readonly Token[]): Statement[] {
  const statements: Statement[] = [];
  let words: Token[] = [];
  for (const token of tokens) {
    if (token.kind === 'word') {
      words.push(token);
      continue;
    }
    if (token.kind !== '}' && words.length > 0) statements.push({ words, end: token });
    words = [];
  }
  return statements;
}

const badValues: readonly string[] = [
  'x',
  '-1',
  '0',
  '1.5',
  '10x',
  '99999999999999999999',
  'on',
  'off',
  '""',
  'http://',
  'ws://127.0.0.1',
  '127.0.0.1:99999',
  '[::1',
  '*',
  '~(',
  '$',
  '${',
  '$no_such_variable',
  '=',
  'a=b',
  '1k',
  '5s',
  '/x',
  'unix:/run/x.sock',
  '=999',
  'all',
  '10r/x',
  'zone=none:1m',
  "'",
  '"unfinished',
];
const wrongPlaces: readonly string[] = [
  'listen 8099;',
  'server_name x;',
  'location /new { }',
  'root /srv/x;',
  'proxy_pass http://127.0.0.1:8000;',
  'worker_connections 10;',
  'server { }',
  'upstream u { server 127.0.0.1; }',
  'http { }',
  'events { }',
  'return 200;',
  'if ($uri) { }',
  'map $uri $mm { }',
  'set $xx 1;',
  'user root;',
  'proxy_set_header A b;',
  'alias /x;',
  'try_files $uri =404;',
  'limit_except GET { }',
  'worker_processes 1;',
  'log_format zz $uri;',
  'ip_hash;',
  'internal;',
  'types { }',
  'rewrite ^ /x;',
  'allow all;',
  'resolver 127.0.0.1;',
  'gzip on;',
  'access_log off;',
  'error_page 404 /x;',
  'server 127.0.0.1:1;',
  'keepalive 3;',
  'include mime.types;',
];

export type MutationKind = keyof typeof mutators;

export type Mutator = (text: string, tokens: readonly Token[], random: Random) => string | null;

export const cut = (text: string, from: number, to: number, insert = '') =>
  text.slice(0, from) + insert + text.slice(to);

const dropKind =
  (kind: Token['kind']): Mutator =>
  (text, tokens, random) => {
    const candidates = tokens.filter((token) => token.kind === kind);
    if (candidates.length === 0) return null;
    const { start, end } = random.pick(candidates);
    return cut(text, start, end);
  };

const addText =
  (...inserts: readonly string[]): Mutator =>
  (text, tokens, random) => {
    const { start, end } = random.pick(tokens);
    const at = random.below(2) === 0 ? start : end;
    return cut(text, at, at, random.pick(inserts));
  };

function pickStatement(tokens: readonly Token[], random: Random, least = 1): Statement | null {
  const statements = statementsOf(tokens).filter(({ words }) => words.length >= least);
  return statements.length === 0 ? null : random.pick(statements);
}

function misspellWord({ text }: Token, random: Random): string {
  const at = random.below(text.length);
  const ways = [
    text.slice(0, at) + text.slice(at + 1),
    text.slice(0, at) + text[at] + text.slice(at),
    text.slice(0, at) + String.fromCharCode(97 + random.below(26)) + text.slice(at + 1),
    at + 1 < text.length ? text.slice(0, at) + text[at + 1] + text[at] + text.slice(at + 2) : `${text}s`,
    text.toUpperCase(),
    text.replace('_', '-'),
  ];
  return random.pick(ways);
}

/** The mistakes that are put in; each answers the changed text, or null where it does not apply. */
const mutators = {
  'drop-semicolon': dropKind(';'),
  'drop-open-brace': dropKind('{'),
  'drop-close-brace': dropKind('}'),
  'add-semicolon': addText(';', ' ; '),
  'add-open-brace': addText('{', ' { '),
  'add-close-brace': addText('}', ' } '),
  'add-quote': addText('"', "'", ' "', " '"),
  'drop-quote'(text, tokens, random) {
    const quoted = tokens.filter(({ text: word }) => /^["']/.test(word) && word.length > 1);
    if (quoted.length === 0) return null;
    const { start, end } = random.pick(quoted);
    return random.below(2) === 0 ? cut(text, start, start + 1) : cut(text, end - 1, end);
  },
  'misspell-name'(text, tokens, random) {
    const statement = pickStatement(tokens, random);
    if (statement === null) return null;
    const [name] = statement.words;
    return cut(text, name!.start, name!.end, misspellWord(name!, random));
  },
  'misspell-argument'(text, tokens, random) {
    const statement = pickStatement(tokens, random, 2);
    if (statement === null) return null;
    const word = random.pick(statement.words.slice(1));
    return cut(text, word.start, word.end, misspellWord(word, random));
  },
  'wrong-context'(text, tokens, random) {
    const { end } = random.pick(tokens.filter(({ kind }) => kind !== 'word'));
    return cut(text, end, end, ` ${random.pick(wrongPlaces)}`);
  },
  move(text, tokens, random) {
    const statement = pickStatement(
      tokens.filter(({ kind }) => kind !== '{'),
      random,
    );
    const whole = statement?.end.kind === ';' ? statement : null;
    if (whole === null) return null;
    const moved = text.slice(whole.words[0]!.start, whole.end.end);
    const { end } = random.pick(tokens.filter(({ kind }) => kind !== 'word'));
    return end <= whole.words[0]!.start
      ? cut(cut(text, whole.words[0]!.start, whole.end.end), end, end, ` ${moved}`)
      : cut(cut(text, end, end, ` ${moved}`), whole.words[0]!.start, whole.end.end);
  },
  'drop-argument'(text, tokens, random) {
    const statement = pickStatement(tokens, random, 2);
    if (statement === null) return null;
    const { start, end } = random.pick(statement.words.slice(1));
    return cut(text, start, end);
  },
  'add-argument'(text, tokens, random) {
    const statement = pickStatement(tokens, random);
    if (statement === null) return null;
    const { end } = random.pick(statement.words);
    return cut(text, end, end, ` ${random.pick(['extra', '1', 'on', '$uri', '/x'])}`);
  },
  'bad-value'(text, tokens, random) {
    const statement = pickStatement(tokens, random, 2);
    if (statement === null) return null;
    const { start, end } = random.pick(statement.words.slice(1));
    return cut(text, start, end, random.pick(badValues));
  },
  'unknown-variable'(text, _tokens, random) {
    const variables = [...text.matchAll(/\$\{?[a-z_][a-z0-9_]*/g)];
    if (variables.length === 0) return null;
    const { index, 0: name } = random.pick(variables);
    return cut(text, index + name.length, index + name.length, random.pick(['_x', 'q', '_nope']));
  },
  'duplicate-statement'(text, tokens, random) {
    const statement = pickStatement(tokens, random);
    if (statement === null || statement.end.kind !== ';') return null;
    const whole = text.slice(statement.words[0]!.start, statement.end.end);
    return cut(text, statement.end.end, statement.end.end, `\n${whole}`);
  },
  'duplicate-block'(text, tokens, random) {
    const opens = tokens.filter(({ kind }) => kind === '{');
    if (opens.length === 0) return null;
    const open = random.pick(opens);
    const index = tokens.indexOf(open);
    let first = index;
    while (first > 0 && tokens[first - 1]!.kind === 'word') first--;
    let depth = 0;
    const close = tokens.slice(index).find(({ kind }) => {
      if (kind === '{') depth++;
      if (kind === '}') depth--;
      return depth === 0;
    });
    if (close === undefined) return null;
    return cut(text, close.end, close.end, `\n${text.slice(tokens[first]!.start, close.end)}`);
  },
} as const satisfies Record<string, Mutator>;

export const mutationKinds = Object.keys(mutators) as MutationKind[];

/** One mistake of a random kind put into `text`; null where the kind does not apply. */
export function mutate(text: string, random: Random): { kind: MutationKind; text: string } | null {
  const kind = random.pick(mutationKinds);
  const tokens = tokensOf(text);
  if (tokens.length === 0) return null;
  const changed = mutators[kind](text, tokens, random);
  return changed === null || changed === text ? null : { kind, text: changed };
}
