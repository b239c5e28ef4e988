import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '..');

/** For each folder, the folders and packages it may import besides itself; the order of docs/architecture.md. */
const allowed: Record<string, readonly string[]> = {
  'src/system': [],
  'src/text': [],
  'src/pcre': [],
  'src/diagnostics': ['src/text'],
  grammar: ['chevrotain'],
  'src/1-syntax': ['grammar', 'src/diagnostics', 'src/text', 'chevrotain'],
  'src/nginx': ['src/1-syntax', 'src/diagnostics', 'src/text', 'src/pcre', 'src/system'],
  'src/2-resolve': ['src/nginx', 'src/1-syntax', 'src/diagnostics', 'src/text', 'src/pcre', 'src/system'],
  'src/3-plan': [
    'src/2-resolve',
    'src/nginx',
    'src/1-syntax',
    'src/diagnostics',
    'src/text',
    'src/pcre',
    'zod',
  ],
  'src/engine': ['src/3-plan', 'src/text', 'src/pcre', 'src/system'],
  'src/4-check': [
    ...[
      'src/2-resolve',
      'src/3-plan',
      'src/engine',
      'src/explain',
      'src/diagnostics',
      'src/nginx',
      'src/1-syntax',
    ],
    ...['src/text', 'src/pcre'],
  ],
  'src/explain': [
    'src/engine',
    'src/3-plan',
    'src/2-resolve',
    'src/nginx',
    'src/1-syntax',
    'src/diagnostics',
    'src/text',
    'src/pcre',
    'src/runtime',
  ],
  'src/runtime': ['src/engine', 'src/3-plan', 'src/text', 'src/pcre', 'src/system', 'ws'],
  'src/report': ['src/diagnostics', 'src/text', 'chalk'],
};

const sources = ['src', 'grammar'].flatMap((top) =>
  readdirSync(join(root, top), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => `${top}/${file}`),
);

interface Import {
  readonly from: string;
  /** A path from the root for relative imports, else the package's name. */
  readonly to: string;
  readonly typeOnly: boolean;
}

const imports: Import[] = sources.flatMap((from) => {
  const text = readFileSync(join(root, from), 'utf8');
  const pattern = /^\s*(?:import|export)\s+(type\s)?(?:[^'";]*?\sfrom\s+)?'([^']+)'|\bimport\('([^']+)'\)/gm;
  return [...text.matchAll(pattern)].map((match) => {
    const target = match[2] ?? match[3]!;
    const to = target.startsWith('.') ? relative(root, join(root, dirname(from), target)) : target;
    return { from, to, typeOnly: match[1] !== undefined };
  });
});

function folderOf(path: string): string | undefined {
  return Object.keys(allowed).find((folder) => path.startsWith(`${folder}/`));
}

describe('import order', () => {
  it('lets each folder import only what docs/architecture.md allows', () => {
    const wrong = imports.filter(({ from, to }) => {
      const folder = folderOf(from);
      if (folder === undefined || to.startsWith('node:')) return false;
      const target = folderOf(to) ?? (to.startsWith('src/') ? to : to.split('/')[0]!);
      return target !== folder && !allowed[folder]!.includes(target);
    });
    expect(wrong.map(({ from, to }) => `${from} imports ${to}`)).toEqual([]);
  });

  it('keeps everything but the plan schema out of engine and runtime', () => {
    const wrong = imports.filter(
      ({ from, to, typeOnly }) =>
        /^src\/(engine|runtime)\//.test(from) &&
        to.startsWith('src/3-plan/') &&
        !typeOnly &&
        !/schema/.test(to),
    );
    expect(wrong.map(({ from, to }) => `${from} imports ${to}`)).toEqual([]);
  });

  it('imports zod alone in the plan schema', () => {
    const wrong = imports.filter(
      ({ from, to }) =>
        /^src\/3-plan\/.*schema/.test(from) && to !== 'zod' && !/^src\/3-plan\/.*schema/.test(to),
    );
    expect(wrong.map(({ from, to }) => `${from} imports ${to}`)).toEqual([]);
  });

  it('has chalk only in report and cli', () => {
    const wrong = imports.filter(({ from, to }) => to === 'chalk' && !/^src\/(report|cli)\//.test(from));
    expect(wrong.map(({ from }) => from)).toEqual([]);
  });

  it('has node:http nowhere in the data path', () => {
    const wrong = imports.filter(
      ({ from, to }) => /^node:(http|https|http2)$/.test(to) && !/^src\/(runtime\/echo|cli)\//.test(from),
    );
    expect(wrong.map(({ from }) => from)).toEqual([]);
  });

  it('has no cycles between modules', () => {
    const edges = Map.groupBy(
      imports.filter(({ to, typeOnly }) => to.endsWith('.ts') && !typeOnly),
      ({ from }) => from,
    );
    const done = new Set<string>();
    const cycles: string[] = [];
    const visit = (file: string, path: string[]): void => {
      if (path.includes(file)) cycles.push([...path.slice(path.indexOf(file)), file].join(' → '));
      if (done.has(file) || path.includes(file)) return;
      for (const { to } of edges.get(file) ?? []) visit(to, [...path, file]);
      done.add(file);
    };
    for (const file of sources) visit(file, []);
    expect(cycles).toEqual([]);
  });
});
