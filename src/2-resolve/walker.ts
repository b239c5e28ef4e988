import type { Directive, ParsedFile } from '../1-syntax/ast.ts';
import { isLate, isLoaded, moduleOfFile, needsLoading } from '../nginx/addons.ts';
import type { CheckContext } from '../nginx/check-context.ts';
import { checkGeneric } from '../nginx/generic-slots.ts';
import type { Handler } from '../nginx/module-checks.ts';
import type { Problem } from '../nginx/problem.ts';
import { problem } from '../nginx/problem.ts';
import type { SpecTable } from '../nginx/specs.ts';
import { inContext } from '../nginx/specs.ts';
import type { Context, DirectiveSpec } from '../nginx/types.ts';
import type { SourceFile } from '../text/source-file.ts';
import { endedByBlock, endedByEntry, missingSemicolon } from './advice.ts';
import { Block, Levels, PlacedDirective } from './block.ts';
import type { Findings } from './findings.ts';
import type { DirectiveHandlers, Handlers } from './handlers.ts';
import type { Includes } from './includes.ts';
import { needsModule, notAllowedHere, wrongCount } from './refusals.ts';
import { quantifierAsBlock, unknownDirective } from './unknown-directive.ts';

/** Blocks deeper than this are not read: nginx itself would run out of stack not much later. */
const deepestNesting = 500;

/** A directive that nginx has in some context, with what is done about it. */
interface Known {
  readonly spec: DirectiveSpec;
  readonly handlers: DirectiveHandlers;
  /** Whether one was accepted before. */
  accepted: boolean;
}

/** No `include` is followed after so many directives: a few small files that include each other can make any number. */
const mostDirectives = 1_000_000;

/** One file being read. */
interface Frame {
  readonly parsed: ParsedFile;
  /** Index of the first syntax problem that was not reported yet. */
  nextProblem: number;
  /** What was refused before says why the braces of the file do not pair. */
  explainsBraces: boolean;
  /** How far the open quotes that were told of reach; 0 without any. */
  quotedUntil: number;
  readonly includedBy: readonly Directive[];
  /** The block and the handler of entries that an `include` met now reads into. */
  block: Block;
  entry: Handler | null;
}

/** Reads directives in nginx's order (ngx_conf_parse, ngx_conf_handler), reports what it refuses, and goes on. */
export class Walker {
  readonly #cx: CheckContext;
  readonly #levels: Levels;
  readonly #specs: SpecTable;
  readonly #handlers: Handlers;
  readonly #findings: Findings;
  readonly #includes: Includes;
  /** The files are templates: what holds `${NAME}` is neither refused nor judged. */
  readonly #symbolic: boolean;
  /** Modules that nginx gets to know too late, if at all: their directives are unknown. */
  readonly #lateModules: ReadonlySet<string>;
  /** Directives by context and name, as far as they were met. */
  readonly #known = new Map<Context, Map<string, Known>>();
  /** Each directive that was accepted, with the first place of it. */
  readonly firsts = new Map<DirectiveSpec, Directive>();
  /** How many directives were read. */
  count = 0;
  #depth = 0;
  #frame: Frame | null = null;

  constructor(parts: {
    cx: CheckContext;
    levels: Levels;
    handlers: Handlers;
    findings: Findings;
    includes: Includes;
    symbolic: boolean;
    lateModules: ReadonlySet<string>;
  }) {
    this.#cx = parts.cx;
    this.#levels = parts.levels;
    this.#specs = parts.levels.specs;
    this.#handlers = parts.handlers;
    this.#findings = parts.findings;
    this.#includes = parts.includes;
    this.#symbolic = parts.symbolic;
    this.#lateModules = parts.lateModules;
    this.#cx.include = () => this.#include();
  }

  /** Reads a whole file into `block`. */
  walkFile(
    file: SourceFile,
    block: Block,
    includedBy: readonly Directive[],
    entry: Handler | null = null,
  ): void {
    const frame: Frame = {
      parsed: this.#includes.parse(file),
      nextProblem: 0,
      explainsBraces: false,
      quotedUntil: 0,
      includedBy,
      block,
      entry,
    };
    const outer = this.#frame;
    this.#frame = frame;
    this.#walkItems(frame, frame.parsed.items, block, entry);
    this.#reportSyntax(frame, Number.POSITIVE_INFINITY);
    this.#frame = outer;
  }

