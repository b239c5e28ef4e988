import type { ByteSet } from './byte-set.ts';
import { add, complement, emptySet, ofRanges } from './byte-set.ts';

const digit = ofRanges([0x30, 0x39]);
const upper = ofRanges([0x41, 0x5a]);
const lower = ofRanges([0x61, 0x7a]);
const space = ofRanges([0x09, 0x0d], [0x20, 0x20]);
const word = ofRanges([0x30, 0x39], [0x41, 0x5a], [0x5f, 0x5f], [0x61, 0x7a]);
const horizontal = ofRanges([0x09, 0x09], [0x20, 0x20], [0xa0, 0xa0]);
const vertical = ofRanges([0x0a, 0x0d], [0x85, 0x85]);

export const anyByte: ByteSet = ofRanges([0, 255]);
export const notNewline: ByteSet = complement(ofRanges([0x0a, 0x0a]));
/** What `\R` matches besides CR LF. */
export const lineEnds: ByteSet = vertical;
export const wordBytes: ByteSet = word;

/** `\d`, `\W` and so on, in and outside classes. */
export const escapeSets: Readonly<Record<string, ByteSet>> = {
  d: digit,
  D: complement(digit),
  s: space,
  S: complement(space),
  w: word,
  W: complement(word),
  h: horizontal,
  H: complement(horizontal),
  v: vertical,
  V: complement(vertical),
};

/** `[:name:]` in PCRE2's default (C locale) tables. */
export const posixSets: Readonly<Record<string, ByteSet>> = {
  alpha: ofRanges([0x41, 0x5a], [0x61, 0x7a]),
  lower,
  upper,
  alnum: ofRanges([0x30, 0x39], [0x41, 0x5a], [0x61, 0x7a]),
  ascii: ofRanges([0, 0x7f]),
  blank: ofRanges([0x09, 0x09], [0x20, 0x20]),
  cntrl: ofRanges([0, 0x1f], [0x7f, 0x7f]),
  digit,
  graph: ofRanges([0x21, 0x7e]),
  print: ofRanges([0x20, 0x7e]),
  punct: ofRanges([0x21, 0x2f], [0x3a, 0x40], [0x5b, 0x60], [0x7b, 0x7e]),
  space,
  word,
  xdigit: ofRanges([0x30, 0x39], [0x41, 0x46], [0x61, 0x66]),
};

/** Properties that PCRE2 has and JavaScript spells differently or lacks. */
const ownProperties: Readonly<Record<string, () => ByteSet>> = {
  any: () => anyByte,
  'l&': () => unicodeSet('\\p{Lu}|\\p{Ll}|\\p{Lt}'),
  lc: () => unicodeSet('\\p{Lu}|\\p{Ll}|\\p{Lt}'),
  xan: () => unicodeSet('\\p{L}|\\p{N}'),
  xsp: () => unicodeSet('\\p{Z}|[\\t-\\r\\x85]'),
  xps: () => unicodeSet('\\p{Z}|[\\t-\\r\\x85]'),
  xwd: () => unicodeSet('\\p{L}|\\p{N}|_'),
  xuc: () => unicodeSet('[$@`\\xa0-\\xff]'),
};

function unicodeSet(source: string): ByteSet {
  const pattern = new RegExp(`^(?:${source})$`, 'u');
  const set = emptySet();
  for (let code = 0; code < 256; code++) if (pattern.test(String.fromCharCode(code))) add(set, code);
  return set;
}

const generalCategory =
  /^(c|cc|cf|cn|co|cs|l|ll|lm|lo|lt|lu|m|mc|me|mn|n|nd|nl|no|p|pc|pd|pe|pf|pi|po|ps|s|sc|sk|sm|so|z|zl|zp|zs)$/;

/** Spellings of a script or binary property as JavaScript wants them: `Latin`, `White_Space`. */
function spellings(name: string): string[] {
  return binaryAndScripts.filter((known) => known.toLowerCase().replaceAll('_', '') === name);
}

const binaryAndScripts: readonly string[] = (
  'ASCII AHex Alphabetic Alpha ASCII_Hex_Digit Bidi_C Bidi_Control Bidi_M Bidi_Mirrored Case_Ignorable CI Cased Changes_When_Casefolded CWCF ' +
  'Changes_When_Casemapped CWCM Changes_When_Lowercased CWL Changes_When_Titlecased CWT Changes_When_Uppercased CWU Dash ' +
  'Default_Ignorable_Code_Point DI Deprecated Dep Diacritic Dia Emoji Emoji_Component EComp Emoji_Modifier EMod Emoji_Modifier_Base ' +
  'EBase Emoji_Presentation EPres Extended_Pictographic ExtPict Extender Ext Grapheme_Base Gr_Base Grapheme_Extend Gr_Ext ' +
  'Hex_Digit Hex ID_Continue IDC ID_Start IDS Ideographic Ideo IDS_Binary_Operator IDSB IDS_Trinary_Operator IDST Join_Control Join_C ' +
  'Logical_Order_Exception LOE Lowercase Lower Math Noncharacter_Code_Point NChar Pattern_Syntax Pat_Syn Pattern_White_Space Pat_WS ' +
  'Quotation_Mark QMark Radical Regional_Indicator RI Sentence_Terminal STerm Soft_Dotted SD Terminal_Punctuation Term ' +
  'Unified_Ideograph UIdeo Uppercase Upper Variation_Selector VS White_Space space XID_Continue XIDC XID_Start XIDS ' +
  'Arabic Armenian Bengali Bopomofo Braille Cherokee Common Coptic Cyrillic Devanagari Ethiopic Georgian Gothic Greek Gujarati ' +
  'Gurmukhi Han Hangul Hebrew Hiragana Inherited Kannada Katakana Khmer Lao Latin Malayalam Mongolian Myanmar Oriya Runic Sinhala ' +
  'Syriac Tamil Telugu Thaana Thai Tibetan Latn Grek Cyrl Zyyy Zinh Hani Hang Hebr Hira Kana Arab'
).split(' ');

/**
 * The bytes with a Unicode property, each byte taken as the code point of the same number (which is what PCRE2 does
 * without UTF mode). `name` is as written between the braces, without `^`; null when PCRE2 does not know it.
 */
export function propertySet(name: string): ByteSet | null {
  const key = name.replace(/[\s_-]/g, '').toLowerCase();
  const own = Object.hasOwn(ownProperties, key) ? ownProperties[key] : undefined;
  if (own !== undefined) return own();
  if (generalCategory.test(key)) return unicodeSet(`\\p{${key[0]!.toUpperCase()}${key.slice(1)}}`);
  const script = /^(?:script|sc|scriptextensions|scx)[:=](.*)$/.exec(key);
  for (const spelling of spellings(script?.[1] ?? key))
    for (const source of [`\\p{${spelling}}`, `\\p{scx=${spelling}}`])
      try {
        return unicodeSet(source);
      } catch {
        continue; // JavaScript wants `scx=` for scripts and refuses it for binary properties.
      }
  return null;
}
