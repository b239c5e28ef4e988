import type { SourceFile } from '../text/source-file.ts';
import type {
  Block,
  BlockDirective,
  Directive,
  LocationModifier,
  RawBody,
  RawDirective,
  SimpleDirective,
  Word,
} from './ast.ts';

/** Of every directive that has none. */
export const noArguments: readonly Word[] = [];
export const noValues: readonly string[] = [];

/** The words behind the first, in an array that is no larger: one that grew has room for seventeen. */
export function argumentsOf(words: readonly Word[]): readonly Word[] {
  return words.length > 1 ? words.slice(1) : noArguments;
}

/** What directives of all kinds have in common whose words are kept; the others are in plain-statements.ts. */
abstract class Statement {
  readonly file: SourceFile;
  readonly name: Word;
  readonly args: readonly Word[];
  readonly values: readonly string[];

  constructor(file: SourceFile, name: Word, args: readonly Word[]) {
    this.file = file;
    this.name = name;
    this.args = args;
    this.values = args.length === 0 ? noValues : args.map(({ value }) => value);
  }

  get keyword(): string {
    return this.name.value;
  }

  get start(): number {
    return this.name.start;
  }

  get wordsEnd(): number {
    return (this.args.at(-1) ?? this.name).end;
  }

  toJSON(this: Directive): DirectiveJson {
    return jsonOf(this);
  }
}

/** A directive as `JSON.stringify` writes it: without its file, which would stand in each. */
export type DirectiveJson = Pick<
  Directive,
  'type' | 'start' | 'end' | 'name' | 'args' | 'terminator' | 'terminatorAt' | 'block'
> & { readonly body?: RawBody };

export function jsonOf(directive: Directive): DirectiveJson {
  const { type, start, end, name, args, terminator, terminatorAt, block } = directive;
  const body = directive.type === 'raw' ? { body: directive.body } : {};
  return { type, start, end, name, args, terminator, terminatorAt, block, ...body };
}

/** A directive that opens no block: where it ends does not follow from one. */
abstract class BlocklessStatement extends Statement {
  readonly end: number;
  readonly terminatorAt: number;

  constructor(file: SourceFile, name: Word, args: readonly Word[], end: number, terminatorAt: number) {
    super(file, name, args);
    this.end = end;
    this.terminatorAt = terminatorAt;
  }

  get block(): null {
    return null;
  }
}

class SimpleStatement extends BlocklessStatement implements SimpleDirective {
  readonly terminator: ';' | '';

  constructor(
    file: SourceFile,
    name: Word,
    args: readonly Word[],
    end: number,
    terminator: ';' | '',
    terminatorAt: number,
  ) {
    super(file, name, args, end, terminatorAt);
    this.terminator = terminator;
  }

  get type(): 'simple' {
    return 'simple';
  }
}

/** A directive without a block. @param terminatorAt offset of the terminator, or of what stands in its place. */
export function simpleDirective(
  file: SourceFile,
  name: Word,
  args: readonly Word[],
  end: number,
  terminator: ';' | '',
  terminatorAt: number,
): SimpleDirective {
  return new SimpleStatement(file, name, args, end, terminator, terminatorAt);
}

class RawStatement extends BlocklessStatement implements RawDirective {
  readonly body: RawBody;

  constructor(
    file: SourceFile,
    name: Word,
    args: readonly Word[],
    body: RawBody,
    end: number,
    terminatorAt: number,
  ) {
    super(file, name, args, end, terminatorAt);
    this.body = body;
  }

  get type(): 'raw' {
    return 'raw';
  }

  get terminator(): '{' {
    return '{';
  }
}

/** A directive with a Lua body. @param image the body with its braces; the second is missing when it is not closed. */
export function rawDirective(
  file: SourceFile,
  name: Word,
  args: readonly Word[],
  open: number,
  image: string,
  closed: boolean,
): RawDirective {
  const start = open + 1;
  const end = open + image.length;
  const body = { start, end: closed ? end - 1 : end, text: image.slice(1, closed ? -1 : undefined) };
  return new RawStatement(file, name, args, body, end, open);
}

/** A directive with a block, typed by its name. */
export function blockDirective(
  file: SourceFile,
  name: Word,
  args: readonly Word[],
  block: Block,
): BlockDirective {
  return new BlockStatement(file, name, args, block) as BlockDirective;
}

const blockTypes: ReadonlyMap<string, BlockDirective['type']> = new Map(
  (
    [
      ...(['events', 'http', 'server', 'stream', 'mail', 'limit_except', 'types', 'location', 'if'] as const),
      ...(['upstream', 'map', 'geo', 'split_clients'] as const),
    ] satisfies BlockDirective['type'][]
  ).map((name) => [name, name]),
);

/** One class for all kinds, because objects of one shape are looked into fastest; what is special to a kind follows from its words. */
class BlockStatement extends Statement {
  readonly block: Block;

  constructor(file: SourceFile, name: Word, args: readonly Word[], block: Block) {
    super(file, name, args);
    this.block = block;
  }

  get type(): BlockDirective['type'] {
    return blockTypes.get(this.name.value) ?? 'block';
  }

  get end(): number {
    const { close } = this.block;
    return close === null ? this.file.text.length : close + 1;
  }

  get terminator(): '{' {
    return '{';
  }

  get terminatorAt(): number {
    return this.block.open;
  }

  /** Of a `location`. */
  get modifier(): LocationModifier {
    return modifierOf(this.values);
  }

  /** Of a `location`. */
  get pattern(): string | null {
    return patternOf(this.values);
  }

  /** Of an `if`. */
  get condition(): readonly Word[] {
    return this.args;
  }

  /** Of an `upstream`. */
  get upstreamName(): Word | null {
    return this.args[0] ?? null;
  }

  /** Of a `map`, `geo` or `split_clients`. */
  get source(): Word | null {
    return this.args.length > 1 ? this.args[0]! : null;
  }

  /** Of a `map`, `geo` or `split_clients`. */
  get variable(): Word | null {
    return this.args[this.source === null ? 0 : 1] ?? null;
  }
}

const locationModifiers: readonly LocationModifier[] = ['=', '^~', '~*', '~'];

/** The modifier of a location (ngx_http_core_module.c, ngx_http_core_location). */
function modifierOf(values: readonly string[]): LocationModifier {
  const first = values[0] ?? '';
  if (values.length > 1) return locationModifiers.find((known) => known === first) ?? '';
  if (first.startsWith('/')) return '';
  return first.startsWith('@') ? '@' : (locationModifiers.find((known) => first.startsWith(known)) ?? '');
}

/** Its name without the modifier; for `@` with it. */
function patternOf(values: readonly string[]): string | null {
  const first = values[0];
  if (first === undefined || values.length > 1) return values[1] ?? null;
  return first.startsWith('@') ? first : first.slice(modifierOf(values).length);
}
