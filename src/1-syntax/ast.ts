import type { SourceFile, Span } from '../text/source-file.ts';

/**
 * The typed syntax tree. It knows shapes, not names' meanings: what a directive may do stands in `src/nginx/`.
 * All offsets are byte offsets into `file.text`.
 */

/** One word of a directive, as nginx's tokenizer delivers it (ngx_conf_file.c, ngx_conf_read_token). */
export interface Word extends Span {
  /** The word with quotes removed and escapes resolved: the bytes that nginx hands to a directive's handler. */
  readonly value: string;
  readonly quote: '' | '"' | "'";
}

/** `{ … }` of a block directive. */
export interface Block {
  readonly items: readonly Directive[];
  /** Offset of `{`. */
  readonly open: number;
  /** Offset of the `}`; null when the file ended before it. */
  readonly close: number | null;
}

/** The uninterpreted body of a `*_by_lua_block`. */
export interface RawBody extends Span {
  readonly text: string;
}

interface DirectiveBase extends Span {
  readonly file: SourceFile;
  /** What nginx compares with the names it knows: `name.value`, without a word being made for it. */
  readonly keyword: string;
  /** The first word. Of most directives it is made when it is asked for, a new object each time. */
  readonly name: Word;
  /** The words after the name. Of most directives they are made when they are asked for, new objects each time. */
  readonly args: readonly Word[];
  /** The bytes of those words. Directives that are written alike share one array. */
  readonly values: readonly string[];
  /** Offset behind the last word. */
  readonly wordsEnd: number;
  /** What ended the words: `;`, `{`, or nothing (end of file, or a `}` where `;` should be). */
  readonly terminator: ';' | '{' | '';
  /** Offset of the terminator (of the offending byte when there is none): nginx counts a directive's line here. */
  readonly terminatorAt: number;
}

/** A directive without a block. */
export interface SimpleDirective extends DirectiveBase {
  readonly type: 'simple';
  readonly block: null;
}

interface BlockBase extends DirectiveBase {
  readonly block: Block;
}

export interface PlainBlockDirective extends BlockBase {
  /** Blocks whose own words need no interpretation. `block` is any other name that opens a block. */
  readonly type: 'events' | 'http' | 'server' | 'stream' | 'mail' | 'limit_except' | 'types' | 'block';
}

export type LocationModifier = '' | '=' | '^~' | '~' | '~*' | '@';

export interface LocationDirective extends BlockBase {
  readonly type: 'location';
  /** As nginx splits it (ngx_http_core_location): `location ~x` and `location =x` without a space count too. */
  readonly modifier: LocationModifier;
  /** The name without its modifier; for `@` with it. Null when there is no argument. */
  readonly pattern: string | null;
}

export interface UpstreamDirective extends BlockBase {
  readonly type: 'upstream';
  readonly upstreamName: Word | null;
}

/** `map` and `split_clients` and `geo`: entries in `block.items`, each entry's key is its `name`. */
export interface MapDirective extends BlockBase {
  readonly type: 'map' | 'geo' | 'split_clients';
  /** The text that is looked up; null for `geo $variable`, which uses $remote_addr. */
  readonly source: Word | null;
  /** The variable that is defined, with its `$`. */
  readonly variable: Word | null;
}

export interface IfDirective extends BlockBase {
  readonly type: 'if';
  /** The words of the condition with the outer parentheses still on them. */
  readonly condition: readonly Word[];
}

/** `*_by_lua_block`, `js`-like bodies: source text of another language. */
export interface RawDirective extends DirectiveBase {
  readonly type: 'raw';
  readonly block: null;
  readonly body: RawBody;
}

export type BlockDirective =
  PlainBlockDirective | LocationDirective | UpstreamDirective | MapDirective | IfDirective;

export type Directive = SimpleDirective | BlockDirective | RawDirective;

/** What nginx's tokenizer refuses, in the order of reading. Names, contexts and counts are not judged here. */
export interface SyntaxProblem {
  readonly code: string;
  /** nginx's own text, without `in FILE:LINE`. */
  readonly message: string;
  /** Where nginx stands when it notices (its line is the line of this offset). */
  readonly at: number;
  /**
   * Start of the token that nginx was reading. It had handled exactly the directives whose `terminatorAt` is smaller;
   * those behind stand in the tree by recovery alone.
   */
  readonly from: number;
  /** Where a person should look: the missing `;`, the block left open. */
  readonly span: Span;
  /** Our explanation and advice; may be empty. */
  readonly detail: string;
  /**
   * For a brace too few or too many: the offset from which blocks are probably nested otherwise than meant. That a
   * directive whose terminator stands there or behind is not allowed where it is, or has no block, follows from this mistake.
   */
  readonly doubtFrom: number | null;
  /**
   * For a quote left open: where nginx's word ends. What stands before that is text to nginx, and stands in the tree by
   * recovery alone. Null for every other problem.
   */
  readonly quotedUntil: number | null;
  /** Text to insert that mends it, when that is sure enough. */
  readonly fix: {
    readonly title: string;
    readonly at: number;
    readonly remove: number;
    readonly insert: string;
  } | null;
}

/** The result of parsing one file. Parsing never fails: problems stand beside the tree. */
export interface ParsedFile {
  readonly file: SourceFile;
  readonly items: readonly Directive[];
  /** In the order of reading. The first is what nginx would say, unless a directive that it handled before is refused. */
  readonly problems: readonly SyntaxProblem[];
  /** Spans of comments, with their `#`, in order; used by suppressions and by fixes that keep comments. */
  readonly comments: readonly Span[];
}
