import type { CachePath } from '../../3-plan/schema.ts';
import type { LogLevel } from '../../engine/api.ts';
import { CacheIndex } from '../../engine/cache/cache-index.ts';
import type { CacheZone } from '../../engine/cache/zone.ts';
import { CacheLoader } from './loader.ts';
import { CacheManager } from './manager.ts';
import { zoneFiles } from './zone-files.ts';

/** Writes to the main error log of a configuration. */
export type CacheLog = (level: LogLevel, message: string) => void;

/** Who else has the files. */
export interface CacheDuty {
  /** Other processes use them too: that an entry was used stands in its file's time of change. */
  readonly shared: boolean;
  /** This process keeps `max_size` and `min_free`, and knows all files; one of those that share them does. */
  readonly keepsSize: boolean;
}

const alone: CacheDuty = { shared: false, keepsSize: true };

/** The zones of a process. They outlive generations: what is known of the files stays known over a reload. */
export class CacheZones {
  #inUse: ReadonlyMap<string, CacheZone> = new Map();
  #stops: (() => void)[] = [];
  readonly #duty: CacheDuty;

  constructor(duty: CacheDuty = alone) {
    this.#duty = duty;
  }

  /**
   * The zones of a configuration, by name; those that are in use already keep what they know.
   *
   * @throws an Error with nginx's message when a zone has moved (ngx_http_file_cache_init)
   */
  make(paths: readonly CachePath[], log: CacheLog): ReadonlyMap<string, CacheZone> {
    return new Map(paths.map((path) => [path.name, this.#zone(path, this.#inUse.get(path.name), log)]));
  }

  /** Looks after the files of these zones from now on, and after no others. */
  tend(zones: ReadonlyMap<string, CacheZone>, log: CacheLog): void {
    this.close();
    this.#inUse = zones;
    for (const zone of zones.values()) {
      const manager = new CacheManager(zone, this.#duty);
      const loader = new CacheLoader(zone, this.#duty, log);
      this.#stops.push(
        () => manager.stop(),
        () => loader.stop(),
      );
      loader.start();
      manager.start();
    }
  }

  #zone(path: CachePath, known: CacheZone | undefined, log: CacheLog): CacheZone {
    if (known !== undefined) refuseMoved(path, known.path);
    const index = known?.index ?? new CacheIndex(path.size, path.inactive);
    index.setLimits(path.size, path.inactive);
    const marksUse = this.#duty.shared ? path.inactive : 0;
    return { path, index, files: zoneFiles(marksUse, (message) => log('crit', message)) };
  }

  /** Nobody looks after the files any more. */
  close(): void {
    for (const stop of this.#stops) stop();
    this.#stops = [];
  }
}

function refuseMoved(path: CachePath, known: CachePath): void {
  if (known.path !== path.path)
    throw new Error(
      `cache "${path.name}" uses the "${path.path}" cache path while previously it used the "${known.path}" cache path`,
    );
  if (known.levels.join() !== path.levels.join())
    throw new Error(`cache "${path.name}" had previously different levels`);
}
