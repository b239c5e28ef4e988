import type { SourceFile } from '../text/source-file.ts';
import type {
  Block,
  BlockDirective,
  LocationModifier,
  PlainBlockDirective,
  RawDirective,
  SimpleDirective,
  Word,
} from './ast.ts';

/** Of every directive that has none. */
export const noArguments: readonly Word[] = [];

/** The words behind the first, in an array that is no larger: one that grew has room for seventeen. */
export function argumentsOf(words: readonly Word[]): readonly Word[] {
  return words.length > 1 ? words.slice(1) : noArguments;
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
  return { type: 'simple', file, start: name.start, end, name, args, terminator, terminatorAt, block: null };
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
  const words = { file, start: name.start, end, name, args };
  return { type: 'raw', ...words, terminator: '{', terminatorAt: open, block: null, body };
}

const plainTypes: ReadonlyMap<string, PlainBlockDirective['type']> = new Map(
  (['events', 'http', 'server', 'stream', 'mail', 'limit_except', 'types'] as const).map((name) => [
    name,
    name,
  ]),
);

/** A directive with a block, typed by its name. */
export function blockDirective(
  file: SourceFile,
  name: Word,
  args: readonly Word[],
  block: Block,
): BlockDirective {
  const { start } = name;
  const end = block.close === null ? file.text.length : block.close + 1;
  const terminator = '{';
  const terminatorAt = block.open;
  // Spelled out, because an object that another one is spread into is larger and slower.
  switch (name.value) {
    case 'location': {
      const { modifier, pattern } = splitLocation(args);
      const type = 'location';
      return { type, file, start, end, name, args, terminator, terminatorAt, block, modifier, pattern };
    }
    case 'if': {
      const type = 'if';
      return { type, file, start, end, name, args, terminator, terminatorAt, block, condition: args };
    }
    case 'upstream': {
      const type = 'upstream';
      const upstreamName = args[0] ?? null;
      return { type, file, start, end, name, args, terminator, terminatorAt, block, upstreamName };
    }
    case 'map':
    case 'geo':
    case 'split_clients': {
      const type = name.value;
      const source = args.length > 1 ? args[0]! : null;
      const variable = args[source === null ? 0 : 1] ?? null;
      return { type, file, start, end, name, args, terminator, terminatorAt, block, source, variable };
    }
    default: {
      const type = plainTypes.get(name.value) ?? 'block';
      return { type, file, start, end, name, args, terminator, terminatorAt, block };
    }
  }
}

interface LocationName {
  readonly modifier: LocationModifier;
  readonly pattern: string | null;
}

const locationModifiers: readonly LocationModifier[] = ['=', '^~', '~*', '~'];

/** The modifier and the name of a location (ngx_http_core_module.c, ngx_http_core_location). */
function splitLocation(args: readonly Word[]): LocationName {
  if (args.length === 0) return { modifier: '', pattern: null };
  const first = args[0]!.value;
  if (args.length === 1 && first.startsWith('/')) return { modifier: '', pattern: first };
  if (args.length > 1) {
    const modifier = locationModifiers.find((known) => known === first) ?? '';
    return { modifier, pattern: args[1]!.value };
  }
  if (first.startsWith('@')) return { modifier: '@', pattern: first };
  const modifier = locationModifiers.find((known) => first.startsWith(known)) ?? '';
  return { modifier, pattern: first.slice(modifier.length) };
}
