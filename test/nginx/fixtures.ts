import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { ConfigFiles } from './judgement.ts';

const corpusDirectory = join(import.meta.dirname, '../../fixtures/corpus');

/** One configuration of `fixtures/corpus/`, laid out below `/etc/nginx`. */
export interface CorpusEntry extends ConfigFiles {
  readonly name: string;
  /** Paths of the files that belong to this configuration alone (not the shared ones). */
  readonly own: readonly string[];
  /** A template of the envsubst kind: not for nginx as it is. */
  readonly template: boolean;
}

const read = (path: string) => readFileSync(path, 'latin1');

function filesBelow(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .map((name) => join(directory, name))
    .filter((path) => statSync(path).isFile());
}

/** Files that every configuration may include: `mime.types`, `fastcgi_params` and their like. */
export function sharedFiles(): Record<string, string> {
  const base = join(corpusDirectory, '_shared');
  return Object.fromEntries(
    filesBelow(base).map((path) => [`/etc/nginx/${relative(base, path)}`, read(path)]),
  );
}

/** Reads the whole corpus; sorted by name. */
export function corpus(): CorpusEntry[] {
  const shared = sharedFiles();
  const entry = '/etc/nginx/nginx.conf';
  return readdirSync(corpusDirectory)
    .filter((name) => name !== '_shared' && name !== 'README.md')
    .sort()
    .map((name) => {
      const path = join(corpusDirectory, name);
      const folder = statSync(path).isDirectory();
      const own = folder
        ? filesBelow(path).map((file) => [`/etc/nginx/${relative(path, file)}`, read(file)] as const)
        : [[entry, read(path)] as const];
      if (folder && !existsSync(join(path, 'nginx.conf'))) throw new Error(`${path} has no nginx.conf`);
      return {
        name: name.replace(/\.(?:conf|template)$/, ''),
        entry,
        files: { ...shared, ...Object.fromEntries(own) },
        own: own.map(([file]) => file),
        template: name.endsWith('.template'),
      };
    });
}
