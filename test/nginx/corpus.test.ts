import { describe, expect, it } from 'vitest';
import { memoryReader } from '../../src/2-resolve/file-reader.ts';
import { resolve } from '../../src/2-resolve/resolve.ts';
import { SourceFile } from '../../src/text/source-file.ts';
import { corpus } from './fixtures.ts';
import { accepted, compare } from './judgement.ts';
import { mutate, mutationKinds } from './mutate.ts';
import { judgeOurselves } from './ours.ts';
import { Random } from './random.ts';
import { recordedVersion } from './real-nginx.ts';

const entries = corpus();
const versions = [recordedVersion, '1.31.5'];

describe('the configurations of fixtures/corpus', () => {
  it('are at least sixty', () => {
    expect(entries.length).toBeGreaterThanOrEqual(60);
  });

  it.each(entries.filter(({ template }) => !template).map((entry) => [entry.name, entry] as const))(
    '%s is accepted, as by nginx',
    (_name, entry) => {
      expect(judgeOurselves(entry, recordedVersion)).toEqual(accepted);
    },
  );

  it.each(entries.filter(({ template }) => template).map((entry) => [entry.name, entry] as const))(
    'the template %s is accepted within http on every version',
    (_name, { files, entry }) => {
      for (const target of versions) {
        const file = new SourceFile(entry.replace(/\.conf$/, '.conf.template'), files[entry]!);
        const options = { target, startContext: 'http', reader: memoryReader(files) } as const;
        expect(resolve(file, options).verdict).toEqual({ ok: true });
      }
    },
  );
});

describe('mutations', () => {
  it('are the same for the same seed, of every kind, and are judged without a crash', () => {
    const seed = 20_260;
    const draw = () => {
      const random = new Random(seed);
      return Array.from({ length: 250 }, () => {
        const base = random.pick(entries.filter(({ template }) => !template));
        const changed = mutate(base.files[base.entry]!, random);
        return { base, changed };
      });
    };
    const mutants = draw();
    expect(draw().map(({ changed }) => changed?.text)).toEqual(mutants.map(({ changed }) => changed?.text));
    const kinds = new Set(mutants.map(({ changed }) => changed?.kind));
    for (const kind of mutationKinds) expect(kinds, `seed ${seed}`).toContain(kind);
    for (const { base, changed } of mutants) {
      const files = { ...base.files, [base.entry]: changed?.text ?? '' };
      const judged = judgeOurselves({ entry: base.entry, files }, recordedVersion);
      expect(compare(judged, judged), `seed ${seed}`).toEqual({
        decision: true,
        line: true,
        message: true,
      });
    }
  });
});
