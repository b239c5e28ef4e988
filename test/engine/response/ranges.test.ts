import { describe, expect, test } from 'vitest';
import { get, headerOf, serve } from '../truth/serve.ts';

const config = `
  large_client_header_buffers 4 128k;
  root /truth/html;
  location /many { alias /truth/html/file; max_ranges 100; }`;
const files = { 'html/file': 'a'.repeat(100), 'html/empty': '' };
const serving = (target: string) => serve(config, { files, target });
const bytes = (count: number): string =>
  `bytes=${Array.from({ length: count }, (_, at) => `${at}-${at}`).join(',')}`;

describe('Range', () => {
  const run = serving('1.31.5');
  test.each([
    ['bytes= 1 - 5 ', 206, 'bytes 1-5/100'],
    ['bytes=1 -', 206, 'bytes 1-99/100'],
    ['bytes=-0', 416, 'bytes */100'],
    ['bytes=- 5', 416, 'bytes */100'],
    ['bytes=-5-6', 416, 'bytes */100'],
    ['bytes=1-2,', 416, 'bytes */100'],
    ['bytes=5-3', 416, 'bytes */100'],
    ['bytes=0-9223372036854775807', 206, 'bytes 0-99/100'],
    ['bytes=0-99999999999999999999', 416, 'bytes */100'],
    ['bytes=99999999999999999999-', 416, 'bytes */100'],
  ])('%s gives %i', (range, status, contentRange) => {
    const answer = run(get('/file', `Range: ${range}`));
    expect(answer.status).toBe(status);
    expect(headerOf(answer.head, 'Content-Range')).toBe(contentRange);
  });

  test('of an empty file gives the file where it begins at the start', () => {
    expect(run(get('/empty', 'Range: bytes=-5')).status).toBe(200);
    expect(run(get('/empty', 'Range: bytes=0-')).status).toBe(200);
    expect(run(get('/empty', 'Range: bytes=1-')).status).toBe(416);
  });

  test('with many small parts gives the whole since 1.29.5, unless max_ranges allows them', () => {
    expect(run(get('/file', `Range: ${bytes(16)}`)).status).toBe(206);
    expect(run(get('/file', `Range: ${bytes(17)}`)).status).toBe(200);
    expect(run(get('/many', `Range: ${bytes(17)}`)).status).toBe(206);
    expect(serving('1.29.4')(get('/file', `Range: ${bytes(17)}`)).status).toBe(206);
  });

  test('is read once, however many spaces it has', () => {
    const started = performance.now();
    expect(run(get('/file', `Range: bytes=1-${' '.repeat(60_000)}x`)).status).toBe(416);
    expect(performance.now() - started).toBeLessThan(500);
  });
});
