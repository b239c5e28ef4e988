import { expect, it } from 'vitest';
import { resolve } from '../../../src/2-resolve/resolve.ts';
import { lower } from '../../../src/3-plan/lower.ts';
import type { Connection } from '../../../src/engine/api.ts';
import { compileEngine } from '../../../src/engine/engine.ts';
import { SourceFile } from '../../../src/text/source-file.ts';
import { fakeWorld } from '../truth/world.ts';

it('chooses a file of a folder by chance', () => {
  const text = `events {} http { server { listen 80; root /html; location / { random_index on; } } }`;
  const { plan } = lower(resolve(new SourceFile('/etc/nginx.conf', text), { target: '1.31.5' }));
  const world = fakeWorld({ '/html/a': 'A', '/html/b': 'B' });
  const kinds: Record<string, 'file' | 'directory'> = {
    a: 'file',
    b: 'file',
    folder: 'directory',
    '.c': 'file',
  };
  let chance = 0;
  const files: typeof world.files = {
    ...world.files,
    list: (path) => (path === '/html/' ? Object.keys(kinds) : 'ENOENT'),
    stat: (path) => {
      const kind = kinds[path.slice('/html/'.length)];
      return kind === undefined ? 'ENOENT' : { kind, size: 1, mtime: 0, executable: false };
    },
  };
  const engine = compileEngine(plan, { ...world, files, random: () => chance });
  const ask = (target: string): string => {
    const connection = {
      listen: 0,
      remoteAddress: '127.0.0.1',
      serverAddress: '127.0.0.1',
      tls: null,
      requests: 0,
    };
    return engine.begin(connection as Connection, `GET ${target} HTTP/1.0\r\n\r\n`, 0)!.uri;
  };
  expect(ask('/')).toBe('/a');
  chance = 0.99;
  expect(ask('/')).toBe('/b');
  expect(ask('/none/')).toBe('/none/');
});
