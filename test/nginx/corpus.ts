/**
 * `node test/nginx/corpus.ts [--only ID] [--class CLASS] [--limit N] [--per N] [--newer]`: our judgement of the real
 * and the mutated configurations of `../shared/corpus`, beside nginx's. Outside CI: that data is not ours.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { encodeBytes } from '../../src/text/source-file.ts';
import { accepted } from './judgement.ts';
import { judgeOurselves } from './ours.ts';
import { Tally } from './tally.ts';
import type { ConfigFiles, Judgement } from './judgement.ts';

const directory = join(import.meta.dirname, '../../../shared/corpus');

interface Verdict {
  readonly status: 'ok' | 'error';
  readonly class?: 'syntax' | 'semantic' | 'env';
  readonly code?: string;
  readonly msg?: string;
  readonly file?: string | null;
  readonly line?: number | null;
}

interface Entry {
  readonly id: string;
  readonly path?: string;
  /** Id of the real configuration that a mutated one was made of; its stubs are there. */
  readonly base?: string;
  readonly text?: string;
  readonly textB64?: string;
  readonly wrapPrefix?: string;
  readonly wrapSuffix?: string;
  readonly stubs?: Readonly<Record<string, { kind: string; text?: string }>>;
  readonly verdict?: Verdict | null;
  readonly newer?: { readonly verdict: Verdict } | null;
}

function load(name: string): Entry[] {
  const text = gunzipSync(readFileSync(join(directory, name))).toString('utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Entry);
}

/** What stood in /etc/nginx of every configuration: Debian's own files. */
const commonFiles: Readonly<Record<string, string>> = {
  '/etc/nginx/mime.types': 'types { text/html html; text/css css; }',
  '/etc/nginx/fastcgi_params': '',
  '/etc/nginx/fastcgi.conf': '',
  '/etc/nginx/uwsgi_params': '',
  '/etc/nginx/scgi_params': '',
  '/etc/nginx/proxy_params': '',
};

function filesOf(entry: Entry, bases: ReadonlyMap<string, Entry>): ConfigFiles {
  const body =
    entry.textB64 === undefined
      ? encodeBytes(entry.text ?? '')
      : Buffer.from(entry.textB64, 'base64').toString('latin1');
  const files: Record<string, string> = { ...commonFiles };
  const stubs = entry.stubs ?? bases.get(entry.base ?? '')?.stubs ?? {};
  for (const [path, { kind, text }] of Object.entries(stubs))
    if (kind !== 'dir') files[path] = encodeBytes(text ?? '');
  const at = '/etc/nginx/nginx.conf';
  files[at] = (entry.wrapPrefix ?? '') + body + (entry.wrapSuffix ?? '');
  return { entry: at, files };
}

/** nginx's word with the place taken out of the message. */
function judgementOf({ status, msg = '' }: Verdict): Judgement {
  if (status === 'ok') return accepted;
  const placed = /^([^]*) in (\/[^\n]*):(\d+)$/.exec(encodeBytes(msg));
  return {
    ok: false,
    level: 'emerg',
    message: placed?.[1] ?? encodeBytes(msg),
    file: placed?.[2] ?? null,
    line: placed === null ? null : Number(placed[3]),
  };
}

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    class: { type: 'string' },
    limit: { type: 'string', default: '40' },
    per: { type: 'string', default: '2' },
    newer: { type: 'boolean', default: false },
  },
});
const bases = new Map(load('real.jsonl.gz').map((entry) => [entry.id, entry]));
const started = performance.now();
for (const name of ['real.jsonl.gz', 'mutated.jsonl.gz']) {
  const tally = new Tally();
  const machine = new Tally();
  for (const entry of load(name)) {
    const verdict = values.newer ? entry.newer?.verdict : entry.verdict;
    if (!verdict || (values.only !== undefined && entry.id !== values.only)) continue;
    if (values.class !== undefined && verdict.class !== values.class) continue;
    const files = filesOf(entry, bases);
    const real = judgementOf(verdict);
    const ours = judgeOurselves(files, values.newer ? '1.31.5' : '1.22.1');
    (verdict.class === 'env' ? machine : tally).add(`${entry.id} ${entry.path ?? ''}`, real, ours);
    if (values.only !== undefined) console.log(files.files[files.entry], '\n', verdict, ours);
  }
  console.log(`== ${name}`);
  console.log(tally.report(Number(values.limit), Number(values.per)));
  if (machine.total > 0)
    console.log(`-- refused for reasons of the machine, not checked by lint: ${machine.total}`);
}
console.log(`${((performance.now() - started) / 1000).toFixed(1)} s`);
