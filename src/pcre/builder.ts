import type { Alternatives, GroupName, LookNode, Node } from './tree.ts';
import { Option, type Reader } from './reader.ts';

/** A parenthesis that is open, or the whole pattern. */
export interface Frame {
  readonly alternatives: Alternatives;
  /** Options to restore at the `)`. */
  readonly savedOptions: number;
  /** Makes the node of the finished group; null adds nothing. */
  readonly finish: (alternatives: Alternatives) => Node;
  /** `(?|…)`: where each alternative starts counting, and the highest number so far. */
  readonly reset: { readonly from: number; highest: number } | null;
  /** An assertion that is a condition may not be repeated. */
  readonly repeatable: boolean;
}

/** The tree under construction: open groups, names, and what may be repeated. */
export class Builder {
  readonly reader: Reader;
  readonly frames: Frame[] = [];
  readonly names: GroupName[] = [];
  sharesNumbers = false;
  /** Whether a quantifier may follow the item read last. */
  repeatable = false;
  /** True while the condition of `(?(?…` must come next; 'after callout' when only an assertion may. */
  expects: 'nothing' | 'condition' | 'condition after callout' = 'nothing';
  /** Offset of the first reference to each group below 10, which is what PCRE2 reports for all of them. */
  readonly firstReference = new Map<number, number>();

  constructor(reader: Reader) {
    this.reader = reader;
    this.open((alternatives) => ({ type: 'group', kind: 'plain', index: 0, alternatives, at: 0 }));
  }

  get depth(): number {
    return this.frames.length - 1;
  }

  get items(): Node[] {
    return this.frames.at(-1)!.alternatives.at(-1)!;
  }

  push(node: Node, repeatable = true): void {
    this.items.push(node);
    this.repeatable = repeatable;
  }

  open(
    finish: Frame['finish'],
    settings: { reset?: boolean; repeatable?: boolean; savedOptions?: number } = {},
  ): void {
    const from = this.reader.captures;
    this.frames.push({
      alternatives: [[]],
      savedOptions: settings.savedOptions ?? this.reader.options,
      finish,
      reset: settings.reset === true ? { from, highest: from } : null,
      repeatable: settings.repeatable ?? true,
    });
  }

  /** Opens a capturing group, with a name when it has one (duplicates are refused unless `(?J)`). */
  openCapture(at: number, name: string | null): void {
    const { reader } = this;
    if (reader.captures >= 65535) reader.refuse(197);
    const index = ++reader.captures;
    if (name !== null) this.nameGroup(name, index);
    this.open((alternatives) => ({ type: 'group', kind: 'capture', index, alternatives, at }));
  }

  private nameGroup(name: string, number: number): void {
    if (this.names.length >= 10000) this.reader.refuse(149);
    for (const known of this.names) {
      if (known.name === name) {
        if (known.number === number) return;
        if (!this.reader.on(Option.duplicateNames)) this.reader.refuse(143);
      } else if (known.number === number) this.reader.refuse(165);
    }
    this.names.push({ name, number });
  }

  alternative(): void {
    const frame = this.frames.at(-1)!;
    if (frame.reset !== null) {
      frame.reset.highest = Math.max(frame.reset.highest, this.reader.captures);
      this.reader.captures = frame.reset.from;
    }
    frame.alternatives.push([]);
    this.repeatable = false;
  }

  close(): void {
    if (this.depth === 0) this.reader.refuse(122, this.reader.at - 1);
    const frame = this.frames.pop()!;
    this.reader.options = frame.savedOptions;
    if (frame.reset !== null) this.reader.captures = Math.max(this.reader.captures, frame.reset.highest);
    this.push(frame.finish(frame.alternatives), frame.repeatable);
  }
}

/** Makes the node of a group that captures nothing, `(?:…)` or `(?>…)`. */
export function plainGroup(kind: 'plain' | 'atomic', at: number): (alternatives: Alternatives) => Node {
  return (alternatives) => ({ type: 'group', kind, index: 0, alternatives, at });
}

/** Opens a lookaround; `at` is the offset that PCRE2 reports for a lookbehind of no fixed length. */
export function openLook(
  builder: Builder,
  look: Omit<LookNode, 'type' | 'alternatives'>,
  expected: Builder['expects'],
): void {
  builder.open((alternatives) => ({ type: 'look', ...look, alternatives }), {
    repeatable: expected === 'nothing',
  });
}
