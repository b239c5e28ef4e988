import type { Directive, Word } from '../1-syntax/ast.ts';
import type { BlockState } from '../nginx/check-context.ts';
import type { SpecTable } from '../nginx/specs.ts';
import { inContext } from '../nginx/specs.ts';
import { Store } from '../nginx/store.ts';
import type { Context, DirectiveSpec } from '../nginx/types.ts';
import type { Effective, ResolvedBlock, ResolvedDirective } from './resolved-config.ts';

/** Up to this many directives a search through the list is cheaper than an index. */
const indexFrom = 16;

const noBlocks: readonly Block[] = [];
const noDirectives: readonly ResolvedDirective[] = [];
const nothing: Effective = { directives: noDirectives, from: null };

/** All levels of one configuration. */
export class Levels {
  readonly specs: SpecTable;
  readonly #directives = new Map<string, ResolvedDirective[]>();
  readonly #blocks = new Map<Context, Block[]>();

  constructor(specs: SpecTable) {
    this.specs = specs;
  }

  /** Valid directives of that name at any level, in order of reading. */
  named(name: string): readonly ResolvedDirective[] {
    return this.#directives.get(name) ?? noDirectives;
  }

  /** Blocks of one kind, in order of reading. */
  blocks(context: Context): readonly Block[] {
    return this.#blocks.get(context) ?? noBlocks;
  }

  addDirective(directive: ResolvedDirective): void {
    addTo(this.#directives, directive.name, directive);
  }

  addBlock(block: Block): void {
    addTo(this.#blocks, block.context, block);
  }

  /** Whether what is in effect for `name` may be anything but the default: most names that are asked for are at no level. */
  mention(name: string): boolean {
    if (this.#directives.has(name)) return true;
    for (const { inheritGroup } of this.specs.find(name))
      for (const other of inheritGroup) if (this.#directives.has(other)) return true;
    return false;
  }
}

/**
 * One level of configuration: what the walker fills, what checks remember, what rules read. Some of it is asked a million
 * times of a large configuration: loops by index, because an iterator makes an object for each step.
 */
export class Block implements ResolvedBlock, BlockState {
  readonly context: Context;
  readonly directive: ResolvedDirective | null;
  readonly parent: Block | null;
  directives: ResolvedDirective[] = [];
  #children: Block[] | undefined;
  readonly #levels: Levels;
  #store: Store | undefined;
  #index: Map<string, ResolvedDirective[]> | undefined;

  constructor(
    context: Context,
    directive: ResolvedDirective | null,
    parent: Block | null,
    levels: Levels,
    listed = true,
  ) {
    this.context = context;
    this.directive = directive;
    this.parent = parent;
    this.#levels = levels;
    // The entries of a map-like block are no level of configuration.
    if (!listed) return;
    parent?.adopt(this);
    levels.addBlock(this);
  }

  get opener(): Directive | null {
    return this.directive?.node ?? null;
  }

  get store(): Store {
    this.#store ??= new Store();
    return this.#store;
  }

  get children(): readonly Block[] {
    return this.#children ?? noBlocks;
  }

  adopt(child: Block): void {
    (this.#children ??= []).push(child);
  }

  add(directive: ResolvedDirective): void {
    this.directives.push(directive);
    if (!directive.valid) return;
    this.#levels.addDirective(directive);
    if (this.#index !== undefined) addTo(this.#index, directive.name, directive);
    else if (this.directives.length > indexFrom) {
      this.#index = new Map();
      for (const each of this.directives) if (each.valid) addTo(this.#index, each.name, each);
    }
  }

  /** Nothing will be added any more: copies take no more room than they need, an array that grew has room for seventeen. */
  close(): void {
    this.directives = this.directives.slice();
    this.#children = this.#children?.slice();
  }

  own(name: string): readonly ResolvedDirective[] {
    if (this.#index !== undefined) return this.#index.get(name) ?? noDirectives;
    const { directives } = this;
    let found: ResolvedDirective[] | undefined;
    for (let at = 0; at < directives.length; at++) {
      const each = directives[at]!;
      if (each.name !== name || !each.valid) continue;
      // Often the only one: an array that begins empty has room for seventeen.
      if (found === undefined) found = [each];
      else found.push(each);
    }
    return found ?? noDirectives;
  }

  first(name: string): Directive | undefined {
    if (this.#index !== undefined) return this.#index.get(name)?.[0]?.node;
    const { directives } = this;
    for (let at = 0; at < directives.length; at++) {
      const each = directives[at]!;
      if (each.name === name && each.valid) return each.node;
    }
    return undefined;
  }

  all(name: string): readonly Directive[] {
    return this.own(name).map(({ node }) => node);
  }

  effective(name: string): Effective {
    if (!this.#levels.mention(name)) return nothing;
    let spec: DirectiveSpec | null = null;
    for (let level: Block | null = this; level !== null; level = level.parent) {
      const directives = level.own(name);
      if (directives.length > 0) return { directives, from: level };
      spec ??= this.#specOf(name);
      if (spec === null) break;
      if (level.#hasAny(spec.inheritGroup)) return { directives, from: level };
      if (!inheritsFrom(level, spec)) break;
    }
    return nothing;
  }

  #hasAny(names: readonly string[]): boolean {
    for (const name of names) if (this.first(name) !== undefined) return true;
    return false;
  }

  /** The record of `name` for this level, or for the nearest one around it that may have it. */
  #specOf(name: string): DirectiveSpec | null {
    const specs = this.#levels.specs.find(name);
    for (let level: Block | null = this; level !== null; level = level.parent) {
      const spec = inContext(specs, level.context);
      if (spec !== null) return spec;
    }
    return null;
  }
}

/** Whether `level` takes from its parent what it has not got itself. */
function inheritsFrom(level: Block, spec: DirectiveSpec): boolean {
  if (spec.inheritsIntoUnnamed) return level.context === 'if in location' || level.context === 'limit_except';
  return spec.inherit === 'value' || spec.inherit === 'array-replace';
}

function addTo<K, V>(index: Map<K, V[]>, key: K, value: V): void {
  const group = index.get(key);
  if (group === undefined) index.set(key, [value]);
  else group.push(value);
}

/** A directive in its place; a class, so that ten thousands of them share one small shape. */
export class PlacedDirective implements ResolvedDirective {
  readonly node: Directive;
  readonly spec: DirectiveSpec | null;
  readonly block: Block;
  readonly includedBy: readonly Directive[];
  valid = true;
  /** What few directives have: the level that it opens, or its entries. */
  #body: Block | Directive[] | null = null;

  constructor(node: Directive, spec: DirectiveSpec | null, block: Block, includedBy: readonly Directive[]) {
    this.node = node;
    this.spec = spec;
    this.block = block;
    this.includedBy = includedBy;
  }

  get name(): string {
    // The table's string: one for all directives of that name makes looking for them a comparison of addresses.
    return this.spec === null ? this.node.keyword : this.spec.name;
  }

  get args(): readonly Word[] {
    return this.node.args;
  }

  get values(): readonly string[] {
    return this.node.values;
  }

  get opens(): Block | null {
    return this.#body instanceof Block ? this.#body : null;
  }

  set opens(block: Block) {
    this.#body = block;
  }

  get entries(): Directive[] {
    const body = this.#body ?? (this.#body = []);
    return body instanceof Block ? [] : body;
  }
}
