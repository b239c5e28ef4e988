import { createHmac, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Server } from 'node:tls';
import type { SessionCache } from './session-cache.ts';

/** How sessions of one server are resumed. */
export interface SessionSettings {
  /** Entries of the cache for sessions by number; 0 = none. */
  readonly sessionCache: number;
  /** Seconds. */
  readonly sessionTimeout: number;
  readonly sessionTickets: boolean;
  /** Paths of key files; the first encrypts. Empty = a random key. */
  readonly sessionTicketKeys: readonly string[];
}

/** What the keys of TLS tickets are made from. */
export interface TicketSecret {
  /** 48 bytes. */
  readonly secret: Buffer;
  /** When the first key began to be used, in milliseconds since the epoch. */
  readonly since: number;
}

export const freshTickets = (): TicketSecret => ({ secret: randomBytes(48), since: Date.now() });

const opNoTicket = 0x4000;

/** Sessions by number (TLS 1.2 without tickets). */
export function cacheSessions(server: Server, sessions: SessionCache): void {
  server.on('newSession', (id: Buffer, data: Buffer, done: () => void) => {
    sessions.set(id.toString('latin1'), data);
    done();
  });
  server.on('resumeSession', (id: Buffer, done: (error: null, data: Buffer | null) => void) => {
    done(null, sessions.get(id.toString('latin1')) ?? null);
  });
}

/**
 * With a session cache TLS 1.3 resumes through tickets that stand for entries of the cache. Node cannot look those up, so such
 * servers give real tickets.
 */
export function ticketOptions({ sessionTickets, sessionCache }: SessionSettings): number {
  return sessionTickets || sessionCache > 0 ? 0 : opNoTicket;
}

/** Node's ticket key has 48 bytes and is one; of longer key files its first 48 bytes are used. */
export function ticketKeys(
  { sessionTicketKeys, sessionCache, sessionTimeout }: SessionSettings,
  tickets: TicketSecret,
): Buffer {
  const [path] = sessionTicketKeys;
  if (path !== undefined) return readFileSync(path).subarray(0, 48);
  return sessionCache > 0 ? ticketKeyAt(tickets, sessionTimeout * 1000, Date.now()) : tickets.secret;
}

/** The key of a period of so many milliseconds: every worker comes to the same one. */
export function ticketKeyAt({ secret, since }: TicketSecret, period: number, now: number): Buffer {
  return createHmac('sha384', secret)
    .update(String(Math.floor((now - since) / Math.max(period, 1000))))
    .digest();
}

/**
 * With a shared session cache nginx makes new ticket keys each `ssl_session_timeout` (ngx_ssl_rotate_ticket_keys). It still takes the
 * tickets of the last one; Node knows one key only.
 */
export function rotateTicketKeys(
  servers: readonly Server[],
  period: number,
  tickets: TicketSecret,
): NodeJS.Timeout {
  let current = ticketKeyAt(tickets, period, Date.now());
  const timer = setInterval(() => {
    const next = ticketKeyAt(tickets, period, Date.now());
    if (next.equals(current)) return;
    current = next;
    for (const server of servers) server.setTicketKeys(next);
  }, 1000);
  timer.unref();
  return timer;
}
