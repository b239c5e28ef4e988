import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Serving } from './support/serving.ts';

describe('WebDAV', () => {
  let serving: Serving;

  beforeAll(async () => {
    serving = await Serving.start(
      `client_body_buffer_size 64k; client_max_body_size 0; client_body_temp_path {{DIR}}/temp;
       server {
         listen 127.0.0.1:{{PORT}}; root {{DIR}}; dav_methods PUT DELETE MKCOL COPY MOVE;
         location / { dav_access user:rw group:r; }
         location /full/ { create_full_put_path on; }
         location /deep/ { min_delete_depth 3; }
         location /put/ { dav_methods PUT; }
       }`,
      { 'put/a': 'a' },
    );
  });
  afterAll(() => serving.close());

  const file = (name: string): string => join(serving.directory, name);
  const content = (name: string): string => readFileSync(file(name), 'latin1');
  /** The status and where the answer leads. */
  const ask = async (line: string, headers = '', body: string | null = null): Promise<string> => {
    const length = body === null ? '' : `Content-Length: ${body.length}\r\n`;
    const answer = await serving
      .connect()
      .send(`${line} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${headers}${length}\r\n${body ?? ''}`)
      .readAll();
    const location = /^Location: http:\/\/a:\d+(.*?)\r$/m.exec(answer)?.[1];
    return answer.slice(9, 12) + (location === undefined ? '' : ` ${location}`);
  };

  it('puts files', async () => {
    expect(await ask('PUT /a%20b', 'Date: Thu, 01 Jan 1970 00:01:00 GMT\r\n', 'one')).toBe('201 /a%20b');
    expect(statSync(file('a b'))).toMatchObject({ mode: 0o100640, mtimeMs: 60_000, size: 3 });
    expect(await ask('PUT /a%20b', '', 'x'.repeat(200_000))).toBe('204');
    expect(content('a b')).toBe('x'.repeat(200_000));
    expect(await ask('PUT /a%20b', '', '')).toBe('204');
    expect(content('a b')).toBe('');
    expect(readdirSync(serving.directory).filter((name) => name.startsWith('a b'))).toEqual(['a b']);
  });
  it('puts none where there can be none', async () => {
    expect(await ask('PUT /', '', 'x')).toBe('409');
    expect(await ask('PUT /put', '', 'x')).toBe('409');
    expect(await ask('PUT /x')).toBe('500');
    expect(await ask('PUT /x', 'Content-Range: bytes 0-1/2\r\n', 'x')).toBe('501');
    expect(await ask('PUT /no/folder/x', '', 'x')).toBe('500');
    expect(await ask('PUT /full/a/b/x', '', 'x')).toBe('201 /full/a/b/x');
    expect(content('full/a/b/x')).toBe('x');
  });
  it('makes collections', async () => {
    expect(await ask('MKCOL /c/')).toBe('201 /c/');
    expect(statSync(file('c')).mode & 0o777).toBe(0o750 & ~process.umask());
    expect(await ask('MKCOL /c/')).toBe('405');
    await expect
      .poll(() => serving.errorLog())
      .toContain(`mkdir() "${serving.directory}/c" failed (17: File exists)`);
    expect(await ask('MKCOL /d')).toBe('409');
    expect(await ask('MKCOL /none/d/')).toBe('409');
    expect(await ask('MKCOL /e/', '', 'x')).toBe('415');
  });
  it('deletes', async () => {
    mkdirSync(file('tree/inner'), { recursive: true });
    writeFileSync(file('tree/inner/x'), 'x');
    writeFileSync(file('kept'), 'x');
    symlinkSync(file('kept'), file('tree/link'));
    expect(await ask('DELETE /tree')).toBe('409');
    expect(await ask('DELETE /tree/', 'Depth: 0\r\n')).toBe('400');
    expect(await ask('DELETE /tree/')).toBe('204');
    expect([existsSync(file('tree')), existsSync(file('kept'))]).toEqual([false, true]);
    expect(await ask('DELETE /kept', 'Depth: 1\r\n')).toBe('400');
    expect(await ask('DELETE /kept')).toBe('204');
    expect(await ask('DELETE /kept')).toBe('404');
    expect(await ask('DELETE /put/a/')).toBe('405');
    expect(await ask('DELETE /deep/a')).toBe('409');
    expect(await ask('DELETE /deep/a/b')).toBe('404');
  });
  it('copies and moves', async () => {
    mkdirSync(file('from/inner'), { recursive: true });
    writeFileSync(file('from/inner/x'), 'x');
    chmodSync(file('from/inner/x'), 0o604);
    const to = (where: string, more = ''): string => `Destination: ${where}\r\n${more}`;
    expect(await ask('COPY /from/', to('/copy/'))).toBe('201');
    expect(content('copy/inner/x')).toBe('x');
    expect(statSync(file('copy/inner/x')).mode & 0o777).toBe(0o604);
    expect(await ask('COPY /from/inner/x', to('http://a/copy/y'))).toBe('204');
    expect(await ask('COPY /from/inner/x', to('/copy/y', 'Overwrite: F\r\n'))).toBe('412');
    expect(await ask('MOVE /copy/y', to('/new/folder/y'))).toBe('204');
    expect([content('new/folder/y'), existsSync(file('copy/y'))]).toEqual(['x', false]);
    expect(await ask('MOVE /copy/', to('/from/'))).toBe('201');
    expect([readdirSync(file('from')), existsSync(file('copy'))]).toEqual([['inner'], false]);
  });
  it('refuses other destinations', async () => {
    writeFileSync(file('one'), '1');
    const status = (uri: string, headers: string): Promise<string> => ask(`MOVE ${uri}`, headers);
    expect(await status('/one', '')).toBe('400');
    expect(await status('/one', 'Destination: http://b/two\r\n')).toBe('400');
    expect(await status('/one', 'Destination: https://a/two\r\n')).toBe('400');
    expect(await status('/one', 'Destination: /../two\r\n')).toBe('400');
    expect(await status('/one', 'Destination: /two/\r\n')).toBe('409');
    expect(await status('/one', 'Destination: //one\r\n')).toBe('403');
    expect(await status('/one', 'Destination: /two\r\nDepth: 0\r\n')).toBe('400');
    expect(await status('/one', 'Destination: /two\r\nOverwrite: x\r\n')).toBe('400');
    expect(await status('/from/', 'Destination: /from/inner/\r\n')).toBe('403');
    expect(await status('/none', 'Destination: /two\r\n')).toBe('404');
    expect(content('one')).toBe('1');
  });
});
