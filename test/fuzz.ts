/**
 * Throws hostile input at the whole of `lint` and looks for crashes, hangs and memory without bound.
 *
 *     node test/fuzz.ts [--seconds N] [--seed N]
 *
 * Prints its seed first; a failure prints the input's kind and writes the input to a file in the temporary folder.
 */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { memoryReader } from '../src/2-resolve/file-reader.ts';
import { lint } from '../src/4-check/lint.ts';
import { SourceFile } from '../src/text/source-file.ts';
import { hugeInputs } from './huge-inputs.ts';
import { Random } from './nginx/random.ts';

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '60' }, seed: { type: 'string' } },
});
const seed = Number(values.seed ?? Date.now() % 1_000_000_000);
const random = new Random(seed);
console.log(`seed ${seed}`);

/** What one input may take: milliseconds, and MiB of heap after it was collected. */
const limits = { small: 2_000, huge: 30_000, heap: 1_500 };

const words = [
  ...[
    'http',
    'server',
    'location',
    'events',
    'upstream',
    'map',
    'if',
    'include',
    'proxy_pass',
    'listen',
    'server_name',
  ],
  ...[
    'set',
    'rewrite',
    'return',
    'content_by_lua_block',
    'types',
    'geo',
    'stream',
    'mail',
    'proxy_set_header',
    'error_page',
  ],
  ...[
    '{',
    '}',
    ';',
    '"',
    "'",
    '\\',
    '$',
    '${',
    '~',
    '#',
    '\n',
    '\r\n',
    '\0',
    '\ufeff',
    'on',
    '80',
    '/',
    '($a = b)',
    '[[',
    ']]',
    '--',
    'é',
  ],
];

const corpus = readdirSync(resolve(import.meta.dirname, '../fixtures/corpus'), {
  recursive: true,
  encoding: 'utf8',
})
  .filter((name) => name.endsWith('.conf'))
  .map((name) => readFileSync(resolve(import.meta.dirname, '../fixtures/corpus', name), 'latin1'));

const byte = (): string => String.fromCharCode(random.below(256));

const kinds: Readonly<Record<string, () => string>> = {
  'random bytes': () => Array.from({ length: random.below(4_000) }, byte).join(''),
  'token soup': () =>
    Array.from({ length: random.below(400) }, () => random.pick(words)).join(random.next() < 0.5 ? ' ' : ''),
  'damaged configuration': () => {
    let text = random.pick(corpus);
    for (let count = 1 + random.below(8); count > 0; count -= 1) {
      const at = random.below(text.length);
      const removed = random.next() < 0.5 ? random.below(40) : 0;
      text =
        text.slice(0, at) + (random.next() < 0.5 ? random.pick(words) : byte()) + text.slice(at + removed);
    }
    return text;
  },
};

function run(kind: string, text: string, limit: number): void {
  const path = '/etc/nginx/nginx.conf';
  const started = performance.now();
  try {
    lint(new SourceFile(path, text), {
      target: random.pick(['any', '1.22.1', '1.31.5']),
      reader: memoryReader({ [path]: text }),
    });
  } catch (error) {
    fail(kind, text, error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
  const took = performance.now() - started;
  if (took > limit) fail(kind, text, `took ${took.toFixed(0)} ms`);
  const heap = process.memoryUsage().heapUsed / 1024 / 1024;
  if (heap > limits.heap) fail(kind, text, `the heap grew to ${heap.toFixed(0)} MiB`);
}

function fail(kind: string, text: string, why: string): never {
  const file = join(tmpdir(), `hopwright-fuzz-${seed}.conf`);
  writeFileSync(file, text, 'latin1');
  console.error(`${kind}: ${why}\ninput in ${file}, seed ${seed}`);
  process.exit(1);
}

for (const [kind, make] of Object.entries(hugeInputs)) {
  const started = performance.now();
  run(kind, make(), limits.huge);
  console.log(`${kind}: ${(performance.now() - started).toFixed(0)} ms`);
}
const end = performance.now() + Number(values.seconds) * 1000;
let count = 0;
for (; performance.now() < end; count += 1) {
  const kind = random.pick(Object.keys(kinds));
  run(kind, kinds[kind]!(), limits.small);
}
console.log(`${count} inputs, no crash, no hang`);
