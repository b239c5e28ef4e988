/**
 * `node test/nginx/mutations.ts [--count N] [--seed N] [--only NAME] [--show]`: puts one mistake at a time into the
 * configurations of `fixtures/corpus/` and compares what nginx and we say. Mistakes that nginx answers with a
 * complaint about the machine (a file that is not there, an unknown host) are drawn again.
 */
import { parseArgs } from 'node:util';
import { corpus } from './fixtures.ts';
import { isMachineReason } from './judgement.ts';
import { mutate } from './mutate.ts';
import { judgeOurselves } from './ours.ts';
import { Random } from './random.ts';
import { installedVersion, judgeAll, recordedVersion } from './real-nginx.ts';
import { Tally } from './tally.ts';
import type { ConfigFiles } from './judgement.ts';

export interface MutationOptions {
  readonly count: number;
  readonly seed: number;
  readonly only?: string;
  /** Prints the text of every configuration that is judged differently. */
  readonly show?: boolean;
  readonly limit?: number;
}

/** Required agreement in decision, line and message. */
export const required = { decision: 0.999, line: 0.995, message: 0.99 } as const;

interface Mutant extends ConfigFiles {
  readonly name: string;
}

function* mutants(random: Random, only: string | undefined): Generator<Mutant, never> {
  const bases = corpus().filter(({ template, name }) => !template && (only === undefined || name === only));
  for (let number = 1; ; number++) {
    const base = random.pick(bases);
    const path = random.pick(base.own);
    const changed = mutate(base.files[path]!, random);
    if (changed === null) continue;
    yield {
      name: `${base.name} #${number} ${changed.kind}${path === base.entry ? '' : ` in ${path}`}`,
      entry: base.entry,
      files: { ...base.files, [path]: changed.text },
    };
  }
}

/** Runs `count` mutations and answers the report and whether the required agreement was reached. */
export async function runMutations(options: MutationOptions): Promise<{ report: string; passed: boolean }> {
  const { count, seed, only, show = false, limit = 30 } = options;
  const tally = new Tally();
  const source = mutants(new Random(seed), only);
  let drawn = 0;
  let machine = 0;
  while (tally.total < count) {
    const batch = Array.from({ length: Math.min(200, count - tally.total) }, () => source.next().value!);
    drawn += batch.length;
    const answers = await judgeAll(batch);
    batch.forEach((mutant, index) => {
      const real = answers[index]!;
      if (isMachineReason(real)) return void machine++;
      const agreed = tally.add(mutant.name, real, judgeOurselves(mutant, recordedVersion));
      if (!agreed && show)
        for (const [path, text] of Object.entries(mutant.files))
          if (/nginx\.conf$|vhosts|conf\.d|sites|map$|geo$/.test(path))
            console.log(`--- ${mutant.name} ${path}\n${text}`);
    });
    if (drawn > 20 * count + 1000) throw new Error('nearly every mutation fails for reasons of the machine');
  }
  const { decision, line, message } = tally.rates;
  const passed =
    decision >= required.decision * tally.total &&
    line >= required.line * tally.total &&
    message >= required.message * tally.total;
  const head = `mutations: seed ${seed}, ${machine} more answered for reasons of the machine`;
  return { report: `${head}\n${tally.report(limit)}`, passed };
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      count: { type: 'string', default: '500' },
      seed: { type: 'string' },
      only: { type: 'string' },
      show: { type: 'boolean', default: false },
      limit: { type: 'string', default: '30' },
    },
  });
  if (installedVersion() !== recordedVersion) {
    console.log(`nginx ${recordedVersion} is not installed: nothing to compare with`);
  } else {
    const seed = values.seed === undefined ? Date.now() % 1_000_000 : Number(values.seed);
    const { report, passed } = await runMutations({
      count: Number(values.count),
      seed,
      only: values.only,
      show: values.show,
      limit: Number(values.limit),
    });
    console.log(report);
    process.exitCode = passed ? 0 : 1;
  }
}
