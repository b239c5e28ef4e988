import { existsSync } from 'node:fs';
import path from 'node:path';
import { diskReader, type FileReader } from '../../2-resolve/file-reader.ts';
import { fitContext } from '../../4-check/fragment.ts';
import { lint, type LintOptions, type LintResult } from '../../4-check/lint.ts';
import type { Context } from '../../nginx/types.ts';
import { TargetVersions } from '../../nginx/versions.ts';
import { SourceFile } from '../../text/source-file.ts';
import { substitute } from '../templates.ts';
import type { Input } from './inputs.ts';

/** A configuration, or a fragment that no configuration of the run includes. */
export interface Root {
  readonly input: Input;
  readonly context: Context;
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
  return lint(sourceOf(root.input, options, texts), {
    ...options.lint,
    reader: readerFor(options, texts),
    startContext: root.context,
    confPrefix: mainFolder(root, options),
  });
}

/** Folders whose files a main configuration beside the folder includes, by custom. */
const fragmentFolders =
  /^(conf\.d|http\.d|default\.d|sites-available|sites-enabled|snippets|servers|vhosts(\.d)?|modules-enabled|templates)$/;

/** Where the main file stands. For a fragment: the nearest folder above with an nginx.conf, else the one the customs tell. */
function mainFolder({ input, context }: Root, options: RootOptions): string {
  const own = path.dirname(path.resolve(options.cwd, input.path));
  if (context === 'main') return own;
  for (let folder = own; path.dirname(folder) !== folder; folder = path.dirname(folder))
    if (existsSync(path.join(folder, 'nginx.conf'))) return folder;
  return fragmentFolders.test(path.basename(own)) ? path.dirname(own) : own;
}

/**
 * Lints every input: whole configurations first, then, in the context they fit, the files that none of them included.
 * A file the user named is always linted; one found in a folder only if it is nginx's.
 */
export function lintInputs(inputs: readonly Input[], options: RootOptions): (readonly [Root, LintResult])[] {
  const judge = new TargetVersions(options.lint.target ?? 'any').judge;
  const results: (readonly [Root, LintResult])[] = [];
  const included = new Set<string>();
  const lintOne = (root: Root): void => {
    const result = lintRoot(root, options);
    for (const file of result.config.files.slice(1)) included.add(path.resolve(options.cwd, file.path));
    results.push([root, result]);
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
  for (const root of fragments)
    if (!root.input.found || !included.has(path.resolve(options.cwd, root.input.path))) lintOne(root);
  // A file included by another root, such as a nested main file found in the same folder, is linted there.
  return results.filter(
    ([root]) => !root.input.found || !included.has(path.resolve(options.cwd, root.input.path)),
  );
}
