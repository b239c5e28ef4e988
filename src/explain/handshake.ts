/**
 * What a conforming WebSocket server makes of a request head (RFC 6455 section 4.2.1), fault by fault.
 * Byte strings are latin1.
 */

export type HandshakeFault = 'method' | 'version' | 'host' | 'upgrade' | 'connection' | 'key' | 'ws-version';

export interface RequestHead {
  readonly method: string;
  readonly target: string;
  /** As in the request line, e.g. `HTTP/1.1`. */
  readonly version: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** Splits a request head (lines end in CRLF or LF) into its parts. Never fails: what is missing is empty. */
export function parseRequestHead(head: string): RequestHead {
  const end = /\r?\n\r?\n/.exec(head);
  const [requestLine = '', ...lines] = (end === null ? head : head.slice(0, end.index)).split(/\r?\n/);
  // nginx passes spaces of a target on, so the version is what stands behind the last one.
  const [, method = requestLine, target = '', version = ''] =
    /^(\S*) (.*?)(?: (\S*))?$/.exec(requestLine) ?? [];
  const headers = lines
    .filter((line) => line.includes(':'))
    .map((line): [string, string] => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon), line.slice(colon + 1).trim()];
    });
  return { method, target, version, headers };
}

/** The status of a response head; 0 where there is none. */
export function statusOf(head: string): number {
  return Number(/^HTTP\/[\d.]+ (\d{3})/.exec(head)?.[1] ?? 0);
}

/** All values of a header, in order. */
export function valuesOf(head: Pick<RequestHead, 'headers'>, name: string): string[] {
  const lower = name.toLowerCase();
  return head.headers.filter(([field]) => field.toLowerCase() === lower).map(([, value]) => value);
}

/** Whether a comma-separated list of tokens (RFC 9110 section 5.6.1) holds `token`, in any case. */
export function hasToken(values: readonly string[], token: string): boolean {
  return values.some((value) => value.split(',').some((part) => part.trim().toLowerCase() === token));
}

/** The faults of a handshake in the order in which a server looks; none means 101. */
export function handshakeFaults(head: RequestHead): HandshakeFault[] {
  // The preface of HTTP/2: what follows is no head of HTTP/1.
  if (head.version === 'HTTP/2.0') return ['version'];
  const faults: HandshakeFault[] = [];
  const hosts = valuesOf(head, 'Host');
  const keys = valuesOf(head, 'Sec-WebSocket-Key');
  const versions = valuesOf(head, 'Sec-WebSocket-Version');
  if (head.method !== 'GET') faults.push('method');
  if (head.version !== 'HTTP/1.1') faults.push('version');
  if (hosts.length !== 1 || hosts[0] === '') faults.push('host');
  if (!hasToken(valuesOf(head, 'Upgrade'), 'websocket')) faults.push('upgrade');
  if (!hasToken(valuesOf(head, 'Connection'), 'upgrade')) faults.push('connection');
  if (keys.length !== 1 || !/^[A-Za-z0-9+/]{21}[AQgw]==$/.test(keys[0]!)) faults.push('key');
  if (versions.length !== 1 || versions[0] !== '13') faults.push('ws-version');
  return faults;
}

/** What such a server answers: 101, 426 when nothing was asked of it, 400 otherwise. */
export function conformingStatus(head: RequestHead, faults: readonly HandshakeFault[]): 101 | 400 | 426 {
  if (faults.length === 0) return 101;
  return valuesOf(head, 'Upgrade').length === 0 ? 426 : 400;
}
