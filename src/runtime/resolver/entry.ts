import type { DnsRecord } from './message.ts';

/** What is known of a name: addresses, or (SRV) where a service runs. */
export interface Answer {
  readonly addresses: readonly string[];
  readonly services: readonly DnsRecord[];
}

export const nothing: Answer = { addresses: [], services: [] };

/** Someone who waits for a name. */
export interface Waiter {
  readonly done: (error: string, answer: Answer, validFor: number) => void;
  /** SRV records are wanted. */
  readonly service: boolean;
  timer: NodeJS.Timeout | null;
  cnames: number;
  /** The look-up it waits for now; changes when a CNAME is followed. */
  entry: Entry | null;
}

/** One query of a look-up. */
export interface Question {
  readonly id: number;
  readonly type: number;
  readonly query: Buffer;
  overTcp: boolean;
  /** null until answered. */
  addresses: readonly string[] | null;
  services: readonly DnsRecord[];
}

/** Where the SRV records of a name are kept, beside its addresses. */
export const serviceKey = (name: string): string => `SRV ${name}`;

/** What is known of one name: being asked for (`waiters` not empty), addresses, or another name. */
export interface Entry {
  readonly key: string;
  readonly name: string;
  questions: Question[];
  server: number;
  waiters: Set<Waiter>;
  resend: NodeJS.Timeout | null;
  code: number;
  /** Smallest TTL seen, seconds. */
  ttl: number;
  cname: string | null;
  /** Until when (whole monotonic seconds, inclusive) the result holds; -1 while there is none. */
  validUntil: number;
  usedAt: number;
}

/** The addresses of a fresh answer: as they came, IPv4 first. */
export function inOrder({ questions }: Entry): Answer {
  return {
    addresses: questions.flatMap(({ addresses }) => addresses ?? []),
    services: questions.flatMap(({ services }) => services),
  };
}

/** The addresses of a kept answer from a random one on, IPv4 and IPv6 each in their order (ngx_resolver_export). */
export function rotated(entry: Entry): Answer {
  const all = entry.questions.flatMap(({ addresses }) => turn(addresses ?? []));
  return { ...inOrder(entry), addresses: turn(all) };
}

function turn(list: readonly string[]): readonly string[] {
  const from = list.length > 1 ? Math.floor(Math.random() * list.length) : 0;
  return [...list.slice(from), ...list.slice(0, from)];
}
