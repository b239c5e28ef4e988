import type { ByteSet } from './byte-set.ts';
import { rangesOf } from './byte-set.ts';
import { capturesIn, nullableBranch, setAfter, unsetReferences } from './captures.ts';
import { lineEnds } from './named-sets.ts';
import { resolveReference, walk } from './references.ts';
import type { Alternatives, AssertionKind, Node, Pattern, RepeatNode } from './tree.ts';

/** A JavaScript regular expression that matches the same, and where each capture of the pattern stands in it. */
export interface Translation {
  readonly source: string;
  /** Entry n is the JavaScript number of capture n; null when the numbers are the same. */
  readonly groups: readonly number[] | null;
}

/** Thrown when JavaScript's regular expressions cannot say the same; the message is for people. */
class Inexpressible extends Error {}

/**
 * Translates a verified pattern to JavaScript (no flags), or tells why that is impossible without a difference in what
 * matches or in what the captures hold.
 */
export function translate(pattern: Pattern): Translation | { readonly reason: string } {
  try {
    const reason = differenceInWhole(pattern);
    if (reason !== null) return { reason };
    const printer = new Printer(pattern);
    const source = printer.alternatives(pattern.alternatives);
    return { source, groups: printer.extraGroups > 0 ? [0, ...printer.groups] : null };
  } catch (error) {
    if (error instanceof Inexpressible) return { reason: error.message };
    throw error;
  }
}

function differenceInWhole(pattern: Pattern): string | null {
  if (pattern.sharesNumbers) return '(?| gives several groups one number';
  let reason: string | null = null;
  unsetReferences(pattern, () => (reason = 'a back reference may be reached while its group is unset'));
  return reason;
}

class Printer {
  readonly groups: number[] = [];
  extraGroups = 0;
  private opened = 0;
  private behind = 0;
  private readonly pattern: Pattern;

  constructor(pattern: Pattern) {
    this.pattern = pattern;
  }

  alternatives(alternatives: Alternatives): string {
    return alternatives.map((branch) => branch.map((node) => this.node(node)).join('')).join('|');
  }

  private node(node: Node): string {
    switch (node.type) {
      case 'byte':
        return printByte(node.code);
      case 'set':
        return printSet(node.bytes);
      case 'assertion':
        return assertions[node.kind];
      case 'group':
        return this.group(node);
      case 'look':
        if (!node.atomic) throw new Inexpressible('a lookaround that can be backtracked into');
        if (!node.behind) return `(?${node.negative ? '!' : '='}${this.alternatives(node.alternatives)})`;
        return this.lookbehind(node.negative, node.alternatives);
      case 'repeat':
        return this.repeat(node);
      case 'backreference':
        return this.reference(node);
      case 'line-end':
        return this.atomic(() => `\\r\\n|${printSet(lineEnds)}`);
      case 'grapheme':
        return this.atomic(() => '\\r\\n|[^]');
      case 'verb':
        if (node.name === 'FAIL') return '[]';
        throw new Inexpressible(`(*${node.name})`);
      case 'keep':
        throw new Inexpressible('\\K');
      case 'recursion':
        throw new Inexpressible('recursion and calls of groups');
      case 'conditional':
        throw new Inexpressible('a conditional group');
    }
  }

  private group(node: Node & { type: 'group' }): string {
    if (node.kind === 'atomic') return this.atomic(() => this.alternatives(node.alternatives));
    if (node.kind === 'plain') return `(?:${this.alternatives(node.alternatives)})`;
    this.groups[node.index - 1] = ++this.opened;
    return `(${this.alternatives(node.alternatives)})`;
  }

  /** JavaScript has no atomic groups, but a lookahead is one: match it, then take what it captured. */
  private atomic(body: () => string): string {
    if (this.behind > 0) throw new Inexpressible('an atomic group in a lookbehind');
    this.extraGroups++;
    const index = ++this.opened;
    return `(?:(?=(${body()}))\\${index})`;
  }

  /** JavaScript matches lookbehinds from right to left, which only captures and references can tell. */
  private lookbehind(negative: boolean, alternatives: Alternatives): string {
    walk(alternatives, (node) => {
      const captures = node.type === 'group' && node.kind === 'capture';
      if (captures || node.type === 'backreference') throw new Inexpressible('captures in a lookbehind');
    });
    this.behind++;
    const inside = this.alternatives(alternatives);
    this.behind--;
    return `(?<${negative ? '!' : '='}${inside})`;
  }

  private repeat(node: RepeatNode): string {
    const { min, max, mode, body } = node;
    if (min !== max && nullableBranch([body]))
      throw new Inexpressible('a repetition of something that can be empty');
    if (max > 1) {
      const always = setAfter([body], new Set());
      for (const index of capturesIn([[body]]))
        if (!always.has(index))
          throw new Inexpressible('a capture that keeps its value from an earlier round of a repetition');
    }
    const print = (): string => {
      const atom = this.node(body);
      const single = body.type === 'byte' || body.type === 'set' || body.type === 'group';
      return (single ? atom : `(?:${atom})`) + quantifier(min, max);
    };
    if (mode === 'possessive') return this.atomic(print);
    return print() + (mode === 'lazy' ? '?' : '');
  }

  private reference(node: Node & { type: 'backreference' }): string {
    if (node.caseless) throw new Inexpressible('a back reference that ignores case');
    const [number] = resolveReference(this.pattern, node.to);
    return `(?:\\${this.groups[number! - 1]})`;
  }
}

function quantifier(min: number, max: number): string {
  if (min === 0 && max === 1) return '?';
  if (max === Infinity) return min === 0 ? '*' : min === 1 ? '+' : `{${min},}`;
  return min === max ? `{${min}}` : `{${min},${max}}`;
}

const assertions: Readonly<Record<AssertionKind, string>> = {
  start: '^',
  // Not after a newline that ends the subject.
  'line-start': '(?:^|(?<=\\n)(?=[^]))',
  end: '$',
  'end-or-final-newline': '(?=\\n?$)',
  'line-end': '(?=\\n|$)',
  'word-boundary': '\\b',
  'not-word-boundary': '\\B',
};

const plainBytes = /[\w\-/:;,=!@%&'"~`<> #]/;

function printByte(code: number): string {
  const char = String.fromCharCode(code);
  if (plainBytes.test(char) && code < 0x80) return char === '/' ? '\\/' : char;
  if (/[.^$|()[\]{}*+?\\]/.test(char)) return `\\${char}`;
  return hex(code);
}

function hex(code: number): string {
  return `\\x${code.toString(16).padStart(2, '0')}`;
}

function printSet(set: ByteSet): string {
  const ranges = rangesOf(set);
  const total = ranges.reduce((sum, [first, last]) => sum + last - first + 1, 0);
  if (total === 256) return '[^]';
  if (total <= 128) return `[${printRanges(ranges)}]`;
  return `[^${printRanges(rangesOf(set.map((word) => ~word)))}]`;
}

function printRanges(ranges: readonly (readonly [number, number])[]): string {
  return ranges
    .map(([first, last]) => {
      if (first === last) return classByte(first);
      return classByte(first) + (last > first + 1 ? '-' : '') + classByte(last);
    })
    .join('');
}

function classByte(code: number): string {
  const char = String.fromCharCode(code);
  return /[A-Za-z0-9_/.]/.test(char) ? (char === '/' ? '\\/' : char) : hex(code);
}
