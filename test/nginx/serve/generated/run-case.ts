import { mkdirSync, readFileSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { UpstreamHead } from '../../../runtime/truth/recorded.ts';
import { belowPrefix } from '../../real-nginx.ts';
import { scriptedBackend } from './backend.ts';
import { printConfig, type GeneratedCase } from './case.ts';
import { ask } from './client.ts';
import { withTimeouts, type Pace } from './pace.ts';
import { fill, type Ports } from './placeholders.ts';
import type { StartServer } from './servers.ts';
import { inOnePiece, unzipped } from './unzipped.ts';

/** What a server did with one connection. */
export interface RequestObservation {
  readonly answer: string;
  readonly end: string;
  /** When it was observed: milliseconds since 1970. */
  readonly at: number;
  /** `B1` and the head with its body, for each request that reached a backend. */
  readonly upstream: readonly string[];
}

/** What a server did with a case; what is random is normalised. Dates are as they were: see `../times.ts`. */
export interface Observation {
  /** Why the server did not start, as `nginx -t` says; null when it did. */
  readonly refused: string | null;
  readonly requests: readonly RequestObservation[];
  readonly accessLog: readonly string[];
  /** Level and text of the lines at `warn` and above. */
  readonly errorLog: readonly string[];
}

const writtenAt = new Date('2020-01-01T00:00:00Z');

/** Filters that keep bytes back, and send pieces as it suits them. */
const cutsBodies = / (?:sub_filter|add_trailer) /;

/** Lays the files of a case out, starts a server on them, and sends the requests one after the other. */
export async function observe(
  generated: GeneratedCase,
  directory: string,
  ports: Ports,
  start: StartServer,
  pace: Pace,
): Promise<Observation> {
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(join(directory, 'logs'), { recursive: true });
  const text = withTimeouts(belowPrefix(fill(printConfig(generated.config), ports)), pace.timeouts);
  for (const [name, content] of Object.entries({ ...generated.files, 'nginx.conf': text })) {
    const path = join(directory, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, fill(content, ports), 'latin1');
    utimesSync(path, writtenAt, writtenAt);
  }
  // Listings show them.
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true }))
    if (entry.isDirectory()) utimesSync(join(entry.parentPath, entry.name), writtenAt, writtenAt);
  const normalise = normaliserFor(text);
  let seen: UpstreamHead[] = [];
  const backends = generated.backends.flatMap((mode, index) => {
    const backend = scriptedBackend(`B${index + 1}`, mode, ports, (head) => seen.push(head), pace.pause);
    return backend === null ? [] : [{ backend, port: ports.backends[index]! }];
  });
  for (const { backend, port } of backends) await backend.listen(port);
  const requests: RequestObservation[] = [];
  try {
    const started = await start(directory, text);
    if ('refused' in started) return { refused: started.refused, requests: [], accessLog: [], errorLog: [] };
    try {
      for (const request of generated.requests) {
        seen = [];
        const filled = { ...request, pieces: request.pieces.map((piece) => fill(piece, ports)) };
        const { bytes, end } = await ask(ports.server, filled, pace);
        await delay(pace.settling);
        requests.push({
          answer: normalise(cutsBodies.test(text) ? inOnePiece(unzipped(bytes)) : unzipped(bytes)),
          end,
          at: Date.now(),
          upstream: seen.map(({ backend, head, body = '' }) => normalise(`${backend}\n${head}${body}`)),
        });
      }
      // What is mirrored may end after the answer, at `proxy_read_timeout`.
      await delay(2 * pace.settling + (/ mirror /.test(text) ? 330 * pace.timeouts : 0));
    } finally {
      await started.stop();
    }
  } finally {
    await Promise.all(backends.map(({ backend }) => backend.close()));
  }
  return {
    refused: null,
    requests,
    accessLog: linesOf(join(directory, 'logs/access.log')).map((line) =>
      // How long compressed bodies are depends on the zlib.
      normalise(
        / gzip on/.test(text) || cutsBodies.test(text) ? line.replace(/\|body=\d+\|sent=\d+/, '') : line,
      ),
    ),
    errorLog: linesOf(join(directory, 'logs/error.log')).flatMap(errorLine),
  };
}

/** Hides what is never the same twice: the boundary between ranges, and the seconds until a time of the day (`expires @3h`). */
function normaliserFor(config: string): (text: string) => string {
  const countsDown = /\bexpires (?:modified )?@/.test(config);
  return (text) => {
    const plain = text.replace(/\b\d{20}\b/g, '<boundary>');
    return countsDown ? plain.replace(/\bmax-age=[1-9]\d*/g, 'max-age=<seconds>') : plain;
  };
}

function linesOf(path: string): string[] {
  let text: string;
  try {
    text = readFileSync(path, 'latin1');
  } catch {
    return [];
  }
  return text.split('\n').slice(0, -1);
}

/** `[warn] text` without time, process and connection; nothing for other lines. */
function errorLine(line: string): string[] {
  const [, level, text] = /^[\d/]+ [\d:]+ \[(\w+)\] \d+#\d+: (?:\*\d+ )?(.*)$/.exec(line) ?? [];
  if (level === undefined || /^(?:notice|info|debug)$/.test(level)) return [];
  return [`[${level}] ${text}`];
}
