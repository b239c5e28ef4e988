import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { hasTruth, readTruth, truthVersions } from '../runtime/truth/recorded.ts';
import { differences } from './recorded-decision.ts';

/**
 * Requests whose record is not what explain is asked for, with the reason. "PRI * HTTP/2.0" is the preface of HTTP/2: its
 * head ends after the first line, and the recording backend took the rest, "SM", for a second request.
 */
const exceptions: ReadonlySet<string> = new Set(['1.31 2471-0131 2 visits', '1.31 2471-0131 3 visits']);

describe.skipIf(!hasTruth())('decisions of real nginx (skipped without ../shared/truth)', () => {
  const directory = mkdtempSync(join(tmpdir(), 'hopwright-explain-'));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  it.each(truthVersions)(
    '%s: explain decides each recorded request as nginx did',
    (version) => {
      const found = readTruth(version)
        .flatMap((recorded) => differences(recorded, directory))
        .filter(({ case: id, request, field }) => !exceptions.has(`${version} ${id} ${request} ${field}`));
      expect(found).toEqual([]);
    },
    60_000,
  );
});
