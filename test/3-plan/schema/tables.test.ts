import { readFileSync } from 'node:fs';
import path from 'node:path';
import { globSync } from 'tinyglobby';
import { expect, test } from 'vitest';
import { notImplemented } from '../../../src/3-plan/not-implemented.ts';
import { directiveLowerings } from '../../../src/3-plan/modules/index.ts';
import { tables } from '../../../src/3-plan/schema/tables.ts';
import type { Setting } from '../../../src/3-plan/schema/setting.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const readers = globSync(['src/engine/**/*.ts', 'src/runtime/**/*.ts'], { cwd: root, absolute: true })
  .map((file) => readFileSync(file, 'utf8'))
  .join('\n');

/** Read while the plan is made, so that what is left of it is in other settings. */
const readByLowering = ['add_header_inherit', 'add_trailer_inherit'];

test('a setting that nobody reads is one that tunes nginx inside, and is marked so', () => {
  const unread = Object.entries(tables).flatMap(([module, table]) =>
    Object.entries(table as Record<string, Setting<unknown>>)
      .filter(([, { kind }]) => kind !== 'ignored')
      .map(([name]) => name)
      // Those of gateways are read as those of the proxy that they are copies of (src/engine/gateways/compile.ts).
      .filter((name) => module === 'proxy' || !(name.replace(module, 'proxy') in tables.proxy))
      .filter((name) => !readByLowering.includes(name) && !new RegExp(`\\b${name}\\b`).test(readers)),
  );
  expect(unread).toEqual([]);
});

test('what is called not implemented is not taken into the plan', () => {
  const taken = directiveLowerings(() => {});
  expect(Object.keys(notImplemented).filter((name) => taken.has(name))).toEqual([]);
});
