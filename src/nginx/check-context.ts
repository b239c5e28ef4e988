import type { Directive } from '../1-syntax/ast.ts';
import type { Facts } from './facts.ts';
import type { Problem, Place } from './problem.ts';
import { Store } from './store.ts';
import type { Context, DirectiveSpec } from './types.ts';
import type { SourceFile } from '../text/source-file.ts';
import { compareVersions } from '../text/compare-versions.ts';

/** One block while it is read, and one level of configuration afterwards. */
export interface BlockState {
  readonly context: Context;
  readonly parent: BlockState | null;
  /** The directive that opened it; null for the main context and for the blocks assumed around a fragment. */
  readonly opener: Directive | null;
  readonly children: readonly BlockState[];
  /** What modules remember at this level. */
  readonly store: Store;
  /** The first accepted directive called `name` at this level, or undefined. */
  first(name: string): Directive | undefined;
  /** Every accepted directive called `name` at this level. */
  all(name: string): readonly Directive[];
}

/** Whether a directive of these names is written at that level, even one that was refused: one mistake, one complaint. */
export function mentions({ opener }: BlockState, ...names: readonly string[]): boolean {
  return opener?.block?.items.some(({ keyword }) => names.includes(keyword)) ?? false;
}

/** What the machine can answer; present only where its state is to be checked (`nginx -t`, `--environment`). */
export interface Environment {
  /** '' or an errno name such as `ENOENT`. */
  access(path: string): string;
  readFile(path: string): { readonly text: string } | { readonly error: string };
  isDirectory(path: string): boolean;
  /** Whether the host name resolves. */
  resolves(host: string): boolean;
  /** Whether the user (or the group) exists. */
  userExists(name: string): boolean;
  groupExists(name: string): boolean;
}

/** A path as it is below `root`; others stay as they are. */
export function withoutRoot(path: string, root: string): string {
  return root !== '' && path.startsWith(`${root}/`) ? path.slice(root.length) : path;
}

/**
 * What a check of a module sees. One object per run; the walker sets the fields that describe the directive being
 * read, as nginx does with its ngx_conf_t.
 */
export class CheckContext {
  /** The nginx version that judges. */
  readonly target: string;
  /** Null unless the state of the machine is to be checked. */
  readonly environment: Environment | null;
  /** True for a part of a configuration: names it does not define may come from around it. */
  readonly fragment: boolean;
  /** The main configuration file. */
  readonly entry: SourceFile;
  /** State of the whole configuration: zones, variables, upstreams, … */
  readonly cycle = new Store();
  /** What does not depend on the version, shared by the runs for several versions. */
  readonly shared: Store;
  readonly facts: Facts;
  /** Versions that checks asked for: where their answers may be different. */
  readonly asked = new Set<string>();
  readonly #reached = new Map<string, boolean>();
  /** Absolute paths are looked up below this directory, which nginx's messages do not show; '' for none. */
  readonly root: string;
  /** Directory that relative paths of nginx's own files start at (`-p`), with a slash at its end. */
  readonly prefix: string;
  /** Directory of the main configuration file, with a slash at its end. */
  readonly confPrefix: string;

  /** The directive, or the entry of a map-like block, that is being read. */
  node!: Directive;
  name = '';
  /** The bytes of its arguments. */
  values: readonly string[] = [];
  /** Null for entries. */
  spec: DirectiveSpec | null = null;
  /** The block that it stands in; for hooks at the end of a block, that block. */
  block!: BlockState;
  #place: Place | null | undefined = null;
  /** Reads the files that the first argument names, right here (ngx_conf_include). Set by the walker. */
  include: () => Problem | null = () => null;
  /** Names of the directives that were accepted anywhere: lets hooks pass over what a configuration does not use. */
  readonly seen = new Set<string>();
  /** The modules of those directives. */
  readonly seenModules = new Set<string>();
  /** What unknown directives were probably meant to be, by context and name; null for those that resemble nothing. */
  readonly guesses = new Map<string, string | null>();
  /** Names of the modules that `load_module` named, e.g. `ngx_http_js_module`. */
  readonly loadedModules = new Set<string>();
  /** The modules of `load_module`s that were refused: too late, or in the wrong place. */
  readonly refusedModules = new Set<string>();
  readonly #sink: (problem: Problem, cx: CheckContext) => void;

  constructor(options: {
    target: string;
    entry: SourceFile;
    environment: Environment | null;
    fragment: boolean;
    shared: Store;
    facts: Facts;
    root: string;
    prefix: string;
    confPrefix: string;
    sink: (problem: Problem, cx: CheckContext) => void;
  }) {
    this.target = options.target;
    this.entry = options.entry;
    this.environment = options.environment;
    this.fragment = options.fragment;
    this.shared = options.shared;
    this.facts = options.facts;
    this.root = options.root;
    this.prefix = options.prefix;
    this.confPrefix = options.confPrefix;
    this.#sink = options.sink;
  }

  /** Where nginx stands: the terminator of the directive, or the `}` of the block that just ended. */
  get place(): Place | null {
    // Made when asked for: most directives are read without a word about them.
    this.#place ??= this.#place === null ? null : { file: this.node.file, offset: this.node.terminatorAt };
    return this.#place;
  }

  set place(place: Place | null) {
    this.#place = place;
  }

  /** Turns to the directive `node` in `block`. */
  enter(node: Directive, block: BlockState): void {
    this.node = node;
    this.name = node.keyword;
    this.values = node.values;
    this.block = block;
    this.#place = undefined;
  }

  /** Whether the judging version is `version` or newer. */
  since(version: string): boolean {
    let reached = this.#reached.get(version);
    if (reached === undefined) {
      this.asked.add(version);
      reached = compareVersions(this.target, version) >= 0;
      this.#reached.set(version, reached);
    }
    return reached;
  }

  /** A place as nginx prints it within a message: `FILE:LINE`. */
  placeText({ file, offset }: Place): string {
    return `${withoutRoot(file.path, this.root)}:${file.lineAt(offset)}`;
  }

  /** The bytes of argument `index` (from 0); '' when there is none. */
  arg(index: number): string {
    return this.values[index] ?? '';
  }

  /** Says something at the place where nginx stands. Checks of a directive return their error instead. */
  report(problem: Problem): void {
    this.#sink(problem, this);
  }

  /** Something nginx warns about and goes on. */
  warn(slug: string, message: string, extra: Partial<Problem> = {}): void {
    this.#sink({ slug, message, severity: 'warning', ...extra }, this);
  }
}
