import type { SourceFile } from '../text/source-file.ts';
import type { Block, BlockDirective, LocationModifier, PlainBlockDirective, Word } from './ast.ts';

/** What every block directive has: its words and the place of its braces. */
export interface BlockParts {
  readonly file: SourceFile;
  readonly start: number;
  readonly end: number;
  readonly name: Word;
  readonly args: readonly Word[];
  readonly terminator: '{';
  readonly terminatorAt: number;
  readonly block: Block;
}

const plainTypes: ReadonlyMap<string, PlainBlockDirective['type']> = new Map(
  (['events', 'http', 'server', 'stream', 'mail', 'limit_except', 'types'] as const).map((name) => [
    name,
    name,
  ]),
);

/** Gives a block its type by its name. */
export function typedBlock(parts: BlockParts): BlockDirective {
  const { args } = parts;
  switch (parts.name.value) {
    case 'location':
      return { type: 'location', ...parts, ...splitLocation(args) };
    case 'if':
      return { type: 'if', ...parts, condition: args };
    case 'upstream':
      return { type: 'upstream', ...parts, upstreamName: args[0] ?? null };
    case 'map':
    case 'geo':
    case 'split_clients': {
      const source = args.length > 1 ? args[0]! : null;
      return { type: parts.name.value, ...parts, source, variable: args[source === null ? 0 : 1] ?? null };
    }
    default:
      return { type: plainTypes.get(parts.name.value) ?? 'block', ...parts };
  }
}

interface LocationName {
  readonly modifier: LocationModifier;
  readonly pattern: string | null;
}

const locationModifiers: readonly LocationModifier[] = ['=', '^~', '~*', '~'];

/** The modifier and the name of a location (ngx_http_core_module.c, ngx_http_core_location). */
export function splitLocation(args: readonly Word[]): LocationName {
  if (args.length === 0) return { modifier: '', pattern: null };
  const first = args[0]!.value;
  if (args.length > 1) {
    const modifier = locationModifiers.find((known) => known === first) ?? '';
    return { modifier, pattern: args[1]!.value };
  }
  if (first.startsWith('@')) return { modifier: '@', pattern: first };
  const modifier = locationModifiers.find((known) => first.startsWith(known)) ?? '';
  return { modifier, pattern: first.slice(modifier.length) };
}
