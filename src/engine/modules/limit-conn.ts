import type { AllSettings } from '../compiled.ts';
import type { EngineContext } from '../context.ts';
import type { PhaseHandler } from '../phases/phase.ts';
import { declined } from '../phases/phase.ts';
import type { Request } from '../request.ts';
import type { Evaluator } from '../template.ts';
import { trace } from '../trace.ts';
import type { LimitConnZone } from '../zones/limit-conn.ts';

const key = 'limit_conn';
const longestKey = 255;

interface State {
  status: 'PASSED' | 'REJECTED' | 'REJECTED_DRY_RUN';
  /** What the request was counted under, to be taken back when it ends. */
  held: { readonly zone: LimitConnZone; readonly key: string }[];
}

interface Limit {
  readonly zone: LimitConnZone;
  readonly keyOf: Evaluator;
  readonly connections: number;
  readonly origin: number;
}

const stateOf = (request: Request): State | undefined => request.main.lasting?.get(key) as State | undefined;

/** `$limit_conn_status`. */
export function defineLimitConn({ variables }: EngineContext): void {
  variables.define('limit_conn_status', {
    cached: false,
    get: (request) => stateOf(request)?.status ?? null,
  });
}

/** ngx_http_limit_conn_handler, in the preaccess phase; null where no `limit_conn` applies. */
export function limitConnHandler(cx: EngineContext, { limitConn }: AllSettings): PhaseHandler | null {
  const limits = limitConn.limit_conn.flatMap((limit) => compileLimit(cx, limit));
  if (limits.length === 0) return null;
  const { limit_conn_dry_run: dryRun, limit_conn_log_level: level } = limitConn;
  const { world } = cx;
  return (request) => {
    if (stateOf(request) !== undefined) return declined;
    for (const { zone, keyOf, connections, origin } of limits) {
      const value = keyOf(request);
      if (value === '') continue;
      if (value.length > longestKey) {
        const text = `the value of the "${zone.name}" key is more than ${longestKey} bytes: "${value}"`;
        world.log('error', text, request);
        continue;
      }
      const state = stateOf(request) ?? newState(request);
      const result = zone.enter(value, connections);
      if (result === 'entered') {
        state.held.push({ zone, key: value });
        continue;
      }
      if (result === 'limited') {
        const dry = dryRun ? ', dry run,' : '';
        world.log(level, `limiting connections${dry} by zone "${zone.name}"`, request);
      }
      if (request.trace !== null) {
        const answer = dryRun ? undefined : limitConn.limit_conn_status;
        trace(request, origin, `limit_conn: zone "${zone.name}" is full for this key`, answer);
      }
      release(state);
      state.status = dryRun ? 'REJECTED_DRY_RUN' : 'REJECTED';
      return dryRun ? declined : limitConn.limit_conn_status;
    }
    return declined;
  };
}

function newState({ main }: Request): State {
  const state: State = { status: 'PASSED', held: [] };
  (main.lasting ??= new Map()).set(key, state);
  return state;
}

function compileLimit(cx: EngineContext, limit: AllSettings['limitConn']['limit_conn'][number]): Limit[] {
  const plan = cx.http.zones.find(({ kind, name }) => kind === 'limit_conn' && name === limit.zone);
  if (plan === undefined) return [];
  const { name, size, key: of } = plan;
  const zone = cx.zones.take('limit_conn', name, size, JSON.stringify(of));
  return [
    {
      zone,
      keyOf: cx.template(plan.key ?? '').evaluate,
      connections: limit.connections,
      origin: limit.origin,
    },
  ];
}

function release(state: State): void {
  for (const { zone, key: value } of state.held) zone.leave(value);
  state.held = [];
}

/** Takes back what a request was counted for; to be called when the main request ends. */
export function releaseConnections(request: Request): void {
  const state = stateOf(request);
  if (state !== undefined && request === request.main) release(state);
}
