import type { ResolvedBlock, ResolvedConfig, ResolvedDirective } from '../../2-resolve/resolved-config.ts';
import type { Plan } from '../../3-plan/schema.ts';
import type { Fix, RelatedPlace } from '../../diagnostics/diagnostic.ts';
import type { SourceFile, Span } from '../../text/source-file.ts';
import type { BlockIndex } from '../block-index.ts';
import type { Outcome, UpstreamVisit } from '../drive.ts';

/** One broken link: why a handshake does not become a tunnel, where, and the smallest change that mends it. */
export interface Cause {
  /** The `ws/…` rule that says the same in lint. */
  readonly code: string;
  readonly message: string;
  /** What people see when it happens. */
  readonly symptom: string;
  readonly file: SourceFile | null;
  readonly span: Span | null;
  /** Where the value comes from, link by link. */
  readonly related: readonly RelatedPlace[];
  /** What to do, in one sentence. */
  readonly help: string;
  readonly fix: Fix | null;
}

/** What the search for causes looks at. */
export interface Scene {
  readonly config: ResolvedConfig;
  readonly plan: Plan;
  readonly blocks: BlockIndex;
  /** Traced. */
  readonly outcome: Outcome;
  /** The visit that decided: the last one of the main request; null when none was made. */
  readonly visit: UpstreamVisit | null;
  /** The block whose settings applied there, or the one that answered. */
  readonly block: ResolvedBlock;
  /** The location that was meant, where it is known: another may have answered. */
  readonly asked?: ResolvedBlock | null;
}

/** A directive's words, as place of a cause. */
export function placeOf(directive: ResolvedDirective | null): Pick<Cause, 'file' | 'span'> {
  if (directive === null) return { file: null, span: null };
  const { node } = directive;
  return { file: node.file, span: { start: node.start, end: node.wordsEnd } };
}

/** A directive as the further place of a diagnostic. */
export function relatedTo(directive: ResolvedDirective, message: string): RelatedPlace {
  const { node } = directive;
  return {
    file: node.file,
    span: { start: node.start, end: node.wordsEnd },
    message,
  };
}

/** The text of a directive on one line, for messages. */
export function textOf(directive: ResolvedDirective): string {
  const { node } = directive;
  return node.file.text.slice(node.start, node.wordsEnd).replace(/\s+/g, ' ');
}

/** How a level is called in a sentence: `location /chat/`, `server`, `http`. */
export function levelName(block: ResolvedBlock): string {
  if (block.directive === null) return 'the main level';
  const words = block.directive.values.join(' ');
  return words === '' || block.context === 'server'
    ? block.directive.name
    : `${block.directive.name} ${words}`;
}
