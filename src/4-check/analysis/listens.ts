import type { ResolvedBlock, ResolvedDirective } from '../../2-resolve/resolved-config.ts';

/** One `listen` of a server, or the `*:80` that a server without one has. */
export interface Listen {
  readonly directive: ResolvedDirective | null;
  /** The address in one spelling, so that servers on the same socket compare equal. */
  readonly address: string;
  readonly parameters: ReadonlySet<string>;
}

const none: ReadonlySet<string> = new Set();

/** The sockets of a `server` block. */
export function listensOf(server: ResolvedBlock): Listen[] {
  const own = server.own('listen');
  if (own.length === 0) return [{ directive: null, address: '*:80', parameters: none }];
  return own.map((directive) => {
    const { values } = directive;
    const parameters = values.length < 2 ? none : new Set(values.slice(1));
    return { directive, address: normalAddress(values[0] ?? ''), parameters };
  });
}

function normalAddress(text: string): string {
  if (text.startsWith('unix:')) return text;
  if (/^\d+$/.test(text)) return `*:${text}`;
  const match = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(text);
  if (match === null) return text;
  const host = match[1] === '0.0.0.0' ? '*' : match[1]!;
  return `${host}:${match[2] ?? '80'}`;
}

/** Whether an address of {@link Listen} is reachable from this machine alone. */
export function isLocal(address: string): boolean {
  return /^(unix:|127\.|localhost:|\[::1\])/.test(address);
}

/** Whether every socket of the server is reachable from this machine alone. */
export function listensLocallyOnly(server: ResolvedBlock): boolean {
  return listensOf(server).every(({ address }) => isLocal(address));
}

/** The nearest block of one of these contexts around `block`, or itself. */
export function enclosing(
  block: ResolvedBlock | null,
  context: ResolvedBlock['context'],
): ResolvedBlock | null {
  for (let level = block; level !== null; level = level.parent) if (level.context === context) return level;
  return null;
}
