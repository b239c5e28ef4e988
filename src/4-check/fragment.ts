import { parseFile } from '../1-syntax/parse.ts';
import { SpecTable } from '../nginx/specs.ts';
import type { Context } from '../nginx/types.ts';
import type { SourceFile } from '../text/source-file.ts';

/** Contexts that a file of its own may belong into, the likelier first among equals. */
const candidates: readonly Context[] = [
  'main',
  'http',
  'server',
  'location',
  'upstream',
  'stream',
  'stream.server',
  'stream.upstream',
  'mail',
  'mail.server',
  'events',
  'if in location',
];

export interface Fit {
  readonly context: Context;
  /** How many of the directives at the top level may stand there, from 0 to 1; 0 for a file without directives. */
  readonly share: number;
}

/** A line that only a whole configuration has: most files are told by it, without being parsed. */
const mainBlock = /^[ \t]*(?:events|http)\b[^;#\n]*\{/m;

/**
 * The block whose content a file could be, found by the directives at its top level: `server { … }` belongs into
 * `http`. A file with anything that only the main context has is a whole configuration, whatever else it holds.
 */
export function fitContext(file: SourceFile, version: string): Fit {
  if (mainBlock.test(file.text)) return { context: 'main', share: 1 };
  const specs = new SpecTable(version);
  const names = new Set(parseFile(file).items.map((item) => item.keyword));
  const allowed: ReadonlySet<Context>[] = [];
  for (const name of names) {
    if (name === 'include') continue;
    const every = [...specs.every(name), ...specs.findThirdParty(name)];
    const contexts = new Set(every.flatMap((spec) => spec.contexts));
    if (contexts.size === 1 && contexts.has('main')) return { context: 'main', share: 1 };
    allowed.push(contexts);
  }
  let best: Fit = { context: 'main', share: 0 };
  for (const context of candidates) {
    const share = allowed.filter((contexts) => contexts.has(context)).length / Math.max(allowed.length, 1);
    if (share > best.share) best = { context, share };
  }
  return best;
}
