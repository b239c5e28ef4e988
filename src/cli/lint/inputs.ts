import { type Dirent, existsSync, readdir, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { textOfBytes } from '../../text/source-file.ts';
import { CliError, systemReason } from '../cli-error.ts';
import type { Terminal } from '../terminal.ts';

/** One file to lint. */
export interface Input {
  /** As the user named it, or below the folder they named. */
  readonly path: string;
  readonly text: string;
  /** Found in a folder: linted only where no configuration includes it. */
  readonly found: boolean;
  /** It came through standard input; `path` is only its name. */
  readonly stdin?: true;
}

export interface InputOptions {
  readonly stdinFilename?: string;
  /** Globs a folder is searched for; the usual names by default. */
  readonly include?: readonly string[];
  readonly ignore: readonly string[];
  /** Folder that `ignore` is relative to. */
  readonly ignoreFolder: string;
  readonly respectIgnores: boolean;
}

/** Where nginx configuration usually stands. What only looks so (php-fpm's `www.conf`) is sorted out by content. */
const usualNames: readonly string[] = [
  '**/*.conf',
  '**/*.conf.template',
  '**/templates/*.template',
  '**/nginx.conf*',
  '**/sites-{available,enabled}/*',
  '**/*.nginx',
  '**/*.vhost',
];

const never: readonly string[] = [
  '**/node_modules/**',
  '**/.git/**',
  '**/*~',
  '**/*.bak',
  '**/*.{md,sh,py,js,ts,yml,yaml}',
];

/** The files that the arguments mean, in order, each once. */
export async function readInputs(
  arguments_: readonly string[],
  options: InputOptions,
  terminal: Terminal,
): Promise<Input[]> {
  const inputs = new Map<string, Input>();
  for (const argument of arguments_.length === 0 ? ['.'] : arguments_) {
    const group =
      argument === '-' ? [standardInput(options, terminal)] : await inputsOf(argument, options, terminal);
    for (const input of group) {
      const key = argument === '-' ? '-' : path.resolve(terminal.cwd, input.path);
      if (inputs.get(key)?.found !== false) inputs.set(key, input);
    }
  }
  return [...inputs.values()];
}

function standardInput(options: InputOptions, terminal: Terminal): Input {
  try {
    return { path: options.stdinFilename ?? '<stdin>', text: terminal.stdin(), found: false, stdin: true };
  } catch (error) {
    throw new CliError(`cannot read standard input: ${systemReason(error)}`);
  }
}

async function inputsOf(argument: string, options: InputOptions, terminal: Terminal): Promise<Input[]> {
  const absolute = path.resolve(terminal.cwd, argument);
  if (existsSync(absolute)) {
    if (!statSync(absolute).isDirectory())
      return [{ path: argument, text: readBytes(absolute, argument), found: false }];
    checkReadable(absolute, argument);
    const files = await search(absolute, options.include ?? usualNames, options, terminal);
    const inputs = files
      .map((file) => ({
        path: path.join(argument, file),
        text: readBytes(path.join(absolute, file), path.join(argument, file)),
        found: true,
      }))
      .filter((input) => looksLikeNginx(input.text, input.path));
    if (inputs.length === 0) throw new CliError(`${argument}: no nginx configuration in this folder`);
    return inputs;
  }
  if (/[*?[\]{}]/.test(argument)) {
    const files = await search(terminal.cwd, [argument], options, terminal);
    if (files.length === 0) throw new CliError(`${argument}: no file matches`);
    return files.map((file) => ({
      path: file,
      text: readBytes(path.resolve(terminal.cwd, file), file),
      found: false,
    }));
  }
  throw new CliError(`cannot read ${argument}: no such file or directory`);
}

function checkReadable(folder: string, shown: string): void {
  try {
    readdirSync(folder);
  } catch (error) {
    throw new CliError(`cannot read ${shown}: ${systemReason(error)}`);
  }
}

/** Folders below that cannot be read are told of and left out: keys often lie in one. */
async function search(
  folder: string,
  globs: readonly string[],
  options: InputOptions,
  terminal: Terminal,
): Promise<string[]> {
  const { glob } = await import('tinyglobby');
  const left: string[] = [];
  const telling = (directory: string, how: { withFileTypes: true }, done: ReaddirDone): void =>
    readdir(directory, how, (error, entries) => {
      if (error !== null)
        left.push(`${path.relative(terminal.cwd, directory)}: ${systemReason(error)}; left out\n`);
      done(error, entries);
    });
  const files = await glob([...globs], {
    cwd: folder,
    ignore: [...never],
    dot: false,
    onlyFiles: true,
    fs: { readdir: telling as typeof readdir },
  });
  for (const line of left.sort()) await terminal.err(`hopwright: cannot read ${line}`);
  const kept = options.respectIgnores ? await withoutIgnored(folder, files, options) : files;
  return kept.sort();
}

type ReaddirDone = (error: NodeJS.ErrnoException | null, entries: Dirent[]) => void;

/** Leaves out what `.gitignore` files from the repository's top down to each file, and the configuration, ignore. */
async function withoutIgnored(
  folder: string,
  files: readonly string[],
  options: InputOptions,
): Promise<string[]> {
  const { default: ignore } = await import('ignore');
  const own = ignore().add([...options.ignore]);
  const matchers = new Map<string, ReturnType<typeof ignore> | null>();
  const matcherOf = (directory: string): ReturnType<typeof ignore> | null => {
    let matcher = matchers.get(directory);
    if (matcher === undefined) {
      const file = path.join(directory, '.gitignore');
      matcher = existsSync(file) ? ignore().add(readFileSync(file, 'utf8')) : null;
      matchers.set(directory, matcher);
    }
    return matcher;
  };
  return files.filter((file) => {
    const absolute = path.join(folder, file);
    const fromOwn = path.relative(options.ignoreFolder, absolute);
    if (!fromOwn.startsWith('..') && own.ignores(fromOwn)) return false;
    for (let at = path.dirname(absolute); ; at = path.dirname(at)) {
      if (matcherOf(at)?.ignores(path.relative(at, absolute)) === true) return false;
      if (existsSync(path.join(at, '.git')) || path.dirname(at) === at) return true;
    }
  });
}

const nginxLine =
  /^[ \t]*(?:(?:http|events|server|stream|upstream[ \t]+\S+|location[ \t]+[^;{]+|map[ \t]+\S+[ \t]+\$\w+)\s*\{|(?:listen|server_name|proxy_\w+|fastcgi_\w+|add_header|root|include|worker_processes|ssl_certificate|return|rewrite|try_files|allow|deny|gzip\w*)[ \t]+[^;=]+;)/m;

/** Whether a file found in a folder is meant for nginx: by name, or by a line that no other format has. */
function looksLikeNginx(text: string, name: string): boolean {
  return path.basename(name) === 'nginx.conf' || nginxLine.test(text);
}

/** The bytes of a file as a latin1 string; a clear message when it cannot be read. */
export function readBytes(absolute: string, shown: string): string {
  try {
    return textOfBytes(readFileSync(absolute));
  } catch (error) {
    throw new CliError(`cannot read ${shown}: ${systemReason(error)}`);
  }
}
