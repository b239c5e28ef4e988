import { PeerZone } from '../upstream/peer-zone.ts';
import { LimitConnZone } from './limit-conn.ts';
import { LimitReqZone } from './limit-req.ts';
import type { SharedZone, ZoneChange } from './shared-zone.ts';
import { StickySessions } from './sticky-sessions.ts';

/** How each kind is made, from all that makes it the same zone. */
const kinds = {
  limit_req: (name: string, size: number, rate: number, _key: string) => new LimitReqZone(name, rate, size),
  limit_conn: (name: string, size: number, _key: string) => new LimitConnZone(name, size),
  sticky: (_name: string, size: number, timeout: number) => new StickySessions(size, timeout),
  upstream: (_name: string) => new PeerZone(),
};
type Kinds = typeof kinds;

/**
 * The states of zones by what the configuration says of them. A runtime that makes one engine after the other gives them the
 * same store: zones whose name, size and other settings stay go on as they are (ngx_init_cycle keeps such shared memory).
 */
export class ZoneStore {
  readonly #zones = new Map<string, SharedZone>();
  readonly #publish: ((zone: string, change: ZoneChange) => void) | null;

  /** @param publish takes the changes made here, with the zone's key for {@link apply} */
  constructor(publish: ((zone: string, change: ZoneChange) => void) | null = null) {
    this.#publish = publish;
  }

  take<Kind extends keyof Kinds>(kind: Kind, ...settings: Parameters<Kinds[Kind]>): ReturnType<Kinds[Kind]> {
    return this.#zone(JSON.stringify([kind, ...settings])) as ReturnType<Kinds[Kind]>;
  }

  /** A change that process `origin` has made to its zone of this key. */
  apply(zone: string, change: ZoneChange, origin: number): void {
    this.#zone(zone).apply(change, origin);
  }

  /** What other processes have told, for one that begins. */
  *told(): Generator<readonly [origin: number, zone: string, change: ZoneChange]> {
    for (const [key, zone] of this.#zones)
      for (const [origin, change] of zone.told()) yield [origin, key, change];
  }

  forget(origin: number): void {
    for (const zone of this.#zones.values()) zone.forget(origin);
  }

  #zone(key: string): SharedZone {
    let zone = this.#zones.get(key);
    if (zone === undefined) {
      const [kind, ...settings] = JSON.parse(key) as [keyof Kinds, ...unknown[]];
      zone = (kinds[kind] as (...settings: unknown[]) => SharedZone)(...settings);
      if (this.#publish !== null) zone.publish = (change) => this.#publish!(key, change);
      this.#zones.set(key, zone);
    }
    return zone;
  }
}
