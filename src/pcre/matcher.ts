import { has, lowerCase } from './byte-set.ts';
import { branchLength, LengthChecker } from './fixed-length.ts';
import { lineEnds, wordBytes } from './named-sets.ts';
import { groupsByNumber, resolveReference } from './references.ts';
import type {
  Alternatives,
  AssertionKind,
  BackReferenceNode,
  ConditionalNode,
  LookNode,
  Node,
  Pattern,
  RecursionNode,
  RepeatNode,
} from './tree.ts';

/** Goes on with the rest of the pattern at a place of the subject; false makes the caller try something else. */
type Continue = (at: number) => boolean;
type Matcher = (at: number, next: Continue) => boolean;

/** What one execution changes. */
interface State {
  subject: string;
  /** Start and end of each capture, -1 when unset. */
  captures: Int32Array;
  /** Where the result begins, which `\K` moves. */
  start: number;
  /** Groups being called, innermost last: 0 is the whole pattern. */
  calls: number[];
  /** Ways through a repetition that may still be tried. */
  triesLeft: number;
}

/** PCRE2's default match limit (MATCH_LIMIT): so many ways are tried. */
export const matchLimit = 10_000_000;

/** More ways would have to be tried; nginx says `pcre2_match() failed: -47` then. */
export class MatchLimitError extends Error {}

function spendTry(state: State): void {
  if (--state.triesLeft < 0) throw new MatchLimitError();
}

/**
 * A backtracking matcher with PCRE2's own semantics, for the patterns that JavaScript's regular expressions cannot
 * express: recursion, conditions, `\K`, captures kept across rounds, references to unset groups.
 * Returns null for what it does not know either (verbs other than FAIL, start options that change what a byte is).
 *
 * The matcher throws {@link MatchLimitError} after {@link matchLimit} tries, and RangeError where the stack is too small.
 */
export function buildMatcher(pattern: Pattern): ((subject: string) => (string | undefined)[] | null) | null {
  const state: State = { subject: '', captures: new Int32Array(0), start: 0, calls: [], triesLeft: 0 };
  const compiler = new Compiler(pattern, state);
  const whole = compiler.whole();
  if (compiler.unknown !== null) return null;
  return (subject) => {
    state.subject = subject;
    state.triesLeft = matchLimit;
    for (let at = 0; at <= subject.length; at++) {
      state.captures = new Int32Array(2 * (pattern.captureCount + 1)).fill(-1);
      state.start = at;
      state.calls = [];
      let end = -1;
      const found = whole(at, (place) => {
        end = place;
        return true;
      });
      if (found) return results(state, end);
    }
    return null;
  };
}

function results({ subject, captures, start }: State, end: number): (string | undefined)[] {
  const values: (string | undefined)[] = [subject.slice(start, end)];
  for (let index = 2; index < captures.length; index += 2)
    values.push(captures[index]! < 0 ? undefined : subject.slice(captures[index]!, captures[index + 1]!));
  return values;
}

class Compiler {
  /** The first construct that cannot be matched. */
  unknown: string | null = null;
  private readonly pattern: Pattern;
  private readonly state: State;
  private readonly lengths: LengthChecker;
  /** Matchers of called groups, made once the whole pattern is compiled. */
  private readonly called = new Map<number, Matcher>();

  constructor(pattern: Pattern, state: State) {
    this.pattern = pattern;
    this.state = state;
    this.lengths = new LengthChecker(pattern, groupsByNumber(pattern.alternatives));
  }

  whole(): Matcher {
    const matcher = this.alternatives(this.pattern.alternatives);
    this.called.set(0, matcher);
    return matcher;
  }

  private alternatives(alternatives: Alternatives): Matcher {
    const branches = alternatives.map((branch) => this.sequence(branch));
    if (branches.length === 1) return branches[0]!;
    return (at, next) => branches.some((branch) => branch(at, next));
  }

  private sequence(branch: readonly Node[]): Matcher {
    const matchers = branch.map((node) => this.node(node));
    if (matchers.length === 0) return (at, next) => next(at);
    return matchers.reduceRight((rest, first) => (at, next) => first(at, (place) => rest(place, next)));
  }

