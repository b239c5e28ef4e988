import type { CheckContext } from './check-context.ts';
import type { Place, Problem } from './problem.ts';
import { problem } from './problem.ts';
import { Slot } from './store.ts';
import type { Directive } from '../1-syntax/ast.ts';
import { parseNumber } from './values/number.ts';

interface ThreadPool {
  defined: boolean;
  readonly node: Directive;
  readonly place: Place | null;
}

const pools = new Slot('thread pools', () => new Map<string, ThreadPool>());

/** ngx_thread_pool_add: refers to a pool, which may be defined later. */
export function useThreadPool(cx: CheckContext, name: string): ThreadPool {
  const known = cx.cycle.get(pools);
  let pool = known.get(name);
  if (pool === undefined) known.set(name, (pool = { defined: false, node: cx.node, place: cx.place }));
  return pool;
}

/** ngx_thread_pool */
export function checkThreadPool(cx: CheckContext): Problem | null {
  const name = cx.arg(0);
  const pool = useThreadPool(cx, name);
  if (pool.defined) return problem('duplicate', `duplicate thread pool "${name}"`, { word: 0 });
  for (let word = 1; word < cx.values.length; word++) {
    const value = cx.arg(word);
    if (value.startsWith('threads=')) {
      if (!parseNumber(value.slice(8)))
        return problem('invalid-parameter', `invalid threads value "${value}"`, { word });
      pool.defined = true;
    } else if (value.startsWith('max_queue=') && parseNumber(value.slice(10)) === null)
      return problem('invalid-parameter', `invalid max_queue value "${value}"`, { word });
  }
  return pool.defined ? null : problem('invalid-parameter', '"thread_pool" must have "threads" parameter');
}

/** ngx_thread_pool_init_conf: pools that were referred to and never defined. */
export function checkUnknownPools(cx: CheckContext): void {
  for (const [name, { defined, node, place }] of cx.cycle.get(pools)) {
    if (defined || name === 'default') continue;
    cx.place = place;
    cx.report(problem('unknown-thread-pool', `unknown thread pool "${name}"`, { node }));
  }
}
