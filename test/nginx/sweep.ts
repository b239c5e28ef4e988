/**
 * `node test/nginx/sweep.ts [--per N] [--seed N] [--binary PATH] [--target V] [--only NAME] [--module PART] [--limit N]`: writes
 * `--per` pieces of configuration for each directive and context out of the tables, with good and bad values of its kind,
 * and compares what nginx and we say. Needs root (chroot) and runs outside CI.
 */
import { parseArgs } from 'node:util';
import { SpecTable } from '../../src/nginx/specs.ts';
import type { Context, DirectiveSpec, ValueKind } from '../../src/nginx/types.ts';
import { wrappers } from './cases/case.ts';
import type { CaseContext } from './cases/case.ts';
import { sharedFiles } from './fixtures.ts';
import { isMachineReason } from './judgement.ts';
import { judgeOurselves } from './ours.ts';
import { Random } from './random.ts';
import { recordedVersion } from './real-nginx.ts';
import { RootedNginx, judgeAllRooted } from './rooted-nginx.ts';
import type { MachineConfig } from './rooted-nginx.ts';
import { Tally } from './tally.ts';

const { values } = parseArgs({
  options: {
    per: { type: 'string', default: '4' },
    seed: { type: 'string', default: '1' },
    binary: { type: 'string', default: '/usr/sbin/nginx' },
    target: { type: 'string', default: recordedVersion },
    only: { type: 'string' },
    module: { type: 'string', default: '' },
    limit: { type: 'string', default: '80' },
    examples: { type: 'string', default: '3' },
  },
});

const caseContexts: Readonly<Partial<Record<Context, CaseContext>>> = {
  main: 'main',
  events: 'events',
  http: 'http',
  server: 'server',
  location: 'location',
  'if in server': 'server if',
  'if in location': 'if',
  limit_except: 'limit_except',
  upstream: 'upstream',
  stream: 'stream',
  'stream.server': 'stream.server',
  'stream.upstream': 'stream.upstream',
  mail: 'mail',
  'mail.server': 'mail.server',
};

const numbers = [
  '0',
  '1',
  '2',
  '5',
  '16',
  '100',
  '65535',
  '65536',
  '-1',
  '1x',
  '99999999999999999999',
  '+1',
  '1.5',
];
const sizes = [
  '0',
  '1',
  '1k',
  '4k',
  '8K',
  '1m',
  '10M',
  '1g',
  '1G',
  '1x',
  '-1',
  '1kk',
  '2147483648',
  '9007199254740993k',
  '65536',
  'k',
];
const times = [
  '0',
  '1',
  '10s',
  '1m',
  '1h',
  '1d',
  '1w',
  '1M',
  '1y',
  '500ms',
  '1h30m',
  '30m1h',
  '1d 12h',
  '1x',
  '-1',
  '1s1s',
  '1.5s',
  '99999999999y',
  '596h',
  '2147483648s',
];
const texts = [
  'x',
  '""',
  "''",
  '/x',
  '/',
  'a/b',
  '$uri',
  '$no_such',
  '${uri',
  '$',
  '"a b"',
  'a=b',
  'on',
  'off',
  '*',
  '~x',
  '~(',
  '@x',
  'http://127.0.0.1:8000',
  'http://u',
  'unix:/run/x.sock',
  '127.0.0.1',
  '127.0.0.1:80',
  '[::1]:80',
  '10.0.0.0/8',
  '10.0.0.1/8',
  'all',
  'none',
  '=404',
  '404',
  '1',
  '$1',
  'text/html',
  'GET',
  'x.example.com',
  '.example.com',
  '*.x',
  'zone=z:1m',
  'z',
  'data:x',
  '\\"',
  "a'b",
  'é',
];
const byKind: Readonly<Partial<Record<ValueKind, readonly string[]>>> = {
  flag: ['on', 'off', 'ON', 'Off', 'yes', '1', '""', 'onn', '$uri'],
  num: numbers,
  size: sizes,
  off: [...sizes, '1gg', '1t'],
  msec: times,
  sec: times,
  complex_size: [...sizes, '$uri', '$arg_x', '$no_such', '${'],
  bufs: [...numbers, ...sizes],
  path: ['/run/x', 'x', '""', '1', '2', '3', '4', '0', '-1', '1 2', '/run/x/'],
  access: [
    'user:rw',
    'user:r',
    'group:rw',
    'all:r',
    'all:rw',
    'user:w',
    'x:rw',
    'user',
    'user:rwx',
    'USER:rw',
  ],
};
const completions = [
  '',
  '0',
  '1',
  '10',
  '1k',
  '1m',
  '10s',
  '5x',
  'on',
  'off',
  'z',
  'z:1m',
  'z:1',
  'z:10m',
  '1:2',
  '1:2:3',
  '$uri',
  '/x',
  '-1',
  'x',
  '404',
  '1s',
  '100',
  'lib',
  '0x1',
];

const random = new Random(Number(values.seed));
const specs = new SpecTable(values.target);
const debian = values.target === recordedVersion;

/** A word of the documented syntax, which may be the name of a parameter with a value. */
function completed(word: string): string {
  const given = word.endsWith('=') ? word.slice(0, -1) : word;
  if (given === word && random.below(2) === 0) return word;
  const pool = random.below(3) === 0 ? [...numbers, ...sizes, ...times] : completions;
  return `${given}=${random.pick(pool).replaceAll(' ', '')}`;
}

