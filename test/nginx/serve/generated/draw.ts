import { Random } from '../../random.ts';

/** Draws what a case is made of. */
export class Draw extends Random {
  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** Up to `most` different ones, in random order. */
  some<T>(items: readonly T[], most: number): T[] {
    const rest = [...items];
    return Array.from(
      { length: Math.min(most, rest.length) },
      () => rest.splice(this.below(rest.length), 1)[0]!,
    );
  }

  between(least: number, most: number): number {
    return least + this.below(most - least + 1);
  }
}
