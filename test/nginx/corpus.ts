/**
 * `node test/nginx/corpus.ts [--only ID] [--class CLASS] [--limit N] [--per N] [--newer]`: our judgement of the real
 * and the mutated configurations of `../shared/corpus`, beside nginx's. Outside CI: that data is not ours.
 */
import { parseArgs } from 'node:util';
import { encodeBytes } from '../../src/text/source-file.ts';
import { configOf, loadEntries } from './corpus-data.ts';
import type { Verdict } from './corpus-data.ts';
import { accepted, isMachineReason } from './judgement.ts';
import { judgeOurselves } from './ours.ts';
import { Tally } from './tally.ts';
import type { Judgement } from './judgement.ts';

/** nginx's word with the place taken out of the message. */
function judgementOf({ status, msg = '' }: Verdict): Judgement {
  if (status === 'ok') return accepted;
  const placed = /^([^]*) in (\/[^\n]*):(\d+)$/.exec(encodeBytes(msg));
  return {
    ok: false,
    level: 'emerg',
    message: placed?.[1] ?? encodeBytes(msg),
    file: placed?.[2] ?? null,
    line: placed === null ? null : Number(placed[3]),
  };
}

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    class: { type: 'string' },
    limit: { type: 'string', default: '40' },
    per: { type: 'string', default: '2' },
    newer: { type: 'boolean', default: false },
  },
});
const bases = new Map(loadEntries('real.jsonl.gz').map((entry) => [entry.id, entry]));
const started = performance.now();
for (const name of ['real.jsonl.gz', 'mutated.jsonl.gz'] as const) {
  const tally = new Tally();
  const machine = new Tally();
  for (const entry of loadEntries(name)) {
    const verdict = values.newer ? entry.newer?.verdict : entry.verdict;
    if (!verdict || (values.only !== undefined && entry.id !== values.only)) continue;
    if (values.class !== undefined && verdict.class !== values.class) continue;
    const files = configOf(entry, bases.get(entry.base ?? ''));
    const real = judgementOf(verdict);
    const ours = judgeOurselves(files, values.newer ? '1.31.5' : '1.22.1');
    (verdict.class === 'env' || isMachineReason(real) ? machine : tally).add(
      `${entry.id} ${entry.path ?? ''}`,
      real,
      ours,
    );
    if (values.only !== undefined) console.log(files.files[files.entry], '\n', verdict, ours);
  }
  console.log(`== ${name}`);
  console.log(tally.report(Number(values.limit), Number(values.per)));
  if (machine.total > 0)
    console.log(`-- refused for reasons of the machine, not checked by lint: ${machine.total}`);
}
console.log(`${((performance.now() - started) / 1000).toFixed(1)} s`);
