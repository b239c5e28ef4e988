import type { ModuleSettings } from '../../3-plan/schema.ts';
import type { EngineContext } from '../context.ts';
import type { CompiledTemplate } from '../template.ts';

/** `proxy_cache` of a location with what belongs to it. */
export interface CompiledCache {
  /** The zone's name. */
  readonly zone: CompiledTemplate;
  /** Null: made from the URL. */
  readonly key: CompiledTemplate | null;
  readonly methods: ReadonlySet<string>;
  readonly bypass: readonly CompiledTemplate[];
  readonly noCache: readonly CompiledTemplate[];
  /** Failures and statuses after which an old answer may be used. */
  readonly useStale: ReadonlySet<string>;
}

/** `proxy_cache` of a location with what belongs to it; null where it is off. */
export function compileCache(cx: EngineContext, settings: ModuleSettings<'proxy'>): CompiledCache | null {
  if (settings.proxy_cache === null) return null;
  const stale = settings.proxy_cache_use_stale;
  return {
    zone: cx.template(settings.proxy_cache),
    key: settings.proxy_cache_key === null ? null : cx.template(settings.proxy_cache_key),
    methods: new Set(['GET', 'HEAD', ...settings.proxy_cache_methods]),
    bypass: settings.proxy_cache_bypass.map((value) => cx.template(value)),
    noCache: settings.proxy_no_cache.map((value) => cx.template(value)),
    useStale: new Set(stale.includes('off') ? [] : stale),
  };
}
