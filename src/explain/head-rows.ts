import { handshakeFaults, parseRequestHead, type HandshakeFault } from './handshake.ts';

/** One line of a request head, and what RFC 6455 asks of it. */
export interface HeadRow {
  readonly text: string;
  /** '' when nothing is asked of this line. */
  readonly need: string;
  readonly ok: boolean;
}

interface Need {
  readonly header: string;
  readonly text: string;
  readonly faults: readonly HandshakeFault[];
}

const needs: readonly Need[] = [
  { header: 'host', text: 'exactly one Host', faults: ['host'] },
  { header: 'upgrade', text: 'Upgrade with the token websocket', faults: ['upgrade'] },
  { header: 'connection', text: 'Connection with the token Upgrade', faults: ['connection'] },
  { header: 'sec-websocket-key', text: 'one key of 16 bytes', faults: ['key'] },
  { header: 'sec-websocket-version', text: 'version 13', faults: ['ws-version'] },
];

/** The lines of a head, each beside what a server asks of it; what is asked for and not there follows as lines of its own. */
export function headRows(head: string, handshake: boolean): HeadRow[] {
  const lines = head.split('\r\n').filter((line) => line !== '');
  if (!handshake) return lines.map((text) => ({ text, need: '', ok: true }));
  const faults = new Set(handshakeFaults(parseRequestHead(head)));
  const met = new Set<string>();
  const rows = lines.map((text, index): HeadRow => {
    if (index === 0)
      return { text, need: 'GET, HTTP/1.1', ok: !faults.has('method') && !faults.has('version') };
    const name = text.slice(0, text.indexOf(':')).toLowerCase();
    const need = needs.find(({ header }) => header === name);
    if (need === undefined) return { text, need: '', ok: true };
    met.add(need.header);
    return { text, need: need.text, ok: !need.faults.some((fault) => faults.has(fault)) };
  });
  const missing = needs
    .filter(({ header }) => !met.has(header))
    .map(({ text }) => ({ text: '(missing)', need: text, ok: false }));
  return [...rows, ...missing];
}
