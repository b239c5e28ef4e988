import type { Replayed } from './replay.ts';
import { Replay } from './replay.ts';

export interface ServeOptions {
  readonly target?: string;
  /** Mode of each backend; `always-200` unless said. */
  readonly backends?: Readonly<Record<string, string>>;
  /** More files beside nginx.conf, by name. */
  readonly files?: Readonly<Record<string, string>>;
}

/**
 * An engine for `http { server { listen …; BODY } }` or, when `body` has a server already, for `http { BODY }`; gives what comes of
 * raw requests. `{{PORT}}`, `{{B1}}` … stand for addresses as in the record.
 */
export function serve(body: string, options: ServeOptions = {}): (raw: string) => Replayed {
  const inner = /\bserver\s*\{/.test(body) ? body : `server { listen 127.0.0.1:{{PORT}}; ${body} }`;
  const replay = new Replay({
    id: 'test',
    features: [],
    files: { 'nginx.conf': `events {} http { ${inner} }`, ...options.files },
    nginx: options.target ?? '1.31.5',
    test: { ok: true, message: null },
    backends: { B1: 'always-200', B2: 'always-200', B3: 'always-200', ...options.backends },
    requests: [],
  });
  if (!replay.accepted) throw new Error(replay.message);
  return (raw) => replay.run(raw);
}

/** A GET for `target` with more header lines. */
export function get(target: string, ...headers: readonly string[]): string {
  return `GET ${target} HTTP/1.1\r\nHost: localhost\r\n${headers.map((each) => `${each}\r\n`).join('')}\r\n`;
}

/** The value of a header in a head; null without. */
export function headerOf(head: string, name: string): string | null {
  return new RegExp(`\\r\\n${name}: ([^\\r]*)\\r\\n`, 'i').exec(head)?.[1] ?? null;
}
