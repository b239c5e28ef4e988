import type { CachePath } from '../../3-plan/schema.ts';
import type { LogLevel } from '../../engine/api.ts';
import { CacheIndex } from '../../engine/cache/cache-index.ts';
import type { CacheZone } from '../../engine/cache/zone.ts';
import { CacheLoader } from './loader.ts';
import { CacheManager } from './manager.ts';
import { zoneFiles } from './zone-files.ts';

/** Writes to the main error log of the configuration in use. */
export type CacheLog = (level: LogLevel, message: string) => void;

/** A zone, and who looks after its files. */
interface Tended {
  readonly zone: CacheZone;
  readonly stop: () => void;
}

/** The zones of a process. They outlive generations: what is known of the files stays known over a reload. */
export class CacheZones {
  #tended = new Map<string, Tended>();
  #log: CacheLog = () => {};

  /**
   * The zones of a configuration, by name; those of the one before keep what they know.
   *
   * @throws an Error with nginx's message when a zone has moved (ngx_http_file_cache_init)
   */
  use(paths: readonly CachePath[], log: CacheLog): ReadonlyMap<string, CacheZone> {
    for (const path of paths) refuseMoved(path, this.#tended.get(path.name)?.zone.path);
    this.#log = log;
    const next = new Map<string, Tended>();
    for (const path of paths) next.set(path.name, this.#tend(path, this.#tended.get(path.name)?.zone));
    for (const { stop } of this.#tended.values()) stop();
    this.#tended = next;
    return new Map([...next].map(([name, { zone }]) => [name, zone]));
  }

  /** Nobody looks after the files any more. */
  close(): void {
    for (const { stop } of this.#tended.values()) stop();
    this.#tended = new Map();
  }

  #tend(path: CachePath, known: CacheZone | undefined): Tended {
    const log: CacheLog = (level, message) => this.#log(level, message);
    const zone: CacheZone = {
      path,
      index: known?.index ?? new CacheIndex(path.size, path.inactive),
      files: known?.files ?? zoneFiles((message) => log('crit', message)),
    };
    zone.index.setLimits(path.size, path.inactive);
    const manager = new CacheManager(zone);
    const loader = new CacheLoader(zone, log);
    manager.start();
    loader.start();
    return {
      zone,
      stop: () => {
        manager.stop();
        loader.stop();
      },
    };
  }
}

function refuseMoved(path: CachePath, known: CachePath | undefined): void {
  if (known === undefined) return;
  if (known.path !== path.path)
    throw new Error(
      `cache "${path.name}" uses the "${path.path}" cache path while previously it used the "${known.path}" cache path`,
    );
  if (known.levels.join() !== path.levels.join())
    throw new Error(`cache "${path.name}" had previously different levels`);
}
