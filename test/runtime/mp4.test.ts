import { expect, it } from 'vitest';
import { drawing, drawMovie, movie } from '../engine/static/mp4/movies.ts';
import { Serving } from './support/serving.ts';

it('movies are sent from when on they are wanted', async () => {
  const bytes = movie({ ...drawMovie(drawing(3)), mediaFirst: false });
  const serving = await Serving.start(
    `server { listen 127.0.0.1:{{PORT}}; root {{DIR}}; location / { mp4; autoindex on; }
       location /small/ { alias {{DIR}}/; mp4; mp4_buffer_size 16; mp4_max_buffer_size 32; } }`,
    { 'movie.mp4': bytes.toString('latin1'), 'folder/x': '' },
  );
  const ask = (target: string, extra = ''): Promise<string> =>
    serving.connect().send(`GET ${target} HTTP/1.0\r\n${extra}\r\n`).readAll();
  const bodyOf = (answer: string): string => answer.slice(answer.indexOf('\r\n\r\n') + 4);
  expect(bodyOf(await ask('/movie.mp4'))).toBe(bytes.toString('latin1'));
  for (const same of ['?start=x', '?start=1.2.3', '?start=0', '?end=0', '?start='])
    expect(bodyOf(await ask(`/movie.mp4${same}`))).toBe(bytes.toString('latin1'));
  const part = await ask('/movie.mp4?start=0.5');
  const length = bodyOf(part).length;
  expect(part).toMatch(/^HTTP\/1\.1 200 OK/);
  expect(part).toContain(`\r\nContent-Length: ${length}\r\n`);
  expect(part).toMatch(new RegExp(`\r\nETag: "[0-9a-f]+-${length.toString(16)}"\r\n`));
  expect(bodyOf(part)).toContain('moov');
  // Digits after the third do not count.
  expect(bodyOf(await ask('/movie.mp4?start=0.50000000000000000001'))).toBe(bodyOf(part));
  expect(bodyOf(await ask('/movie.mp4?start=0.5', 'Range: bytes=4-7\r\n'))).toBe(bodyOf(part).slice(4, 8));
  expect(await ask('/movie.mp4?start=0.5', 'Range: bytes=1-2,4-5\r\n')).toMatch(/^HTTP\/1\.1 200 /);
  expect(await ask('/movie.mp4?start=1000')).toMatch(/^HTTP\/1\.1 500 /);
  expect(serving.errorLog()).toContain(
    `"${serving.directory}/movie.mp4" mp4 start time exceeds file duration, client: 127.0.0.1`,
  );
  expect(await ask('/small/movie.mp4?start=0.5')).toMatch(/^HTTP\/1\.1 500 /);
  expect(await ask('/none.mp4?start=1')).toMatch(/^HTTP\/1\.1 404 /);
  expect(await ask('/folder/')).toContain('Index of');
  await serving.close();
});
