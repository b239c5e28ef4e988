import { createHash } from 'node:crypto';

/** What one of the recorded backends answers (see the README of ../shared/truth). Null: it refuses connections. */
export interface BackendAnswer {
  readonly head: string;
  readonly body: string;
  readonly closes: boolean;
}

interface ParsedHead {
  readonly method: string;
  readonly version: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
}

function parse(head: string): ParsedHead {
  const [line = '', ...rest] = head.split('\r\n');
  const method = line.slice(0, line.indexOf(' '));
  const version = line.slice(line.lastIndexOf(' ') + 1);
  const headers = rest
    .filter((each) => each.includes(':'))
    .map((each) => {
      const colon = each.indexOf(':');
      return [each.slice(0, colon).toLowerCase(), each.slice(colon + 1).trim()] as const;
    });
  return { method, version, headers };
}

const tokens = (values: readonly string[]): string[] =>
  values.flatMap((value) => value.split(',').map((token) => token.trim().toLowerCase()));

/** The faults of a handshake in the order of the record. */
function faultsOf({ method, version, headers }: ParsedHead): string[] {
  const values = (name: string) => headers.filter(([each]) => each === name).map(([, value]) => value);
  const faults: string[] = [];
  if (method !== 'GET') faults.push('method');
  if (version !== 'HTTP/1.1') faults.push('version');
  const hosts = values('host');
  if (hosts.length !== 1 || hosts[0] === '') faults.push('host');
  if (!tokens(values('upgrade')).includes('websocket')) faults.push('upgrade');
  if (!tokens(values('connection')).includes('upgrade')) faults.push('connection');
  const keys = values('sec-websocket-key');
  if (keys.length !== 1 || !/^[A-Za-z0-9+/]{22}==$/.test(keys[0]!)) faults.push('key');
  const versions = values('sec-websocket-version');
  if (versions.length !== 1 || versions[0] !== '13') faults.push('ws-version');
  return faults;
}

const reasons: Readonly<Record<number, string>> = {
  200: 'OK',
  400: 'Bad Request',
  403: 'Forbidden',
  426: 'Upgrade Required',
};

export function backendAnswer(name: string, mode: string, head: string): BackendAnswer {
  const parsed = parse(head);
  const connection = parsed.headers.filter(([each]) => each === 'connection').map(([, value]) => value);
  const closes = tokens(connection).includes('close') || parsed.version !== 'HTTP/1.1';
  const faults = mode === 'strict' ? faultsOf(parsed) : [];
  if (mode === 'always-101' || (mode === 'strict' && faults.length === 0)) {
    const key = parsed.headers.find(([each]) => each === 'sec-websocket-key')?.[1];
    const accept = createHash('sha1')
      .update(`${key ?? ''}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`, 'latin1')
      .digest('base64');
    return {
      head: `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
      body: '',
      closes: false,
    };
  }
  const hasUpgrade = parsed.headers.some(([each]) => each === 'upgrade');
  const status = mode === 'strict' ? (hasUpgrade ? 400 : 426) : Number(mode.slice(-3));
  const body = mode === 'strict' ? `${name} ${status} ${faults.join(' ')}\n` : `${name} ${status}\n`;
  const extra =
    (status === 426 ? 'Upgrade: websocket\r\n' : '') +
    (mode === 'always-200' ? `X-Backend: ${name}\r\n` : '');
  const text = `HTTP/1.1 ${status} ${reasons[status]}\r\n${extra}Content-Type: text/plain\r\nContent-Length: ${body.length}\r\n${closes ? 'Connection: close\r\n' : ''}\r\n`;
  return { head: text, body: parsed.method === 'HEAD' ? '' : body, closes };
}
