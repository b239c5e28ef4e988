import { posix } from 'node:path';
import type { Environment } from '../nginx/check-context.ts';
import { CheckContext } from '../nginx/check-context.ts';
import { modules } from '../nginx/modules/index.ts';
import { directoryOf } from '../nginx/paths.ts';
import { SpecTable } from '../nginx/specs.ts';
import type { Context } from '../nginx/types.ts';
import { newestVersion } from '../nginx/versions.ts';
import type { SourceFile } from '../text/source-file.ts';
import { Block } from './block.ts';
import type { FileReader } from './file-reader.ts';
import { diskReader } from './file-reader.ts';
import { Findings } from './findings.ts';
import { Handlers } from './handlers.ts';
import { Includes } from './includes.ts';
import type { ResolvedConfig } from './resolved-config.ts';
import { Walker } from './walker.ts';

export interface ResolveOptions {
  /** The nginx version that judges; the newest by default. */
  readonly target?: string;
  /** `-p`: where relative paths other than those of `include` start; `/etc/nginx` by default. */
  readonly prefix?: string;
  /** Directory where relative paths of `include` start: that of the main file, which is the entry by default. */
  readonly confPrefix?: string;
  /** Absolute paths are looked up below this directory. */
  readonly root?: string;
  readonly reader?: FileReader;
  /** Checks the state of the machine too: files, users, host names. */
  readonly environment?: Environment | null;
  /** For a part of a configuration: the block it would be included in. */
  readonly startContext?: Context;
  /**
   * The files are templates of the envsubst kind: a directive with `${NAME}` in capitals is neither refused nor judged.
   * By default so for files whose name ends in `.template`.
   */
  readonly template?: boolean;
}

/** The blocks around a fragment, outermost first. */
const around: Readonly<Partial<Record<Context, readonly Context[]>>> = {
  main: [],
  events: ['events'],
  http: ['http'],
  server: ['http', 'server'],
  location: ['http', 'server', 'location'],
  'if in server': ['http', 'server', 'if in server'],
  'if in location': ['http', 'server', 'location', 'if in location'],
  limit_except: ['http', 'server', 'location', 'limit_except'],
  upstream: ['http', 'upstream'],
  stream: ['stream'],
  'stream.server': ['stream', 'stream.server'],
  'stream.upstream': ['stream', 'stream.upstream'],
  mail: ['mail'],
  'mail.server': ['mail', 'mail.server'],
};

/**
 * Reads a configuration as one nginx version does: expands includes, puts every directive in its place, and says
 * what that nginx would refuse or warn about, in its order of checking. Never throws on what a file contains.
 */
export function resolve(entry: SourceFile, options: ResolveOptions = {}): ResolvedConfig {
  const target = options.target ?? newestVersion;
  const startContext = options.startContext ?? 'main';
  const findings = new Findings();
  const cx = new CheckContext({
    target,
    entry,
    environment: options.environment ?? null,
    fragment: startContext !== 'main',
    prefix: withSlash(options.prefix ?? options.confPrefix ?? directoryOf(posix.resolve(entry.path))),
    confPrefix: withSlash(options.confPrefix ?? directoryOf(posix.resolve(entry.path))),
    sink: (problem, context) => findings.add(problem, context),
  });
  const specs = new SpecTable(target);
  const includes = new Includes(entry, options.reader ?? diskReader, options.root ?? '');
  const handlers = new Handlers(modules);
  const symbolic = options.template ?? entry.path.endsWith('.template');
  const walker = new Walker({ cx, specs, handlers, findings, includes, symbolic });

  const main = new Block('main', null, null, specs);
  let start = main;
  for (const context of around[startContext] ?? []) start = new Block(context, null, start, specs);
  walker.walkFile(entry, start, []);

  cx.block = start;
  cx.place = { file: entry, offset: entry.text.length };
  if (startContext === 'main') handlers.endOfCycle(cx, main);
  else if (startContext === 'http' || startContext === 'stream' || startContext === 'mail')
    handlers.endOfSubsystem(cx, startContext, start);
  return {
    main,
    files: includes.files,
    diagnostics: findings.diagnostics,
    verdict: findings.verdict,
    target,
  };
}

function withSlash(directory: string): string {
  return directory.endsWith('/') ? directory : `${directory}/`;
}
