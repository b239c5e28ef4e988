import { existsSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { diskReader, type FileReader } from '../../2-resolve/file-reader.ts';
import { fitContext } from '../../4-check/fragment.ts';
import { lint, type LintOptions, type LintResult } from '../../4-check/lint.ts';
import type { Context } from '../../nginx/types.ts';
import { TargetVersions } from '../../nginx/versions.ts';
import { SourceFile } from '../../text/source-file.ts';
import { substitute } from '../templates.ts';
import { readBytes, type Input } from './inputs.ts';

/** A configuration, or a fragment that no configuration of the run includes. */
export interface Root {
  readonly input: Input;
  readonly context: Context;
  /** The one file of it whose findings are wanted: the configuration is only linted because it includes that. */
  readonly part?: Input;
}

/** How the roots of a run are linted; `texts` replaces what stands on the disk, by absolute path (`--fix`). */
export interface RootOptions {
  readonly lint: LintOptions;
  readonly define: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly context: Context | null;
}

export type Texts = ReadonlyMap<string, string>;

/** What a file found in a folder must have of its directives in one context to count as a fragment of nginx's. */
const convincing = 0.5;

/** Reads the disk through what a run changed and through `--define`. */
function readerFor(options: RootOptions, texts: Texts): FileReader {
  return {
    list: (directory) => diskReader.list(directory),
    read(file) {
      const changed = texts.get(path.resolve(options.cwd, file));
      const result = changed === undefined ? diskReader.read(file) : { text: changed };
      return 'text' in result ? { text: substitute(result.text, options.define) } : result;
    },
  };
}

/** The source of a root as it is linted. */
function sourceOf(input: Input, options: RootOptions, texts: Texts = new Map()): SourceFile {
  const text = texts.get(path.resolve(options.cwd, input.path)) ?? input.text;
  return new SourceFile(input.path, substitute(text, options.define));
}

/** Lints one configuration; `texts` stand in for files that fixes have changed. */
export function lintRoot(root: Root, options: RootOptions, texts: Texts = new Map()): LintResult {
  const { input, part } = root;
  const all = part === undefined ? texts : new Map([[absolute(part, options), part.text], ...texts]);
  return lint(sourceOf(input, options, all), {
    ...options.lint,
    reader: readerFor(options, all),
    startContext: root.context,
    confPrefix: mainFolder(root, options),
    only: part === undefined ? undefined : (file) => isFile(file, part, options),
  });
}

/** The files of a run that its report is about. */
export function filesOf([root, { config }]: readonly [Root, LintResult], options: RootOptions): SourceFile[] {
  const { part } = root;
  return part === undefined ? [...config.files] : config.files.filter((file) => isFile(file, part, options));
}

function absolute({ path: name }: { readonly path: string }, { cwd }: RootOptions): string {
  return path.resolve(cwd, name);
}

/** Where the file itself is: `sites-enabled` is full of links into `sites-available`. */
function realPath(file: { readonly path: string }, options: RootOptions): string {
  const name = absolute(file, options);
  try {
    return realpathSync(name);
  } catch {
    // Standard input and what a reader made up are nowhere.
    return name;
  }
}

function isFile(file: SourceFile, part: Input, options: RootOptions): boolean {
  return absolute(file, options) === absolute(part, options);
}

/** Folders whose files a main configuration beside the folder includes, by custom. */
const fragmentFolders =
  /^(conf\.d|http\.d|default\.d|sites-available|sites-enabled|snippets|servers|vhosts(\.d)?|modules-enabled|templates)$/;

/** Where the main file stands. For a fragment: the nearest folder above with an nginx.conf, else the one the customs tell. */
function mainFolder({ input, context }: Root, options: RootOptions): string {
  const own = path.dirname(absolute(input, options));
  if (context === 'main') return own;
  return folderWithMain(own) ?? (fragmentFolders.test(path.basename(own)) ? path.dirname(own) : own);
}

const mainName = 'nginx.conf';

/** The nearest folder, this one or above, with an nginx.conf. */
function folderWithMain(start: string): string | null {
  for (let folder = start; path.dirname(folder) !== folder; folder = path.dirname(folder))
    if (existsSync(path.join(folder, mainName))) return folder;
  return null;
}

/**
 * Lints every input: whole configurations first, then the files that none of them included, in an nginx.conf above that does,
 * else in the context they fit. A file the user named is always linted; one found in a folder only if it is nginx's.
 */
export function lintInputs(inputs: readonly Input[], options: RootOptions): (readonly [Root, LintResult])[] {
  const judge = new TargetVersions(options.lint.target ?? 'any').judge;
  const results: (readonly [Root, LintResult])[] = [];
  const included = new Set<string>();
  const lintOne = (root: Root): void => {
    const result = lintRoot(root, options);
    for (const file of result.config.files.slice(1)) included.add(realPath(file, options));
    results.push([root, result]);
  };
  /** The fragment as a part of the configuration that includes it; null without one. */
  const within = ({ input }: Root): readonly [Root, LintResult] | null => {
    const folder = options.context === null ? folderWithMain(path.dirname(absolute(input, options))) : null;
    if (folder === null || inputs.some((other) => absolute(other, options) === path.join(folder, mainName)))
      return null;
    const name = path.relative(options.cwd, path.join(folder, mainName));
    const main = { path: name, text: readBytes(path.join(folder, mainName), name), found: true };
    const root: Root = { input: main, context: 'main', part: input };
    const result = lintRoot(root, options);
    return filesOf([root, result], options).length === 0 ? null : [root, result];
  };
  const fragments: Root[] = [];
  for (const input of inputs) {
    const fit = fitContext(sourceOf(input, options), judge);
    const whole = path.basename(input.path) === 'nginx.conf' && fit.share === 0;
    if (input.found && !whole && fit.share < convincing) continue;
    const root = { input, context: options.context ?? fit.context };
    if (root.context === 'main') lintOne(root);
    else fragments.push(root);
  }
  for (const root of fragments) {
    if (included.has(realPath(root.input, options))) continue;
    const inside = within(root);
    if (inside === null) lintOne(root);
    else results.push(inside);
  }
  // A file included by another root, such as a nested main file found in the same folder, is linted there.
  return results.filter(([root]) => !root.input.found || !included.has(realPath(root.input, options)));
}
