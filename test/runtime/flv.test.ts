import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Serving } from './support/serving.ts';

it('films are sent from where they are wanted', async () => {
  const serving = await Serving.start(
    'server { listen 127.0.0.1:{{PORT}}; root {{DIR}}; location / { flv; autoindex on; } location /strict { alias {{DIR}}; flv; disable_symlinks on; } }',
    { 'film.flv': '0123456789', 'folder/x': '' },
  );
  const ask = async (target: string, extra = ''): Promise<string> => {
    const answer = await serving.connect().send(`GET ${target} HTTP/1.0\r\n${extra}\r\n`).readAll();
    return `${answer.slice(9, 12)} ${answer.slice(answer.indexOf('\r\n\r\n') + 4)}`;
  };
  const head = 'FLV\x01\x05\0\0\0\x09\0\0\0\0';
  expect(await ask('/film.flv')).toBe('200 0123456789');
  expect(await ask('/film.flv?start=4')).toBe(`200 ${head}456789`);
  expect(await ask('/film.flv?start=10')).toBe('200 0123456789');
  expect(await ask('/film.flv?start=x')).toBe('200 0123456789');
  expect(await ask('/film.flv?start=4', 'Range: bytes=2-14\r\n')).toBe(`206 ${head.slice(2)}45`);
  const whole = await serving.connect().send('GET /film.flv?start=4 HTTP/1.0\r\n\r\n').readAll();
  expect(whole).toMatch(/\r\nETag: "[0-9a-f]+-13"\r\n/);
  expect(await ask('/none.flv')).toMatch(/^404 /);
  expect(await ask('/folder/')).toMatch(/^200 .*Index of/s);
  symlinkSync('film.flv', join(serving.directory, 'link.flv'));
  expect(await ask('/link.flv')).toBe('200 0123456789');
  expect(await ask('/strict/link.flv')).toMatch(/^403 /);
  await serving.close();
});
