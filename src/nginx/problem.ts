import type { Directive } from '../1-syntax/ast.ts';
import type { Fix, RelatedPlace, Severity } from '../diagnostics/diagnostic.ts';
import type { SourceFile, Span } from '../text/source-file.ts';

/** Where nginx stands when it complains; the line it prints is the line of `offset`. */
export interface Place {
  readonly file: SourceFile;
  readonly offset: number;
}

/** One complaint of nginx, before it becomes a diagnostic. Checks return it as a value. */
export interface Problem {
  /** A stable slug, e.g. `duplicate`; the diagnostic's code is `nginx/<slug>`. */
  readonly slug: string;
  /** nginx's own text without ` in FILE:LINE`. */
  readonly message: string;
  /** `error` unless nginx only warns. `info` is for what nginx may or may not refuse, depending on its modules. */
  readonly severity?: Severity;
  /** Which word to point at: an index into the arguments, -1 for the name. The whole directive by default. */
  readonly word?: number;
  /** The directive to point at, when it is not the one being read. */
  readonly node?: Directive;
  /** What to point at, when it is no directive. */
  readonly where?: { readonly file: SourceFile; readonly span: Span };
  /** True where nginx prints no file and line (ngx_log_error instead of ngx_conf_log_error). */
  readonly placeless?: boolean;
  /** nginx's level of logging, `emerg` unless it says otherwise. */
  readonly level?: 'emerg' | 'alert' | 'crit' | 'error';
  /** The place that nginx prints, where it kept another one than that it stands at. */
  readonly at?: Place;
  /** Problems with the same key are told once; the first still decides nginx's verdict. */
  readonly once?: string;
  /** Why, and what was probably meant. */
  readonly detail?: string;
  readonly help?: string;
  readonly fixes?: readonly Fix[];
  readonly related?: readonly RelatedPlace[];
}

/** `text` up to its first zero byte: all that C's string functions see of it (`%s`, strcmp). */
export function cString(text: string): string {
  const zero = text.indexOf('\0');
  return zero === -1 ? text : text.slice(0, zero);
}

/** A problem with the directive that is being read. */
export function problem(slug: string, message: string, extra: Partial<Problem> = {}): Problem {
  return { slug, message, ...extra };
}

/** What nginx says when a handler answers with a text: `"NAME" directive TEXT` (ngx_conf_handler). */
export function directiveProblem(
  name: string,
  slug: string,
  text: string,
  extra: Partial<Problem> = {},
): Problem {
  return { slug, message: `"${name}" directive ${text}`, ...extra };
}