  #walkItems(frame: Frame, items: readonly Directive[], block: Block, entry: Handler | null): void {
    const known = this.#knownIn(block.context);
    for (let at = 0; at < items.length; at++) {
      const node = items[at]!;
      // Without a terminator nginx never gets to handle the directive: the tokenizer's complaint is the one.
      this.#reportSyntax(frame, node.terminator === '' ? node.terminatorAt + 1 : node.terminatorAt);
      this.#cx.enter(node, block);
      frame.block = block;
      frame.entry = entry;
      if (entry === null) this.#directive(frame, node, block, known);
      else this.#entry(node, entry, block);
    }
  }

  /** Reports the syntax problems that nginx meets before `end`. */
  #reportSyntax(frame: Frame, end: number): void {
    const { problems, file } = frame.parsed;
    while (frame.nextProblem < problems.length && problems[frame.nextProblem]!.from < end) {
      const found = problems[frame.nextProblem++]!;
      if (found.quotedUntil !== null) {
        frame.quotedUntil = Math.max(frame.quotedUntil, found.quotedUntil);
        this.#findings.markTold(quotedText);
      }
      if (!frame.explainsBraces || !braceMessages.has(found.message)) this.#findings.addSyntax(found, file);
    }
  }

  #entry(node: Directive, handler: Handler, block: Block): void {
    if (node.terminator === '') return;
    if (node.block !== null) {
      this.#refuse(problem('unexpected-brace', 'unexpected "{"', { detail: 'Entries have no blocks.' }));
      return;
    }
    const refused = this.#symbolic && isSymbolic(node) ? null : handler(this.#cx);
    const wrongCount = refused?.slug === 'invalid-number-of-arguments';
    const advice = wrongCount && spansLines(node) ? endedByEntry(node) : null;
    const once = wrongCount ? this.#onceInQuotes(node) : null;
    if (refused !== null) this.#refuse({ ...refused, ...advice, ...once });
    else if (node.keyword !== 'include') block.directive?.entries.push(node);
  }

  #directive(frame: Frame, node: Directive, block: Block, knownHere: Map<string, Known>): void {
    const cx = this.#cx;
    this.count++;
    const known = knownHere.get(cx.name) ?? this.#find(cx.name, block.context, knownHere);
    const spec = known?.spec ?? null;
    cx.spec = spec;
    const placed = new PlacedDirective(node, spec, block, frame.includedBy);
    const refused = known === null ? this.#unplaced(node, block) : this.#judge(known, node, block);
    // Words that the tokenizer refused are not judged as well.
    if (refused !== null && !(refused.slug.startsWith('invalid-') && isDamaged(frame, node)))
      this.#refuse(refused);
    // Of a directive that nginx never got to handle, only one that could have been handled counts.
    placed.valid =
      node.terminator === ''
        ? spec !== null && fitsCount(spec, node)
        : refused === null || refused.severity === 'info';
    block.add(placed);
    if (placed.valid && known !== null && !known.accepted) this.#accept(known, node);
    if (node.block !== null) this.#open(frame, placed, spec ?? this.#likely(cx.name), block);
  }

  /** The first of its kind. */
  #accept(known: Known, node: Directive): void {
    const { spec } = known;
    known.accepted = true;
    if (this.firsts.has(spec)) return;
    this.firsts.set(spec, node);
    this.#cx.seen.add(spec.name);
    this.#cx.seenModules.add(spec.module);
  }

  #knownIn(context: Context): Map<string, Known> {
    let known = this.#known.get(context);
    if (known === undefined) this.#known.set(context, (known = new Map()));
    return known;
  }

  /** What nginx runs for `name` here: its own modules first, then the add-ons that are loaded. */
  #find(name: string, context: Context, knownHere: Map<string, Known>): Known | null {
    const own = this.#specs.find(name);
    const spec = own.length > 0 ? inContext(own, context) : inContext(this.#loadedAddons(name), context);
    // What is not there may come with a later load_module.
    if (spec === null || needsLoading(spec, this.#cx.loadedModules) || this.#isLate(spec)) return null;
    const known = { spec, handlers: this.#handlers.of(spec), accepted: false };
    knownHere.set(name, known);
    return known;
  }

  #loadedAddons(name: string): readonly DirectiveSpec[] {
    return this.#specs.findThirdParty(name).filter((spec) => isLoaded(spec, this.#cx.loadedModules));
  }

  /** Terminator, argument count and value, in nginx's order. */
  #judge({ spec, handlers }: Known, node: Directive, block: Block): Problem | null {
    if (node.terminator === '') return null;
    if (!spec.block && node.terminator === '{' && !spec.raw)
      return problem('not-terminated', `directive "${spec.name}" is not terminated by ";"`, {
        ...endedByBlock(node),
        once: node.values.some((value) => value === 'events') ? 'events' : undefined,
      });
    if (spec.block && node.terminator === ';') return this.#noOpeningBrace(spec, node);
    if (!fitsCount(spec, node)) return wrongCount(spec, node, block.context, this.#specs);
    if (this.#symbolic && isSymbolic(node)) return null;
    const { directive } = handlers;
    const refused = directive === null ? checkGeneric(this.#cx, spec) : directive(this.#cx);
    if (!spansLines(node)) return refused;
    // A directive that took the next one for its arguments: refused for one of them, or silently wrong.
    const advice = missingSemicolon(node, block.context, this.#specs, refused !== null);
    if (advice === null) return refused;
    if (refused !== null) return { ...refused, ...advice };
    this.#cx.warn('syntax/missing-semicolon', `"${spec.name}" has swallowed the next directive`, advice);
    return null;
  }

  /** A block without its `{`. The `}` that closes it for people is then no mistake of its own, nor what stands before it. */
  #noOpeningBrace({ name }: DirectiveSpec, node: Directive): Problem {
    const frame = this.#frame!;
    const brace = frame.parsed.problems.find(({ doubtFrom }) => doubtFrom === node.start);
    const refused = problem('no-opening-brace', `directive "${name}" has no opening "{"`);
    if (brace === undefined || brace.fix === null) return refused;
    frame.explainsBraces = true;
    const { title, at, remove, insert } = brace.fix;
    const fixes = [{ title, edits: [{ file: node.file, start: at, end: at + remove, text: insert }] }];
    return { ...refused, once: misplaced(node), detail: brace.detail, fixes };
  }

  /** No module has the directive in this context. */
  #unplaced(node: Directive, block: Block): Problem | null {
    if (node.terminator === '') return null;
    const name = node.keyword;
    if (name === 'load_module' && node.values.length === 1)
      this.#cx.refusedModules.add(moduleOfFile(node.values[0]!));
    const specs = this.#specs.find(name);
    const found = (specs.length > 0 ? specs : this.#loadedAddons(name)).filter((spec) => !this.#isLate(spec));
    const apart = inContext(found, block.context);
    if (apart !== null) return needsModule(apart);
    if (found.length > 0) {
      const refused = notAllowedHere(name, found, block.context, this.#specs);
      // A brace too many or too few, told of later, puts everything after it into the wrong block.
      return hasBraceProblem(this.#frame!) ? { ...refused, once: misplaced(node) } : refused;
    }
    const cutExpression = quantifierAsBlock(node, block.directive?.node ?? null);
    if (cutExpression !== null) {
      this.#frame!.explainsBraces = true;
      return cutExpression;
    }
    const unknown = unknownDirective(node, block.context, this.#specs, this.#cx.guesses);
    // What resembles a directive is told: it may be one, once the quote is closed.
    return unknown.detail === undefined ? { ...unknown, ...this.#onceInQuotes(node) } : unknown;
  }

  /** What follows an open quote is text to nginx, and not wrong by itself: the quote was told of. */
  #onceInQuotes({ start }: Directive): Pick<Problem, 'once'> {
    return start < this.#frame!.quotedUntil ? { once: quotedText } : {};
  }

  #isLate(spec: DirectiveSpec): boolean {
    return this.#lateModules.size > 0 && isLate(spec, this.#lateModules, this.#cx.loadedModules);
  }

  /** The record to read a refused block by: what its name means elsewhere. */
  #likely(name: string): DirectiveSpec | null {
    return this.#specs.find(name)[0] ?? this.#specs.findThirdParty(name)[0] ?? null;
  }

  #open(frame: Frame, placed: PlacedDirective, spec: DirectiveSpec | null, block: Block): void {
    const { node } = placed;
    if (node.block === null || spec === null || !spec.block) {
      if (node.block !== null) this.#skip(frame, node.block.close);
      return;
    }
    const { entry, closing } = this.#handlers.of(spec);
    const context = entry === null ? this.#contextInside(spec, block.context) : block.context;
    if (context === null || this.#depth >= deepestNesting) {
      if (this.#depth >= deepestNesting)
        this.#refuse(problem('nested-too-deeply', `blocks are nested more than ${deepestNesting} deep`));
      this.#skip(frame, node.block.close);
      return;
    }
    const inner = new Block(context, placed, block, this.#levels, entry === null);
    if (entry === null) placed.opens = inner;
    this.#depth++;
    this.#walkItems(frame, node.block.items, inner, entry);
    inner.close();
    this.#depth--;
    const end = node.block.close ?? node.file.text.length;
    this.#reportSyntax(frame, end + 1);
    const cx = this.#cx;
    cx.enter(node, inner);
    cx.spec = spec;
    cx.place = { file: node.file, offset: end };
    if (!placed.valid) return;
    const refused = closing === null ? null : closing(cx);
    if (refused !== null) this.#refuse(refused);
    this.#handlers.endOfBlock(cx, spec, inner);
  }

  /** Passes over a block that is not read; what the tokenizer refuses in it still counts. */
  #skip(frame: Frame, close: number | null): void {
    this.#reportSyntax(frame, close === null ? Number.POSITIVE_INFINITY : close + 1);
  }

  #contextInside(spec: DirectiveSpec, context: Context): Context | null {
    if (spec.blockContent !== 'directives') return null;
    if (spec.opens.length < 2) return spec.opens[0] ?? null;
    // `if` is the only directive that opens different contexts.
    return context === 'server' ? 'if in server' : 'if in location';
  }

  /** ngx_conf_include: reads the files that the directive being read names, right where it stands. */
  #include(): Problem | null {
    const cx = this.#cx;
    const { node, spec, place } = cx;
    const frame = this.#frame!;
    const { block, entry } = frame;
    const found = this.#includes.find(cx);
    if (!Array.isArray(found)) return found as Problem;
    const includedBy = [...frame.includedBy, node];
    for (const path of found as string[]) {
      if (this.count > mostDirectives)
        return problem('syntax/too-many-directives', `more than ${mostDirectives} directives were read`, {
          word: 0,
          once: 'too many directives',
          detail: 'Files that include files many times over multiply; this include is not followed.',
        });
      const file = this.#includes.open(path, cx);
      if ('slug' in file) return file;
      this.walkFile(file, block, includedBy, entry);
      this.#includes.close();
      cx.enter(node, block);
      cx.spec = spec;
      cx.place = place;
    }
    return null;
  }

  #refuse(refused: Problem): void {
    this.#findings.add(refused, this.#cx);
  }
}

/** `${NAME}` in the way of envsubst(1): what it stands for is not known here. */
const symbol = /\$\{[A-Z_][A-Z0-9_]*\}/;

function isSymbolic(node: Directive): boolean {
  return node.values.some((value) => symbol.test(value));
}

/** A brace too many or too few puts everything after it into the wrong block: told once for a file. */
const misplaced = ({ file }: Directive): string => `misplaced ${file.path}`;

const quotedText = 'text behind an open quote';

const braceMessages: ReadonlySet<string> = new Set([
  'unexpected "}"',
  'unexpected end of file, expecting "}"',
]);

/** Whether the tokenizer refused a word of the directive. */
function isDamaged({ parsed, nextProblem }: Frame, { start }: Directive): boolean {
  const last = parsed.problems[nextProblem - 1];
  return last !== undefined && last.from >= start;
}

/** Whether a brace is missing or too many in what is still to be read of the file. */
function hasBraceProblem({ parsed, nextProblem }: Frame): boolean {
  const { problems } = parsed;
  for (let at = nextProblem; at < problems.length; at++)
    if (braceMessages.has(problems[at]!.message)) return true;
  return false;
}

/** Whether the number of arguments is one of those that the directive takes; more than seven fit no exact number. */
function fitsCount({ countMask }: DirectiveSpec, { values }: Directive): boolean {
  return countMask < 0
    ? values.length >= -1 - countMask
    : values.length < 8 && (countMask & (1 << values.length)) !== 0;
}

function spansLines({ file, start, keyword, terminatorAt, values }: Directive): boolean {
  if (values.length === 0) return false;
  const end = file.text.indexOf('\n', start + keyword.length);
  return end !== -1 && end < terminatorAt;
}