function value(spec: DirectiveSpec): string {
  const pool = byKind[spec.kind];
  const words = [...(spec.enumValues ?? []), ...spec.words.map(completed)];
  const roll = random.below(10);
  if (words.length > 0 && roll < 6) return random.pick(words);
  if (pool !== undefined && roll < 9) return random.pick(pool);
  return random.pick(
    random.below(4) === 0 ? [...numbers, ...sizes, ...times].map((text) => text.replaceAll(' ', '')) : texts,
  );
}

function countOf(spec: DirectiveSpec): number {
  const counts = spec.counts ?? [spec.atLeast ?? 1, (spec.atLeast ?? 1) + 1, (spec.atLeast ?? 1) + 3];
  return random.below(25) === 0 ? random.below(9) : random.pick(counts);
}

const quotes = ['"', "'"];
function written(text: string): string {
  if (/^["'\\]|\s/.test(text) || random.below(30) !== 0) return text;
  const quote = random.pick(quotes);
  return `${quote}${text}${quote}`;
}

const entries = [
  'default x;',
  'a b;',
  'x 1;',
  '"" 1;',
  '~x 1;',
  '~*(a) $1;',
  '*.a 1;',
  'hostnames;',
  '50% a;',
  '0.5% b;',
  '* c;',
  '100% d;',
  '150% e;',
  '10.0.0.0/8 1;',
  '10.0.0.1-10.0.0.9 2;',
  'ranges;',
  'delete 10.0.0.0/8;',
  'proxy 127.0.0.1;',
  'proxy_recursive;',
  'text/x x y;',
  'include x;',
  'a;',
  'a b c;',
  'volatile;',
  'C0 D18E;',
  'default a; default b;',
  '\\default 1;',
];

function statement(spec: DirectiveSpec): string {
  const count = countOf(spec);
  const args = Array.from({ length: count }, () => written(value(spec)));
  const head = [spec.name, ...args].join(' ');
  if (spec.blockContent === 'entries')
    return `${head} { ${Array.from({ length: random.below(4) }, () => random.pick(entries)).join(' ')} }`;
  if (spec.block) return `${head} { }`;
  return `${head};`;
}

interface Probe extends MachineConfig {
  readonly name: string;
}

const inContext = new Map<Context, DirectiveSpec[]>();
const all = specs.allNames().flatMap((name) => specs.find(name));
for (const spec of all)
  for (const context of spec.contexts) {
    const list = inContext.get(context);
    if (list === undefined) inContext.set(context, [spec]);
    else list.push(spec);
  }

function piece(spec: DirectiveSpec, context: Context): string {
  const first = statement(spec);
  const roll = random.below(10);
  if (roll < 6) return first;
  if (roll < 8) return `${first}\n${random.below(2) === 0 ? first : statement(spec)}`;
  const kin = inContext.get(context)!.filter(({ module }) => module === spec.module);
  return `${first}\n${statement(random.pick(kin))}`;
}

const apart = ['http_image_filter', 'http_xslt_filter', 'http_geoip', 'http_perl'];
function modulesOf({ module }: DirectiveSpec, context: Context): string[] {
  const found = apart
    .filter((name) => module === `ngx_${name}_module`)
    .map((name) => `ngx_${name}_module.so`);
  const subsystem = /^(?:stream|mail)/.exec(context)?.[0];
  return subsystem === undefined ? found : [...found, `ngx_${subsystem}_module.so`];
}

function* probes(): Generator<Probe> {
  const shared = sharedFiles();
  for (const spec of all) {
    if (values.only !== undefined && spec.name !== values.only) continue;
    if (!spec.module.includes(values.module) || spec.name === 'load_module') continue;
    if (!debian && apart.some((name) => spec.module === `ngx_${name}_module`)) continue;
    if (
      /^ngx_(?:stream_geoip|google_perftools|http_degradation|kqueue|devpoll|eventport|iocp)/.test(
        spec.module,
      )
    )
      continue;
    for (const context of spec.contexts) {
      const wrapper = caseContexts[context];
      if (wrapper === undefined) continue;
      for (let number = 0; number < Number(values.per); number++) {
        const [before, after] = wrappers[wrapper];
        const text = piece(spec, context);
        const whole = `${before.replace(/^load_module [^;]*; /, '')}${text}${after}`;
        yield {
          name: `${context}: ${text.replaceAll('\n', ' ⏎ ')}`,
          entry: '/etc/nginx/nginx.conf',
          files: { ...shared, '/etc/nginx/nginx.conf': whole },
          modules: modulesOf(spec, context),
        };
      }
    }
  }
}

const source = probes();
const roots = [new RootedNginx(values.binary), new RootedNginx(values.binary)];
const tally = new Tally();
let machine = 0;
let accepted = 0;
try {
  for (;;) {
    const batch = Array.from({ length: 200 }, () => source.next().value).filter(
      (probe) => probe !== undefined,
    );
    if (batch.length === 0) break;
    const answers = await judgeAllRooted(batch, roots);
    batch.forEach((probe, index) => {
      const real = answers[index]!;
      if (isMachineReason(real)) return void machine++;
      if (real.ok) accepted++;
      tally.add(probe.name, real, judgeOurselves(probe, values.target));
    });
  }
} finally {
  for (const root of roots) root.close();
}
console.log(`seed ${values.seed}: ${accepted} accepted, ${machine} more answered for reasons of the machine`);
console.log(tally.report(Number(values.limit), Number(values.examples)));
