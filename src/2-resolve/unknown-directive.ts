import type { Directive } from '../1-syntax/ast.ts';
import { didYouMean } from '../diagnostics/did-you-mean.ts';
import type { Problem } from '../nginx/problem.ts';
import { cString, problem } from '../nginx/problem.ts';
import type { SpecTable } from '../nginx/specs.ts';
import type { Context, DirectiveSpec } from '../nginx/types.ts';
import { compareVersions } from '../text/compare-versions.ts';
import { placesOf } from './advice.ts';

/**
 * `unknown directive "x"`, with what is known about why: a newer version, an add-on, a slip of the pen. `guesses` are those
 * made already ({@link CheckContext.guesses}): one slip may be all over a file.
 */
export function unknownDirective(
  node: Directive,
  context: Context,
  specs: SpecTable,
  guesses: Map<string, string | null>,
): Problem {
  const name = node.keyword;
  const message = `unknown directive "${cString(name)}"`;
  const elsewhere = specs.every(name);
  if (elsewhere.length > 0)
    return problem('unknown-directive', message, {
      word: -1,
      detail: otherVersion(name, elsewhere, specs.version),
    });
  const addons = specs.findThirdParty(name);
  if (addons.length > 0) {
    const project = addons[0]!.thirdParty!;
    return problem('needs-module', message, {
      word: -1,
      severity: 'info',
      once: `addon ${project}`,
      detail: `"${name}" belongs to the add-on ${project}: nginx knows it only when that is built in or loaded with load_module.`,
    });
  }
  return problem('unknown-directive', message, { word: -1, ...closest(node, context, specs, guesses) });
}

/**
 * The rest of a regular expression such as `^/[0-9]{3}$`, whose `{` nginx took for the block's, as the first directive
 * in it. Null when it is none.
 */
export function quantifierAsBlock(node: Directive, opener: Directive | null): Problem | null {
  const word = opener?.args.at(-1);
  if (word === undefined || opener!.block === null || node.file !== opener!.file) return null;
  const { file, name } = node;
  const cut = word.end === opener!.block.open && name.start === word.end + 1 && word.quote === '';
  if (!cut || !/^\d+(?:,\d*)?\}/.test(name.value)) return null;
  const text = file.text.slice(word.start, name.end);
  return problem('unknown-directive', `unknown directive "${cString(name.value)}"`, {
    word: -1,
    detail: `nginx takes the "{" in "${text}" for the beginning of a block: an expression with "{" needs quotes.`,
    fixes: [
      { title: 'Put it into quotes', edits: [{ file, start: word.start, end: name.end, text: `"${text}"` }] },
    ],
  });
}

function otherVersion(name: string, records: readonly DirectiveSpec[], version: string): string {
  const { commercial, since, removedIn, replacedBy } =
    records.find((each) => !each.commercial) ?? records[0]!;
  const instead = replacedBy === null ? '' : ` Use ${replacedBy} instead.`;
  if (commercial) return `"${name}" exists in the commercial NGINX Plus only.${instead}`;
  if (removedIn !== null && compareVersions(removedIn, version) <= 0)
    return `"${name}" was removed in nginx ${removedIn}.${instead}`;
  return `"${name}" appeared in nginx ${since}; this is ${version}.`;
}

const mostGuesses = 500;

/** The name that was probably meant: one of this context first, then of any other, then of an add-on. */
function closest(
  node: Directive,
  context: Context,
  specs: SpecTable,
  guesses: Map<string, string | null>,
): Partial<Problem> {
  const { file, name } = node;
  if (name.value === 'else' || name.value === 'elseif')
    return { detail: 'nginx has no "else": write a second "if" with the opposite condition, or a map.' };
  const glued = gluedName(node, context, specs);
  if (glued !== null) return glued;
  const key = `${context} ${name.value}`;
  const hidden = hiddenCharacter(name.value);
  if (hidden !== null) {
    const [meant = ''] = withoutHidden(name.value).trimStart().split(' ');
    guesses.set(key, specs.lookup(meant, context) === null ? null : meant);
    const text = withoutHidden(file.text.slice(name.start, name.end));
    return {
      detail: `There is a character in it that one does not see, ${hidden}; to nginx it is a part of the name.`,
      fixes: [{ title: 'Take it out', edits: [{ file, start: name.start, end: name.end, text }] }],
    };
  }
  let guess = guesses.get(key);
  if (guess === undefined) {
    // A file that is no configuration at all has nothing but unknown names.
    if (guesses.size >= mostGuesses) return {};
    guess =
      didYouMean(name.value, specs.namesIn(context)) ??
      didYouMean(name.value, specs.allNames()) ??
      didYouMean(name.value, specs.thirdPartyNames());
    guesses.set(key, guess);
  }
  if (guess === null) return {};
  if (specs.lookup(guess, context) !== null)
    return {
      detail: `Did you mean "${guess}"?`,
      fixes: [
        { title: `Write "${guess}"`, edits: [{ file, start: name.start, end: name.end, text: guess }] },
      ],
    };
  const known = specs.every(guess);
  if (known.length > 0) return { detail: `Did you mean "${guess}"? It belongs into ${placesOf(known)}.` };
  const project = specs.findThirdParty(guess)[0]!.thirdParty;
  return { detail: `Did you mean "${guess}" of the add-on ${project}?` };
}

/** A name with something directly behind it that is no part of it: `if(`, `listen=80`. */
function gluedName({ file, name }: Directive, context: Context, specs: SpecTable): Partial<Problem> | null {
  const [, meant = '', sign = ''] = /^(\w+)([(=])/.exec(name.value) ?? [];
  if (meant === '' || name.quote !== '' || specs.lookup(meant, context) === null) return null;
  const start = name.start + meant.length;
  const end = sign === '=' ? start + 1 : start;
  return {
    detail: `Between "${meant}" and what follows it there must be white space.`,
    fixes: [{ title: 'Put a space there', edits: [{ file, start, end, text: ' ' }] }],
  };
}

/** Characters that look like nothing or like a space, as they come along from web pages and word processors; UTF-8 as latin1. */
const hiddenCharacters: ReadonlyArray<readonly [bytes: string, name: string, instead: string]> = [
  ['\xef\xbb\xbf', 'a byte order mark (U+FEFF)', ''],
  ['\xe2\x80\x8b', 'a zero-width space (U+200B)', ''],
  ['\xe2\x81\xa0', 'a word joiner (U+2060)', ''],
  ['\xc2\xad', 'a soft hyphen (U+00AD)', ''],
  ['\xc2\xa0', 'a no-break space (U+00A0)', ' '],
  ['\xe2\x80\xaf', 'a narrow no-break space (U+202F)', ' '],
  ['\xe3\x80\x80', 'an ideographic space (U+3000)', ' '],
];

function hiddenCharacter(text: string): string | null {
  return hiddenCharacters.find(([bytes]) => text.includes(bytes))?.[1] ?? null;
}

function withoutHidden(text: string): string {
  return hiddenCharacters.reduce((left, [bytes, , instead]) => left.replaceAll(bytes, instead), text);
}
