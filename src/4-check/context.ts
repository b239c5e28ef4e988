import type { SourceFile } from '../text/source-file.ts';
import type { Directive, Word } from '../1-syntax/ast.ts';
import type { ResolvedBlock, ResolvedConfig, ResolvedDirective } from '../2-resolve/resolved-config.ts';
import type { RelatedPlace } from '../diagnostics/diagnostic.ts';
import type { Context } from '../nginx/types.ts';
import type { TargetVersions } from '../nginx/versions.ts';
import type { Finding, Place, RuleOptionValue } from './rule.ts';

/** What a rule may ask. One object per rule and run; everything computed is shared between the rules of a run. */
export class CheckContext {
  readonly config: ResolvedConfig;
  readonly versions: TargetVersions;
  readonly options: Readonly<Record<string, RuleOptionValue>>;
  /** Whether findings in the file are asked for: what sums up findings leaves the others out. */
  readonly wants: (file: SourceFile) => boolean;
  readonly #shared: SharedResults;

  constructor(shared: SharedResults, options: Readonly<Record<string, RuleOptionValue>>) {
    this.config = shared.config;
    this.versions = shared.versions;
    this.wants = shared.wants;
    this.options = options;
    this.#shared = shared;
  }

  /** Whether this is a part of a configuration: names it does not define may come from around it. */
  get fragment(): boolean {
    return this.config.main.children[0]?.directive === null;
  }

  /** Valid directives of that name, wherever they stand, in order of reading. */
  named(name: string): readonly ResolvedDirective[] {
    return this.config.named(name);
  }

  /**
   * The same directives, those with the same words together: a large configuration repeats itself, and what the words alone
   * tell need be found out only once.
   */
  alike(name: string): Iterable<readonly ResolvedDirective[]> {
    return this.#shared.alike(name);
  }

  /** Blocks of one kind, in order of reading. */
  blocks(context: Context): readonly ResolvedBlock[] {
    return this.config.blocks(context);
  }

  /**
   * The result of `compute`, computed at most once per run: the plan, the engine, analyses several rules need.
   * `compute` itself is the key, so it has to be a named function, not a closure made anew.
   */
  shared<T>(compute: Compute<T>): T {
    return this.#shared.get(compute);
  }

  number(option: string): number {
    return this.options[option] as number;
  }

  strings(option: string): readonly string[] {
    return this.options[option] as readonly string[];
  }
}

/** An analysis of a configuration; `shared` gives it the results of others. */
export type Compute<T> = (config: ResolvedConfig, versions: TargetVersions, shared: SharedResults) => T;

/** The results that the rules of one run share. */
export class SharedResults {
  readonly config: ResolvedConfig;
  readonly versions: TargetVersions;
  readonly wants: (file: SourceFile) => boolean;
  readonly #results = new Map<Compute<unknown>, unknown>();
  readonly #alike = new Map<string, readonly (readonly ResolvedDirective[])[]>();

  constructor(
    config: ResolvedConfig,
    versions: TargetVersions,
    wants: (file: SourceFile) => boolean = () => true,
  ) {
    this.config = config;
    this.versions = versions;
    this.wants = wants;
  }

  get<T>(compute: Compute<T>): T {
    if (!this.#results.has(compute)) this.#results.set(compute, compute(this.config, this.versions, this));
    return this.#results.get(compute) as T;
  }

  /** See {@link CheckContext.alike}. */
  alike(name: string): Iterable<readonly ResolvedDirective[]> {
    let groups = this.#alike.get(name);
    if (groups === undefined) this.#alike.set(name, (groups = groupsAlike(this.config.named(name))));
    return groups;
  }
}

/** Every block below `block` and itself, outer before inner, in order of reading. Takes any depth. */
export function* blocksBelow(block: ResolvedBlock): Generator<ResolvedBlock> {
  const open = [block];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    yield next;
    for (let at = next.children.length - 1; at >= 0; at--) open.push(next.children[at]!);
  }
}

/** The directives by their words as they are written, with what stands between them. */
function groupsAlike(directives: readonly ResolvedDirective[]): ResolvedDirective[][] {
  // Most share the array of their values with those that are written alike.
  const texts = new Map<readonly string[], string>();
  const groups = Map.groupBy(directives, ({ node, values }) => {
    let text = texts.get(values);
    if (text === undefined) texts.set(values, (text = node.file.text.slice(node.start, node.wordsEnd)));
    return text;
  });
  return [...groups.values()];
}

/** What `check` finds at directives of that name. It must judge by the words alone, which it is asked of once. */
export function* atWords(
  context: CheckContext,
  name: string,
  check: (directive: ResolvedDirective) => Iterable<Finding>,
): Generator<Finding> {
  for (const directives of context.alike(name)) {
    const findings = [...check(directives[0]!)];
    if (findings.length === 0) continue;
    yield* findings;
    for (let at = 1; at < directives.length; at++) yield* check(directives[at]!);
  }
}

/** A directive's words, without its block. */
export function at(directive: ResolvedDirective | Directive): Place {
  const node = 'node' in directive ? directive.node : directive;
  return { file: node.file, span: { start: node.start, end: node.wordsEnd } };
}

/** One word of a directive. */
export function atWord(directive: ResolvedDirective, word: Word | undefined): Place {
  return word === undefined ? at(directive) : { file: directive.node.file, span: word };
}

/** A related place with what to say about it. */
export function related(directive: ResolvedDirective, message: string): RelatedPlace {
  return { ...at(directive), message };
}
