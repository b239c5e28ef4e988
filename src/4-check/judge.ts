import { situate } from '../explain/situation.ts';
import { explainLocations } from '../explain/table.ts';
import type { Judge } from './fix.ts';
import type { LintResult } from './lint.ts';

const ranks = { fails: 0, unknown: 0, depends: 1, plain: 1, upgrades: 2 } as const;

/**
 * Ranks what every location does to a handshake and to a plain request, so that a fix of one cannot break another. The
 * names do not hold line numbers, which the fix moves.
 */
export const judgeLocations: Judge = (result: LintResult) => {
  const judged = new Map<string, number>();
  const { config } = result;
  if (!config.verdict.ok || !config.main.children.some(({ context }) => context === 'http')) return judged;
  const situation = situate(config);
  for (const plain of [false, true]) {
    const seen = new Map<string, number>();
    for (const row of explainLocations(situation, { plain })) {
      const name = `${plain ? 'plain' : 'upgrade'} ${row.server} ${row.location}`;
      const count = seen.get(name) ?? 0;
      seen.set(name, count + 1);
      const reached = row.explained?.explanation.upstream != null;
      judged.set(`${name} ${count}`, plain ? Number(reached) : ranks[row.verdict]);
    }
  }
  return judged;
};
