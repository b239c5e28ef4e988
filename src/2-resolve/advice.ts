import type { Directive, Word } from '../1-syntax/ast.ts';
import type { Fix } from '../diagnostics/diagnostic.ts';
import { didYouMean } from '../diagnostics/did-you-mean.ts';
import type { SpecTable } from '../nginx/specs.ts';
import type { Context, DirectiveSpec } from '../nginx/types.ts';

/** What to say to a person about a directive that nginx refuses by its name, its place or its number of arguments. */
export interface Advice {
  readonly detail: string;
  readonly fixes: readonly Fix[];
}

/**
 * A directive with too many arguments whose line ended earlier, where the rest begins with a known name: its `;` is
 * missing. Null when it does not look so. Of a directive that nginx refuses, the name may be misspelt too.
 */
export function missingSemicolon(
  node: Directive,
  context: Context,
  specs: SpecTable,
  refused = false,
): Advice | null {
  for (const { before, word } of lineBreaks(node)) {
    if (specs.lookup(word.value, context) === null && !(refused && isNearName(word.value, context, specs)))
      continue;
    const line = node.file.lineAt(before.start);
    return {
      detail: `The ";" after ${describe(before.value)} on line ${line} is missing, so "${word.value}" became an argument of "${node.keyword}".`,
      fixes: [insertSemicolon(node, before.end)],
    };
  }
  return null;
}

/** A directive that the `{` of a block below ends: its `;` is missing where its line ends. */
export function endedByBlock(node: Directive): Partial<Advice> {
  const { name } = node;
  const found = endOfLine(node, (block) => `the block "${block}" became a part of "${name.value}"`);
  return found ?? { detail: `"${name.value}" has no block: it ends with ";".` };
}

/** An entry with too many words that goes on below its line. Null when it does not. */
export function endedByEntry(node: Directive): Advice | null {
  return endOfLine(node, (word) => `"${word}" became a part of this entry`);
}

/** What is missing where a directive's words go on in another line. */
function endOfLine(node: Directive, sequel: (word: string) => string): Advice | null {
  for (const { before, word } of lineBreaks(node)) {
    const line = node.file.lineAt(before.start);
    return {
      detail: `The ";" after ${describe(before.value)} on line ${line} is missing, so ${sequel(word.value)}.`,
      fixes: [insertSemicolon(node, before.end)],
    };
  }
  return null;
}

/** The words of a directive between which a line ends. */
function* lineBreaks({ file, name, args }: Directive): Generator<{ before: Word; word: Word }> {
  let before = name;
  for (const word of args) {
    if (file.text.slice(before.end, word.start).includes('\n')) yield { before, word };
    before = word;
  }
}

function insertSemicolon({ file }: Directive, at: number): Fix {
  return { title: 'Insert the missing ";"', edits: [{ file, start: at, end: at, text: ';' }] };
}

/** Whether a word with an underscore looks like the name of a directive of this context. */
function isNearName(word: string, context: Context, specs: SpecTable): boolean {
  return /^[a-z]+_[a-z_]+$/.test(word) && didYouMean(word, specs.namesIn(context)) !== null;
}

function describe(word: string): string {
  return `"${word.length > 40 ? `${word.slice(0, 40)}…` : word}"`;
}

/** Where a directive may stand, in words. */
export function placesOf(specs: readonly DirectiveSpec[]): string {
  const contexts = [...new Set(specs.flatMap((spec) => spec.contexts))];
  return contexts.map((context) => `"${context}"`).join(', ');
}
