/**
 * `node test/nginx/corpus-mutations.ts [--count N] [--seed N] [--binary PATH] [--target V] [--plain] [--show] [--limit N]`:
 * puts mistakes of every kind into the published configurations of `../shared/corpus` and compares what nginx and we
 * say. `--plain` judges the configurations as they are. Needs root (chroot) and runs outside CI: that data is not ours.
 */
import { parseArgs } from 'node:util';
import { bytesOf, configOf, loadEntries } from './corpus-data.ts';
import { SpecTable } from '../../src/nginx/specs.ts';
import { isMachineReason } from './judgement.ts';
import type { Judgement } from './judgement.ts';
import { mutateWidely } from './mutate-more.ts';
import { judgeOurselves } from './ours.ts';
import { Random } from './random.ts';
import { RootedNginx, judgeAllRooted } from './rooted-nginx.ts';
import type { MachineConfig } from './rooted-nginx.ts';
import { recordedVersion } from './real-nginx.ts';
import { Tally } from './tally.ts';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '2000' },
    seed: { type: 'string', default: '1' },
    binary: { type: 'string', default: '/usr/sbin/nginx' },
    target: { type: 'string', default: recordedVersion },
    plain: { type: 'boolean', default: false },
    show: { type: 'boolean', default: false },
    limit: { type: 'string', default: '60' },
    per: { type: 'string', default: '3' },
    only: { type: 'string' },
  },
});

const everything = loadEntries('real.jsonl.gz').filter(({ verdict, kind }) => verdict && kind !== 'template');
const bases = everything.filter(({ id }) => values.only === undefined || values.only === id);
const texts = everything.map(bytesOf);

/** Another nginx than Debian's has none of the modules that are built apart. */
const debian = values.target === recordedVersion;
const addons = new Set(new SpecTable(values.target).thirdPartyNames());

function isOfAddon({ message }: Judgement): boolean {
  const name = /^unknown directive "(.*)"$/s.exec(message ?? '')?.[1];
  return name !== undefined && (addons.has(name) || /^(?:geoip|image_filter|perl|xslt|xml)/.test(name));
}

interface Mutant extends MachineConfig {
  readonly name: string;
}

function* plain(): Generator<Mutant> {
  for (const base of bases) yield { name: `${base.id} ${base.path}`, ...configOf(base) };
}

function* mutants(random: Random): Generator<Mutant> {
  for (let number = 1; ; number++) {
    const base = random.pick(bases);
    const changed = mutateWidely(bytesOf(base), random, texts);
    if (changed === null) continue;
    yield { name: `${base.id} #${number} ${changed.kind}`, ...configOf(base, base, changed.text) };
  }
}

const source = values.plain ? plain() : mutants(new Random(Number(values.seed)));
const count = values.plain ? bases.length : Number(values.count);
const roots = [new RootedNginx(values.binary), new RootedNginx(values.binary)];
const tally = new Tally();
let machine = 0;
let drawn = 0;
let accepted = 0;
try {
  while (drawn < count) {
    const batch = Array.from({ length: Math.min(200, count - drawn) }, () => source.next().value as Mutant);
    drawn += batch.length;
    const answers = await judgeAllRooted(batch, roots);
    batch.forEach((mutant, index) => {
      const real = answers[index]!;
      if (isMachineReason(real) || (!debian && isOfAddon(real))) return void machine++;
      if (real.ok) accepted++;
      const agreed = tally.add(mutant.name, real, judgeOurselves(mutant, values.target));
      if (!agreed && values.show) console.log(`--- ${mutant.name}\n${mutant.files[mutant.entry]}`);
    });
  }
} finally {
  for (const root of roots) root.close();
}
console.log(`seed ${values.seed}: ${accepted} accepted, ${machine} more answered for reasons of the machine`);
console.log(tally.report(Number(values.limit), Number(values.per)));
