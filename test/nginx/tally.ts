import { compare, describeJudgement } from './judgement.ts';
import type { Judgement } from './judgement.ts';

interface Difference {
  readonly what: 'decision' | 'line' | 'message';
  readonly name: string;
  readonly real: Judgement;
  readonly ours: Judgement;
}

/** Counts agreement and keeps the differences, grouped by what nginx says. */
export class Tally {
  total = 0;
  readonly #differences: Difference[] = [];

  add(name: string, real: Judgement, ours: Judgement): boolean {
    this.total++;
    const { decision, line, message } = compare(real, ours);
    if (decision && line && message) return true;
    this.#differences.push({ what: !decision ? 'decision' : !line ? 'line' : 'message', name, real, ours });
    return false;
  }

  /** How many agree in the decision, in the line too, in the message too. */
  get rates(): { decision: number; line: number; message: number } {
    const differing = (...kinds: string[]) =>
      this.#differences.filter(({ what }) => kinds.includes(what)).length;
    // A difference in the line may come with one in the message: each figure counts its own.
    const message = this.#differences.filter(({ real, ours }) => real.message !== ours.message).length;
    return {
      decision: this.total - differing('decision'),
      line: this.total - differing('decision', 'line'),
      message: this.total - message,
    };
  }

  /** A report for people: the rates, then up to `limit` groups of differences with up to `perGroup` examples. */
  report(limit = 30, perGroup = 3): string {
    const percent = (count: number) => `${count} (${((count / Math.max(1, this.total)) * 100).toFixed(2)} %)`;
    const { decision, line, message } = this.rates;
    const lines = [
      `${this.total} judged: decision ${percent(decision)}, line ${percent(line)}, message ${percent(message)}`,
    ];
    const groups = Map.groupBy(
      this.#differences,
      ({ what, real, ours }) => `${what}: nginx ${shape(real)} / ours ${shape(ours)}`,
    );
    const sorted = [...groups].sort(([, a], [, b]) => b.length - a.length);
    for (const [title, members] of sorted.slice(0, limit)) {
      lines.push(`${String(members.length).padStart(5)}  ${title}`);
      for (const { name, real, ours } of members.slice(0, perGroup))
        lines.push(
          `         ${name}`,
          `           nginx ${describeJudgement(real)}`,
          `           ours  ${describeJudgement(ours)}`,
        );
    }
    if (sorted.length > limit) lines.push(`… and ${sorted.length - limit} more kinds`);
    return lines.join('\n');
  }
}

/** A message without what it quotes, to group by. */
function shape({ ok, message }: Judgement): string {
  return ok ? 'accepts' : (message ?? '').replace(/"[^"]*"/g, '"…"').replace(/\d+/g, 'N');
}
