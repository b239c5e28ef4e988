import { constants } from 'node:os';
import { describe, expect, test } from 'vitest';
import { errnoOf, errnoText, systemError } from '../../src/system/errno.ts';

describe('errors of the system', () => {
  test('are told as nginx tells them', () => {
    expect(errnoText('ECONNREFUSED')).toBe('(111: Connection refused)');
    expect(errnoText('ENOENT')).toBe('(2: No such file or directory)');
    expect(errnoText('ENOSUCH')).toBe('(0: ENOSUCH)');
  });

  test.skipIf(process.platform !== 'linux')('have the numbers of this Linux', () => {
    const known = Object.entries(constants.errno).filter(([code]) => systemError(code).number !== 0);
    expect(known.length).toBeGreaterThan(30);
    expect(known.map(([code]) => [code, systemError(code).number])).toEqual(known);
  });

  test('of what has no code are input/output errors', () => {
    expect(errnoOf(new Error('x'))).toBe('EIO');
    expect(errnoOf(null)).toBe('EIO');
    expect(errnoOf(Object.assign(new Error('x'), { code: 'EACCES' }))).toBe('EACCES');
  });
});
