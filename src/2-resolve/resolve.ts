import { posix } from 'node:path';
import type { Environment } from '../nginx/check-context.ts';
import { CheckContext, withoutRoot } from '../nginx/check-context.ts';
import { Facts } from '../nginx/facts.ts';
import { modules } from '../nginx/modules/index.ts';
import { directoryOf } from '../nginx/paths.ts';
import { SpecTable } from '../nginx/specs.ts';
import { Store } from '../nginx/store.ts';
import type { Context } from '../nginx/types.ts';
import { newestVersion } from '../nginx/versions.ts';
import type { SourceFile } from '../text/source-file.ts';
import { Block, Levels } from './block.ts';
import type { FileReader } from './file-reader.ts';
import { diskReader } from './file-reader.ts';
import { Findings } from './findings.ts';
import { Handlers } from './handlers.ts';
import { FileStore, Includes } from './includes.ts';
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

/** What the runs for several versions of one configuration share. */
export interface Shared {
  readonly files: FileStore;
  readonly facts: Facts;
  readonly store: Store;
}

/** What several runs over the same files have in common: texts read once, facts looked up once. */
export function share(options: ResolveOptions): Shared {
  return { files: new FileStore(options.reader ?? diskReader), facts: new Facts(), store: new Store() };
}

/** A configuration as one version reads it, with what led there. */
export interface Run {
  readonly config: ResolvedConfig;
  readonly cx: CheckContext;
  readonly specs: SpecTable;
  readonly walker: Walker;
}

/**
 * Reads a configuration as one nginx version does: expands includes, puts every directive in its place, and says
 * what that nginx would refuse or warn about, in its order of checking. Never throws on what a file contains.
 */
export function resolve(entry: SourceFile, options: ResolveOptions = {}): ResolvedConfig {
  return run(entry, options, options.target ?? newestVersion, share(options)).config;
}

const none: ReadonlySet<string> = new Set();

/** {@link resolve} for one version, with parts shared between versions. */
export function run(entry: SourceFile, options: ResolveOptions, target: string, shared: Shared): Run {
  const judged = read(entry, options, target, shared, none);
  const late = judged.cx.refusedModules;
  if (late.size === 0) return judged;
  // Where nginx stops, it has not come to that load_module. To people, it is the one mistake.
  const { verdict } = read(entry, options, target, shared, late).config;
  return { ...judged, config: { ...judged.config, verdict } };
}

/** One reading; of the modules `late`, nginx is to know only what is loaded in time. */
function read(
  entry: SourceFile,
  options: ResolveOptions,
  target: string,
  shared: Shared,
  lateModules: ReadonlySet<string>,
): Run {
  const startContext = options.startContext ?? 'main';
  const findings = new Findings();
  const root = (options.root ?? '').replace(/\/+$/, '');
  const confPrefix = withSlash(
    options.confPrefix ?? directoryOf(withoutRoot(posix.resolve(entry.path), root)),
  );
  const cx = new CheckContext({
    target,
    entry,
    environment: options.environment ?? null,
    fragment: startContext !== 'main',
    shared: shared.store,
    facts: shared.facts,
    root,
    prefix: withSlash(options.prefix ?? confPrefix),
    confPrefix,
    sink: (problem, context) => findings.add(problem, context),
  });
  const specs = new SpecTable(target, shared.facts);
  const levels = new Levels(specs);
  const includes = new Includes(entry, shared.files, root);
  const handlers = new Handlers(modules);
  const symbolic = options.template ?? entry.path.endsWith('.template');
  const walker = new Walker({ cx, levels, handlers, findings, includes, symbolic, lateModules });

  const main = new Block('main', null, null, levels);
  let start = main;
  for (const context of around[startContext] ?? []) start = new Block(context, null, start, levels);
  walker.walkFile(entry, start, []);

  cx.block = start;
  cx.place = { file: entry, offset: entry.text.length };
  // Where nothing is nginx's (a picture, say), an events block would not mend it.
  if (!findings.verdict.ok && cx.seen.size === 0) findings.markTold('events');
  if (startContext === 'main') handlers.endOfCycle(cx, main);
  else if (startContext === 'http' || startContext === 'stream' || startContext === 'mail')
    handlers.endOfSubsystem(cx, startContext, start);
  const { diagnostics, verdict } = findings;
  const config: ResolvedConfig = {
    main,
    named: (name) => levels.named(name),
    blocks: (context) => levels.blocks(context),
    files: includes.files,
    diagnostics,
    verdict,
    target,
  };
  return { config, cx, specs, walker };
}

function withSlash(directory: string): string {
  return directory.endsWith('/') ? directory : `${directory}/`;
}