  private node(node: Node): Matcher {
    const { state } = this;
    switch (node.type) {
      case 'byte':
      case 'set': {
        const takes = byteTest(node);
        return (at, next) => at < state.subject.length && takes(state.subject.charCodeAt(at)) && next(at + 1);
      }
      case 'assertion': {
        const holds = assertions[node.kind];
        return (at, next) => holds(state.subject, at) && next(at);
      }
      case 'group': {
        const inside = this.alternatives(node.alternatives);
        if (node.kind === 'plain') return inside;
        return node.kind === 'atomic' ? this.atomic(inside) : this.capture(node.index, inside);
      }
      case 'look':
        return this.look(node);
      case 'repeat':
        return this.repeat(node);
      case 'backreference':
        return this.reference(node);
      case 'recursion':
        return this.call(node);
      case 'conditional':
        return this.conditional(node);
      case 'line-end':
        return this.pairOr((code) => has(lineEnds, code));
      case 'grapheme':
        return this.pairOr(() => true);
      case 'keep':
        return (at, next) => {
          const before = state.start;
          state.start = at;
          if (next(at)) return true;
          state.start = before;
          return false;
        };
      case 'verb':
        if (node.name !== 'FAIL') this.unknown ??= `(*${node.name})`;
        return () => false;
    }
  }

  private capture(index: number, inside: Matcher): Matcher {
    const { state } = this;
    return (at, next) =>
      inside(at, (place) => {
        const from = state.captures[2 * index]!;
        const to = state.captures[2 * index + 1]!;
        state.captures[2 * index] = at;
        state.captures[2 * index + 1] = place;
        if (next(place)) return true;
        state.captures[2 * index] = from;
        state.captures[2 * index + 1] = to;
        return false;
      });
  }

  /** Takes the first way through `inside` and never comes back for another. */
  private atomic(inside: Matcher): Matcher {
    const { state } = this;
    return (at, next) => {
      const captures = state.captures.slice();
      const { start } = state;
      let end = -1;
      const found = inside(at, (place) => {
        end = place;
        return true;
      });
      if (found && next(end)) return true;
      state.captures = captures;
      state.start = start;
      return false;
    };
  }

  private look(node: LookNode): Matcher {
    const inside = node.behind ? this.behind(node) : this.alternatives(node.alternatives);
    const { state } = this;
    if (node.negative)
      return (at, next) => {
        const captures = state.captures.slice();
        const found = inside(at, () => true);
        state.captures = captures;
        return !found && next(at);
      };
    if (!node.atomic) return (at, next) => inside(at, () => next(at));
    const once = this.atomic(inside);
    return (at, next) => once(at, () => next(at));
  }

  private behind(node: LookNode): Matcher {
    const branches = node.alternatives.map((branch) => ({
      length: branchLength(this.lengths, branch, node.at),
      matcher: this.sequence(branch),
    }));
    return (at, next) => branches.some(({ length, matcher }) => length <= at && matcher(at - length, next));
  }

  private repeat(node: RepeatNode): Matcher {
    const loop = this.loop(node);
    return node.mode === 'possessive' ? this.atomic(loop) : loop;
  }

  private loop({ min, max, mode, body }: RepeatNode): Matcher {
    const { state } = this;
    const lazy = mode === 'lazy';
    if (body.type === 'byte' || body.type === 'set') {
      const takes = byteTest(body);
      return (at, next) => {
        const most = Math.min(max, state.subject.length - at);
        if (lazy) {
          for (let count = 0; ; count++) {
            spendTry(state);
            if (count >= min && next(at + count)) return true;
            if (count >= most || !takes(state.subject.charCodeAt(at + count))) return false;
          }
        }
        let count = 0;
        while (count < most && takes(state.subject.charCodeAt(at + count))) count++;
        for (; count >= min; count--) {
          spendTry(state);
          if (next(at + count)) return true;
        }
        return false;
      };
    }
    const inside = this.node(body);
    return (start, next) => {
      const round = (at: number, count: number): boolean => {
        spendTry(state);
        // A round that took nothing ends an unbounded loop, as PCRE2's does.
        const more = (): boolean =>
          count < max &&
          inside(at, (place) =>
            place === at && count + 1 >= min && max === Infinity ? next(place) : round(place, count + 1),
          );
        if (count < min) return more();
        return lazy ? next(at) || more() : more() || next(at);
      };
      return round(start, 0);
    };
  }

