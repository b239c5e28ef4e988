import { existsSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { fitContext } from '../../4-check/fragment.ts';
import { lint, type LintOptions, type LintResult } from '../../4-check/lint.ts';
import type { Context } from '../../nginx/types.ts';
import { TargetVersions } from '../../nginx/versions.ts';
import { SourceFile } from '../../text/source-file.ts';
import { substitute, templateReader } from '../templates.ts';
import { readBytes, type Input } from './inputs.ts';

/** A configuration, or a fragment that no configuration of the run includes. */
export interface Root {
  readonly input: Input;
  readonly context: Context;
  /** The files of it whose findings are wanted: the configuration is only linted because it includes them. */
  readonly parts?: readonly Input[];
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

/** The source of a root as it is linted. */
function sourceOf(input: Input, options: RootOptions, texts: Texts = new Map()): SourceFile {
  const text = texts.get(path.resolve(options.cwd, input.path)) ?? input.text;
  return new SourceFile(input.path, substitute(text, options.define));
}

/** Lints one configuration; `texts` stand in for files that fixes have changed. */
export function lintRoot(root: Root, options: RootOptions, texts: Texts = new Map()): LintResult {
  const { input, parts = [] } = root;
  const all = new Map([...parts.map((part) => [absolute(part, options), part.text] as const), ...texts]);
  return lint(sourceOf(input, options, all), {
    ...options.lint,
    reader: templateReader(options.define, (file) => all.get(path.resolve(options.cwd, file))),
    startContext: root.context,
    confPrefix: mainFolder(root, options),
    only: root.parts && ((file) => isPart(root, file, options)),
  });
}

/** The files of a run that its report is about. */
export function filesOf([root, { config }]: readonly [Root, LintResult], options: RootOptions): SourceFile[] {
  return config.files.filter((file) => isPart(root, file, options));
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

function isPart({ parts }: Root, file: SourceFile, options: RootOptions): boolean {
  return parts === undefined || parts.some((part) => realPath(part, options) === realPath(file, options));
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
  const filesOf = new Map<Root, ReadonlySet<string>>();
  const lintOne = (root: Root): void => {
    const result = lintRoot(root, options);
    const files = new Set(result.config.files.slice(1).map((file) => realPath(file, options)));
    for (const file of files) included.add(file);
    filesOf.set(root, files);
    results.push([root, result]);
  };
  const fragments: Root[] = [];
  for (const input of inputs) {
    const fit = fitContext(sourceOf(input, options), judge);
    const whole = path.basename(input.path) === mainName && fit.share === 0;
    if (input.found && !whole && fit.share < convincing) continue;
    const root = { input, context: options.context ?? fit.context };
    if (root.context === 'main') lintOne(root);
    else fragments.push(root);
  }
  const alone = fragments.filter(({ input }) => !included.has(realPath(input, options)));
  for (const [main, roots] of Map.groupBy(alone, ({ input }) => mainAbove(input, inputs, options))) {
    const { whole, others } = main === null ? { whole: null, others: roots } : partsOf(main, roots, options);
    if (whole !== null) results.push(whole);
    for (const root of others) if (!included.has(realPath(root.input, options))) lintOne(root);
  }
  // A file included by another root, such as a nested main file found in the same folder, is linted there.
  const isElsewhere = (root: Root, at: number): boolean => {
    const name = realPath(root.input, options);
    if (!root.input.found || !included.has(name)) return false;
    return results.some(([other], otherAt) => {
      if (other === root || filesOf.get(other)?.has(name) !== true) return false;
      // Of files that include each other one is the configuration: nginx.conf, else the first.
      if (filesOf.get(root)?.has(realPath(other.input, options)) !== true) return true;
      return isMain(other) === isMain(root) ? otherAt < at : isMain(other);
    });
  };
  return results.filter(([root], at) => !isElsewhere(root, at));
}

function isMain({ input }: Root): boolean {
  return path.basename(input.path) === mainName;
}

/** The nearest nginx.conf above a fragment, unless it is linted anyhow; null without one. */
function mainAbove(input: Input, inputs: readonly Input[], options: RootOptions): string | null {
  const folder = options.context === null ? folderWithMain(path.dirname(absolute(input, options))) : null;
  const main = folder === null ? null : path.join(folder, mainName);
  return inputs.some((other) => absolute(other, options) === main) ? null : main;
}

/** The configuration with those fragments that it includes as its parts, all at once, and the fragments that it does not. */
function partsOf(
  main: string,
  fragments: readonly Root[],
  options: RootOptions,
): { whole: readonly [Root, LintResult] | null; others: readonly Root[] } {
  const name = path.relative(options.cwd, main);
  const input = { path: name, text: readBytes(main, name), found: true };
  const asked: Root = { input, context: 'main', parts: fragments.map((one) => one.input) };
  const result = lintRoot(asked, options);
  const included = new Set(result.config.files.map((file) => realPath(file, options)));
  const isIncluded = ({ input: part }: Root): boolean => included.has(realPath(part, options));
  const parts = fragments.filter(isIncluded).map((one) => one.input);
  return {
    whole: parts.length === 0 ? null : [{ ...asked, parts }, result],
    others: fragments.filter((one) => !isIncluded(one)),
  };
}
