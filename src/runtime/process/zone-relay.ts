import type { ZoneChange } from '../../engine/zones/shared-zone.ts';
import { ZoneStore } from '../../engine/zones/zone-store.ts';

/** A change with the key of its zone. */
export type KeyedChange = readonly [zone: string, change: ZoneChange];

/** What the master passes on to a worker. */
export type ZoneNews =
  | { readonly kind: 'zones'; readonly origin: number; readonly changes: readonly KeyedChange[] }
  | { readonly kind: 'gone'; readonly origin: number };

/** The zones of a worker: what changes goes to the master, once a turn of the event loop. */
export function publishingStore(send: (changes: readonly KeyedChange[]) => void): ZoneStore {
  let waiting: KeyedChange[] = [];
  return new ZoneStore((zone, change) => {
    if (waiting.push([zone, change]) > 1) return;
    queueMicrotask(() => {
      const changes = waiting;
      waiting = [];
      send(changes);
    });
  });
}

/** Applies what came from the master. */
export function takeNews(zones: ZoneStore, news: ZoneNews): void {
  if (news.kind === 'gone') zones.forget(news.origin);
  else for (const [zone, change] of news.changes) zones.apply(zone, change, news.origin);
}

/** Whom the master can tell something. */
export interface Member {
  readonly id: number;
  tell(news: ZoneNews): void;
}

/**
 * The master's part in zones: passes on what workers tell, and keeps a copy for those that begin later. So zones outlive workers, and a
 * reload, as nginx's shared memory does; those of upstreams are the crew's own there too, and have a relay of their own.
 */
export class ZoneRelay {
  readonly #members = new Map<number, Member>();
  readonly #copy = new ZoneStore();

  join(member: Member): void {
    const byOrigin = Map.groupBy(this.#copy.told(), ([origin]) => origin);
    for (const [origin, all] of byOrigin)
      member.tell({ kind: 'zones', origin, changes: all.map(([, zone, change]) => [zone, change]) });
    this.#members.set(member.id, member);
  }

  pass(from: number, changes: readonly KeyedChange[]): void {
    if (changes.length === 0) return;
    const news: ZoneNews = { kind: 'zones', origin: from, changes };
    takeNews(this.#copy, news);
    for (const member of this.#members.values()) if (member.id !== from) member.tell(news);
  }

  leave(id: number): void {
    this.#members.delete(id);
    this.#copy.forget(id);
    for (const member of this.#members.values()) member.tell({ kind: 'gone', origin: id });
  }
}

/** Whether a zone belongs to one configuration's workers only. */
export const isOfCrew = ([zone]: KeyedChange): boolean => zone.startsWith('["upstream"');
