/**
 * Cuts drawn movies with nginx and with ours, sound ones and damaged ones, and compares bytes, refusals and messages of the error log.
 *
 *     node test/nginx/movies.ts [--count 300] [--seed 1] [--binary nginx]
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { cutMovie } from '../../src/engine/static/mp4/cut.ts';
import { MovieError } from '../../src/engine/static/mp4/movie.ts';
import { damage, drawing, drawMovie, movie } from '../engine/static/mp4/movies.ts';
import { freePort } from '../ports.ts';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '300' },
    seed: { type: 'string', default: '1' },
    binary: { type: 'string', default: 'nginx' },
  },
});
const folder = mkdtempSync(join(tmpdir(), 'movies-'));
const port = await freePort();
const nginx = await startNginx();
const draw = drawing(Number(values.seed) * 7919);
let compared = 0;
let refused = 0;
let different = 0;
try {
  for (let number = 0; number < Number(values.count); number++) {
    const sound = movie(drawMovie(draw));
    const bytes = draw(3) === 0 ? damage(sound, draw) : sound;
    const name = `${number}.mp4`;
    writeFileSync(join(folder, name), bytes);
    for (let each = 0; each < 4; each++) await compare(name, bytes);
    rmSync(join(folder, name));
  }
  console.log(`${compared} cuts compared, ${refused} of them refused; ${different} differ`);
} finally {
  nginx.kill('SIGQUIT');
  rmSync(folder, { recursive: true });
}
process.exitCode = different === 0 ? 0 : 1;

async function startNginx(): Promise<ChildProcess> {
  mkdirSync(join(folder, 'keys'));
  writeFileSync(
    join(folder, 'nginx.conf'),
    `daemon off; master_process off; pid ${folder}/pid; error_log ${folder}/error.log error; events { }
     http { access_log off; default_type text/plain;
       server { listen 127.0.0.1:${port}; root ${folder}; mp4; location /keys/ { alias ${folder}/; mp4; mp4_start_key_frame on; } } }`.replace(
      'mp4; location',
      'location / { mp4; } location',
    ),
  );
  const child = spawn(values.binary, ['-p', folder, '-c', 'nginx.conf', '-e', join(folder, 'error.log')]);
  for (let left = 50; left > 0; left--) {
    await delay(100);
    if ((await ask('/none').catch(() => null)) !== null) return child;
  }
  throw new Error('nginx does not start');
}

function ask(target: string): Promise<{ readonly status: number; readonly body: Buffer }> {
  return new Promise((done, failed) => {
    const asked = request({ host: '127.0.0.1', port, path: target, agent: false }, (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part));
      answer.on('end', () => done({ status: answer.statusCode!, body: Buffer.concat(parts) }));
      answer.on('error', failed);
    });
    asked.on('error', failed);
    asked.end();
  });
}

async function compare(name: string, bytes: Buffer): Promise<void> {
  const start = draw(3) === 0 ? 0 : draw(12_000);
  const length = draw(2) === 0 ? 0 : 1 + draw(8_000);
  const fromKeyFrame = draw(2) === 0;
  const seconds = (time: number): string => (time / 1000).toFixed(3);
  const query = `?start=${seconds(start)}${length === 0 ? '' : `&end=${seconds(start + length)}`}`;
  const logged = readFileSync(join(folder, 'error.log'), 'latin1').length;
  const target = `${fromKeyFrame ? '/keys' : ''}/${name}${query}`;
  const theirs = await ask(target).catch((error: Error) => error.message);
  const log = readFileSync(join(folder, 'error.log'), 'latin1').slice(logged);
  const message = /\*\d+ (.*?), client:/.exec(log)?.[1] ?? '';
  const ours = cutHere(bytes, { start, length, fromKeyFrame }, join(folder, name));
  compared++;
  if (typeof ours === 'string') refused++;
  const same =
    typeof theirs !== 'string' && theirs.status === 500
      ? typeof ours === 'string' && ours === message
      : typeof theirs !== 'string' && typeof ours !== 'string' && theirs.body.equals(ours);
  if (same) return;
  different++;
  writeFileSync(join(tmpdir(), `movie-${values.seed}-${name}`), bytes);
  const shown = typeof theirs === 'string' ? theirs : `${theirs.status} ${theirs.body.length} ${message}`;
  console.log(`${target}: nginx ${shown}, ours ${typeof ours === 'string' ? ours : ours.length}`);
}

function cutHere(
  bytes: Buffer,
  cut: { readonly start: number; readonly length: number; readonly fromKeyFrame: boolean },
  path: string,
): Buffer | string {
  try {
    const read = (at: number, length: number): Buffer => Buffer.from(bytes.subarray(at, at + length));
    const result = cutMovie(read, bytes.length, cut, { usual: 524_288, largest: 10_485_760 });
    return result === null ? bytes : Buffer.concat([result.head, bytes.subarray(result.from, result.end)]);
  } catch (error) {
    if (error instanceof RangeError) return `"${path}" mp4 file truncated (${error.message})`;
    if (!(error instanceof MovieError)) throw error;
    return error.message.replace('%s', path);
  }
}
