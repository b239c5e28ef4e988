import { posix } from 'node:path';
import type { ParsedFile } from '../1-syntax/ast.ts';
import { parseFile } from '../1-syntax/parse.ts';
import type { CheckContext } from '../nginx/check-context.ts';
import { fullName } from '../nginx/paths.ts';
import type { Problem } from '../nginx/problem.ts';
import { problem } from '../nginx/problem.ts';
import { errnoText } from '../system/errno.ts';
import { SourceFile } from '../text/source-file.ts';
import type { FileReader } from './file-reader.ts';
import { glob, isPattern } from './glob.ts';

/** Deeper than this nginx runs out of open files in most systems; no sane configuration comes near. */
const deepestInclude = 64;

/** Files as they were read and parsed; serves any number of runs over the same configuration. */
export class FileStore {
  readonly #reader: FileReader;
  readonly #parsed = new Map<SourceFile, ParsedFile>();
  readonly #read = new Map<string, SourceFile | { readonly error: string }>();

  constructor(reader: FileReader) {
    this.#reader = reader;
  }

  get reader(): FileReader {
    return this.#reader;
  }

  parse(file: SourceFile): ParsedFile {
    let parsed = this.#parsed.get(file);
    if (parsed === undefined) {
      parsed = parseFile(file);
      this.#parsed.set(file, parsed);
    }
    return parsed;
  }

  /** The file at an absolute path, or the errno name that stands in its way. */
  read(path: string): SourceFile | { readonly error: string } {
    let result = this.#read.get(path);
    if (result === undefined) {
      const read = this.#reader.read(path);
      result = 'error' in read ? read : new SourceFile(path, read.text);
      this.#read.set(path, result);
    }
    return result;
  }
}

/** The files of one configuration: reads each once, finds those that `include` names, knows which are open. */
export class Includes {
  readonly files: SourceFile[] = [];
  readonly #store: FileStore;
  readonly #root: string;
  readonly #byPath = new Map<string, SourceFile>();
  readonly #open: SourceFile[] = [];

  constructor(entry: SourceFile, store: FileStore, root: string) {
    this.#store = store;
    this.#root = root;
    this.#remember(entry);
    this.#open.push(entry);
  }

  parse(file: SourceFile): ParsedFile {
    return this.#store.parse(file);
  }

  /** The paths that the `include` being read means, in nginx's order, as nginx names them. */
  find(cx: CheckContext): string[] {
    const path = fullName(cx, cx.arg(0), 'configuration');
    if (!isPattern(path)) return [path];
    const real = glob(this.#real(path), this.#store.reader);
    return real.map((each) => this.#named(each, path));
  }

  /** Opens a file and puts it on top of the open ones; the problem is what nginx says when it cannot. */
  open(path: string, cx: CheckContext): SourceFile | Problem {
    const real = this.#real(path);
    const known = this.#byPath.get(real);
    if (known !== undefined) {
      if (this.#open.includes(known) || this.#open.length >= deepestInclude) return cycle(cx, path);
      this.#open.push(known);
      return known;
    }
    const file = this.#store.read(real);
    if ('error' in file) return cannotOpen(cx, path, file.error);
    this.#remember(file);
    this.#open.push(file);
    return file;
  }

  close(): void {
    this.#open.pop();
  }

  #remember(file: SourceFile): void {
    this.files.push(file);
    this.#byPath.set(posix.normalize(file.path), file);
  }

  /** Where a path is on this machine: absolute paths are below the root, unless they already are. */
  #real(path: string): string {
    const normal = posix.normalize(path);
    const below = this.#root === '' || normal === this.#root || normal.startsWith(`${this.#root}/`);
    return below ? normal : this.#root + normal;
  }

  /** The path that nginx would have got from glob(3) for a pattern it knows as `pattern`. */
  #named(real: string, pattern: string): string {
    const below =
      this.#root !== '' && real.startsWith(`${this.#root}/`) && !pattern.startsWith(`${this.#root}/`);
    return below ? real.slice(this.#root.length) : real;
  }
}

function cannotOpen(cx: CheckContext, path: string, error: string): Problem {
  // nginx opens a directory and fails only when it reads it.
  const directory = error === 'EISDIR';
  const call = directory ? 'pread()' : 'open()';
  return problem('include-failed', `${call} "${path}" failed ${errnoText(error)}`, {
    word: 0,
    placeless: directory,
    level: directory ? 'crit' : 'emerg',
    detail:
      cx.arg(0) === path
        ? undefined
        : `Relative paths in "include" start at ${cx.confPrefix}, the directory of the main configuration file.`,
  });
}

function cycle(_cx: CheckContext, path: string): Problem {
  return problem('include-cycle', `open() "${path}" failed (24: Too many open files)`, {
    word: 0,
    detail:
      'The file includes itself, directly or through others; nginx reads it until it runs out of files.',
  });
}
