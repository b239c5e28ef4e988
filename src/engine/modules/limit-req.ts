import type { LogLevel } from '../api.ts';
import type { AllSettings } from '../compiled.ts';
import type { EngineContext } from '../context.ts';
import type { PhaseHandler } from '../phases/phase.ts';
import { again, declined } from '../phases/phase.ts';
import type { Request } from '../request.ts';
import { trace } from '../trace.ts';
import type { Evaluator } from '../template.ts';
import type { LimitReqVerdict, RequestLimit } from '../zones/limit-req.ts';
import { limitRequest, type LimitReqZone } from '../zones/limit-req.ts';

const key = 'limit_req';
const longestKey = 65535;

type Zone = EngineContext['http']['zones'][number];

type Status = 'PASSED' | 'DELAYED' | 'REJECTED' | 'DELAYED_DRY_RUN' | 'REJECTED_DRY_RUN';

/** A delay is logged one level below a rejection. */
const delayLevels: Readonly<Record<string, LogLevel>> = {
  error: 'warn',
  warn: 'notice',
  notice: 'info',
  info: 'info',
};

/** `$limit_req_status`. */
export function defineLimitReq({ variables }: EngineContext): void {
  variables.define('limit_req_status', {
    cached: false,
    get: (request) => (request.main.lasting?.get(key) as Status | undefined) ?? null,
  });
}

interface Limit {
  readonly zone: LimitReqZone;
  readonly keyOf: Evaluator;
  readonly burst: number;
  readonly delay: number;
  readonly origin: number;
}

/** ngx_http_limit_req_handler, in the preaccess phase; null where no `limit_req` applies. */
export function limitReqHandler(cx: EngineContext, { limitReq }: AllSettings): PhaseHandler | null {
  const limits = limitReq.limit_req.flatMap((limit) => compileLimit(cx, limit));
  if (limits.length === 0) return null;
  const { limit_req_dry_run: dryRun, limit_req_status: status } = limitReq;
  const level = limitReq.limit_req_log_level;
  const { world } = cx;
  const log = (request: Request, severity: LogLevel, text: string): void =>
    world.log(severity, text, request);
  return (request) => {
    const { main } = request;
    if (main.lasting?.has(key) === true) return declined;
    const verdict = limitRequest(
      limits.map((limit) => requestLimit(cx, limit, request)),
      world.now(),
    );
    if (verdict.kind === 'none') return declined;
    const remember = (value: Status): void => void (main.lasting ??= new Map()).set(key, value);
    if (verdict.kind === 'passed') {
      remember('PASSED');
      return declined;
    }
    if (verdict.kind === 'delayed') {
      log(request, delayLevels[level]!, describe('delaying request', dryRun, verdict, ','));
      remember(dryRun ? 'DELAYED_DRY_RUN' : 'DELAYED');
      if (dryRun) return declined;
      request.delay = verdict.delay;
      request.action = 'delay';
      return again;
    }
    if (verdict.kind === 'full')
      log(request, 'alert', `could not allocate node in limit_req zone "${verdict.limit.zone.name}"`);
    else log(request, level, describe('limiting requests', dryRun, verdict, ''));
    remember(dryRun ? 'REJECTED_DRY_RUN' : 'REJECTED');
    if (request.trace !== null) traceRejection(request, limits, verdict.limit, dryRun ? undefined : status);
    return dryRun ? declined : status;
  };
}

function compileLimit(cx: EngineContext, limit: AllSettings['limitReq']['limit_req'][number]): Limit[] {
  const plan = cx.http.zones.find(({ kind, name }) => kind === 'limit_req' && name === limit.zone);
  if (plan === undefined) return [];
  const zone = zoneOf(cx, plan);
  return [
    {
      zone,
      keyOf: cx.template(plan.key ?? '').evaluate,
      burst: limit.burst,
      delay: limit.delay < 0 ? Infinity : limit.delay,
      origin: limit.origin,
    },
  ];
}

function zoneOf({ zones }: EngineContext, { name, rate, size, key: of }: Zone): LimitReqZone {
  return zones.take('limit_req', name, size, rate, JSON.stringify(of));
}

function requestLimit(cx: EngineContext, limit: Limit, request: Request): RequestLimit {
  const text = limit.keyOf(request);
  if (text.length <= longestKey) return { ...limit, key: text };
  cx.world.log(
    'error',
    `the value of the "${limit.zone.name}" key is more than ${longestKey} bytes: "${text}"`,
    request,
  );
  return { ...limit, key: '' };
}

function describe(
  what: string,
  dryRun: boolean,
  { excess, limit }: Extract<LimitReqVerdict, { excess: number }>,
  comma: string,
): string {
  const whole = Math.floor(excess / 1000);
  const rest = String(excess % 1000).padStart(3, '0');
  return `${what}${dryRun ? ', dry run' : ''}, excess: ${whole}.${rest}${comma} by zone "${limit.zone.name}"`;
}

function traceRejection(
  request: Request,
  limits: readonly Limit[],
  limit: RequestLimit,
  answer: number | undefined,
): void {
  const origin = limits.find(({ zone }) => zone === limit.zone)?.origin ?? -1;
  trace(request, origin, `limit_req: zone "${limit.zone.name}" is exhausted for this key`, answer);
}
