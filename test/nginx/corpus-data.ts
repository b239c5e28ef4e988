/** Reads `../shared/corpus`, whose README tells the fields. That data is not ours: nothing here runs in CI. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { encodeBytes } from '../../src/text/source-file.ts';
import type { MachineConfig } from './rooted-nginx.ts';

const directory = join(import.meta.dirname, '../../../shared/corpus');

export interface Verdict {
  readonly status: 'ok' | 'error';
  readonly class?: 'syntax' | 'semantic' | 'env';
  readonly code?: string;
  readonly msg?: string;
  readonly file?: string | null;
  readonly line?: number | null;
}

export interface Entry {
  readonly id: string;
  readonly path?: string;
  readonly kind?: string;
  /** Id of the real configuration that a mutated one was made of; its stubs are there. */
  readonly base?: string;
  readonly text?: string;
  readonly textB64?: string;
  readonly wrapPrefix?: string;
  readonly wrapSuffix?: string;
  readonly stubs?: Readonly<Record<string, { kind: string; text?: string }>>;
  readonly modules?: readonly string[];
  readonly verdict?: Verdict | null;
  readonly newer?: { readonly verdict: Verdict } | null;
}

export function loadEntries(name: 'real.jsonl.gz' | 'mutated.jsonl.gz'): Entry[] {
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

/** The bytes of the entry itself, without what was put around it. */
export function bytesOf({ text, textB64 }: Entry): string {
  return textB64 === undefined ? encodeBytes(text ?? '') : Buffer.from(textB64, 'base64').toString('latin1');
}

const at = '/etc/nginx/nginx.conf';

/** The entry, or `body` in its place, with the stubs of `base` beside it. */
export function configOf(entry: Entry, base: Entry = entry, body = bytesOf(entry)): MachineConfig {
  const files: Record<string, string> = { ...commonFiles };
  const directories: string[] = [];
  for (const [path, { kind, text }] of Object.entries(entry.stubs ?? base.stubs ?? {}))
    if (kind === 'dir') directories.push(path);
    else files[path] = encodeBytes(text ?? '');
  files[at] = (entry.wrapPrefix ?? '') + body + (entry.wrapSuffix ?? '');
  return { entry: at, files, directories, modules: entry.modules ?? base.modules ?? [] };
}
