import type { Directive, Word } from '../1-syntax/ast.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { SourceFile } from '../text/source-file.ts';
import type { Context, DirectiveSpec } from '../nginx/types.ts';

/** A directive in its place after includes were expanded. */
export interface ResolvedDirective {
  readonly node: Directive;
  readonly name: string;
  readonly args: readonly Word[];
  readonly values: readonly string[];
  /** What nginx knows of it in this context; null for names unknown to every module we have tables for. */
  readonly spec: DirectiveSpec | null;
  readonly block: ResolvedBlock;
  /** The `include` directives that led here, outermost first. */
  readonly includedBy: readonly Directive[];
  /** The block that it opens, when its body holds directives. Entries of map-like blocks stay in `node.block`. */
  readonly opens: ResolvedBlock | null;
  /** The entries of a block without directives (`map`, `geo`, `types` …), includes expanded, refused ones left out. */
  readonly entries: Directive[];
  /** False when nginx refuses this very directive; such ones have no effect on later phases. */
  readonly valid: boolean;
}

/** The directives that took effect for one name at one level, and the level they were written at. */
export interface Effective {
  readonly directives: readonly ResolvedDirective[];
  /** The level whose directives apply; null when no level has any (the default applies). */
  readonly from: ResolvedBlock | null;
}

export interface ResolvedBlock {
  readonly context: Context;
  /** The directive that opened it; null for the main context. */
  readonly directive: ResolvedDirective | null;
  readonly parent: ResolvedBlock | null;
  /** In order of reading, includes expanded. */
  readonly directives: readonly ResolvedDirective[];
  /** Blocks opened directly in this one, in order. */
  readonly children: readonly ResolvedBlock[];
  /** Valid directives named `name` written at this very level. */
  own(name: string): readonly ResolvedDirective[];
  /** What applies at this level by nginx's inheritance for that directive (`inherit` and `inheritGroup` of the facts). */
  effective(name: string): Effective;
}

/** What `nginx -t` would say: the first error in nginx's own order of checking. */
export type NginxVerdict =
  | { readonly ok: true }
  | {
      readonly ok: false;
      readonly level: 'emerg' | 'alert' | 'crit' | 'error';
      /** Without ` in FILE:LINE`. */
      readonly message: string;
      readonly file: SourceFile | null;
      /** Null where nginx names no place. */
      readonly line: number | null;
    };

export interface ResolvedConfig {
  readonly main: ResolvedBlock;
  /** Valid directives of that name, wherever they stand, in order of reading. */
  named(name: string): readonly ResolvedDirective[];
  /** Blocks of one kind, in order of reading. */
  blocks(context: Context): readonly ResolvedBlock[];
  /** Every file read, the entry first, in order of first reading. */
  readonly files: readonly SourceFile[];
  /** nginx's errors and warnings in nginx's order of checking (all of them, with recovery), `nginx/…` codes. */
  readonly diagnostics: readonly Diagnostic[];
  readonly verdict: NginxVerdict;
  /** The nginx version that judged, e.g. `1.31.5`. */
  readonly target: string;
}