  private reference(node: BackReferenceNode): Matcher {
    const groups = resolveReference(this.pattern, node.to);
    const { state } = this;
    return (at, next) => {
      const group = groups.find((index) => state.captures[2 * index]! >= 0);
      if (group === undefined) return false;
      const from = state.captures[2 * group]!;
      const length = state.captures[2 * group + 1]! - from;
      if (at + length > state.subject.length) return false;
      for (let offset = 0; offset < length; offset++) {
        const wanted = state.subject.charCodeAt(from + offset);
        const found = state.subject.charCodeAt(at + offset);
        if (wanted === found) continue;
        if (!node.caseless || lowerCase(wanted) !== lowerCase(found)) return false;
      }
      return next(at + length);
    };
  }

  /** A called group's captures are forgotten when it returns, and come back when it is backtracked into. */
  private call(node: RecursionNode): Matcher {
    const [number] = resolveReference(this.pattern, node.to);
    const { state } = this;
    return (at, next) => {
      const matcher = this.calledGroup(number!);
      const outer = state.captures.slice();
      state.calls.push(number!);
      const found = matcher(at, (place) => {
        const inner = state.captures;
        state.captures = outer.slice();
        const called = state.calls.pop()!;
        if (next(place)) return true;
        state.calls.push(called);
        state.captures = inner;
        return false;
      });
      if (!found) {
        state.calls.pop();
        state.captures = outer;
      }
      return found;
    };
  }

  private calledGroup(number: number): Matcher {
    let matcher = this.called.get(number);
    if (matcher === undefined) {
      const group = this.lengths.groups.get(number)!;
      matcher = this.node(group);
      this.called.set(number, matcher);
    }
    return matcher;
  }

  private conditional(node: ConditionalNode): Matcher {
    if (node.condition.kind === 'define') return (at, next) => next(at);
    const alternatives = node.alternatives.map((branch) => [...branch]);
    const test =
      node.condition.kind === 'assertion'
        ? this.node(alternatives[0]!.shift()!)
        : this.condition(node.condition);
    const yes = this.sequence(alternatives[0]!);
    const no = alternatives[1] === undefined ? null : this.sequence(alternatives[1]);
    const { state } = this;
    return (at, next) => {
      const captures = state.captures.slice();
      const holds = test(at, () => true);
      const found = holds ? yes(at, next) : no === null ? next(at) : no(at, next);
      if (!found) state.captures = captures;
      return found;
    };
  }

  private condition(
    condition: Exclude<ConditionalNode['condition'], { kind: 'assertion' | 'define' }>,
  ): Matcher {
    const { state } = this;
    if (condition.kind === 'constant') return () => condition.value;
    if (condition.kind === 'group') {
      const groups = resolveReference(this.pattern, condition.to);
      return () => groups.some((index) => state.captures[2 * index]! >= 0);
    }
    const named = resolveReference(this.pattern, { name: condition.name });
    if (!condition.ampersand && named.length > 0)
      return () => named.some((index) => state.captures[2 * index]! >= 0);
    const number = condition.ampersand ? null : Number(condition.name.slice(1));
    if (number === 0) return () => state.calls.length > 0;
    return () => {
      const current = state.calls.at(-1);
      return current !== undefined && (number === null ? named.includes(current) : current === number);
    };
  }

  /** CR LF as one, without giving it up later, or one byte that passes the test. */
  private pairOr(test: (code: number) => boolean): Matcher {
    const { state } = this;
    return (at, next) => {
      if (at >= state.subject.length) return false;
      if (state.subject.startsWith('\r\n', at)) return next(at + 2);
      return test(state.subject.charCodeAt(at)) && next(at + 1);
    };
  }
}

function byteTest(node: Node & { type: 'byte' | 'set' }): (code: number) => boolean {
  if (node.type === 'byte') return (code) => code === node.code;
  return (code) => has(node.bytes, code);
}

function isWord(subject: string, at: number): boolean {
  return at >= 0 && at < subject.length && has(wordBytes, subject.charCodeAt(at));
}

const assertions: Readonly<Record<AssertionKind, (subject: string, at: number) => boolean>> = {
  start: (_, at) => at === 0,
  'line-start': (subject, at) => at === 0 || (at < subject.length && subject[at - 1] === '\n'),
  end: (subject, at) => at === subject.length,
  'end-or-final-newline': (subject, at) =>
    at === subject.length || (at === subject.length - 1 && subject[at] === '\n'),
  'line-end': (subject, at) => at === subject.length || subject[at] === '\n',
  'word-boundary': (subject, at) => isWord(subject, at - 1) !== isWord(subject, at),
  'not-word-boundary': (subject, at) => isWord(subject, at - 1) === isWord(subject, at),
};
