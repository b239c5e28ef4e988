import { describe, expect, test } from 'vitest';
import type { DisableSymlinks } from '../../../src/3-plan/schema/core.ts';
import type { EngineContext } from '../../../src/engine/context.ts';
import type { Request } from '../../../src/engine/request.ts';
import { compileSymlinks, filesFor } from '../../../src/engine/static/symlinks.ts';
import { fakeWorld } from '../truth/world.ts';

/** `/a/mine` leads to a folder of the link's owner, `/a/theirs` to one of somebody else. */
function stat(path: string, mode: DisableSymlinks['mode'], from = ''): string {
  const { files } = fakeWorld({ '/a/mine/f': '', '/a/theirs/f': '', '/a/b/f': '' });
  const link = (name: string) =>
    name === '/a/mine'
      ? { owner: 1, targetOwner: 1 }
      : name === '/a/theirs'
        ? { owner: 1, targetOwner: 0 }
        : null;
  const template = (text: unknown) => ({ constant: text, evaluate: () => text });
  const cx = { world: { files: { ...files, link } }, template } as unknown as EngineContext;
  const symlinks = compileSymlinks(cx, { mode, from: from === '' ? null : from });
  const result = filesFor(cx, { location: { symlinks } } as unknown as Request).stat(path);
  return typeof result === 'string' ? result : result.kind;
}

describe('disable_symlinks', () => {
  test.each([
    ['off follows everything', '/a/theirs/f', 'off', '', 'file'],
    ['on follows no link on the way', '/a/mine/f', 'on', '', 'ELOOP'],
    ['on follows no link at the end', '/a/mine', 'on', '', 'ELOOP'],
    ['on lets paths without links through', '/a/b//f', 'on', '', 'file'],
    ['if_not_owner follows links to files of the same owner', '/a/mine/f', 'if_not_owner', '', 'file'],
    ['if_not_owner follows no others', '/a/theirs/f', 'if_not_owner', '', 'ELOOP'],
    ['from= vouches for a beginning of the path', '/a/theirs/f', 'on', '/a/theirs', 'file'],
    ['from= may be all of it', '/a/mine', 'on', '/a/mine', 'directory'],
    ['from= may end with a slash', '/a/theirs/f', 'on', '/a/theirs/', 'file'],
    ['from= counts by whole parts', '/a/theirs/f', 'on', '/a/the', 'ELOOP'],
    ['a missing file is still missing', '/a/b/none', 'on', '', 'ENOENT'],
  ] as const)('%s', (_, path, mode, from, result) => {
    expect(stat(path, mode, from)).toBe(result);
  });
});
