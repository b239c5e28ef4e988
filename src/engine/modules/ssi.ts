import type { BodyFilter, BodyPart } from '../api.ts';
import type { AllSettings } from '../compiled.ts';
import type { EngineContext } from '../context.ts';
import type { Request } from '../request.ts';
import type { SsiOutput, SsiShared } from '../ssi/filter.ts';
import { chained } from '../response/body-filters.ts';
import { changeValidators, clearLength, hasType } from '../response/entity.ts';
import { SsiFilter, ssiShared } from '../ssi/filter.ts';
import { strftime } from '../ssi/strftime.ts';
import { startSubrequest } from '../subrequest.ts';
import type { HeadFilter } from './module.ts';

const stateKey = 'ssi';
const timeFormat = '%A, %d-%b-%Y %H:%M:%S %Z';
const special = 300;

/** `$date_gmt` and `$date_local`. */
export function defineSsi(cx: EngineContext): void {
  for (const [name, gmt] of [
    ['date_gmt', true],
    ['date_local', false],
  ] as const)
    cx.variables.define(name, {
      cached: false,
      get: () => strftime(timeFormat, cx.seconds, gmt),
    });
}

/** Puts the SSI filter into responses of the right type (ngx_http_ssi_header_filter). */
export function ssiFilter(cx: EngineContext, { ssi }: AllSettings): HeadFilter | null {
  if (!ssi.ssi) return null;
  return (request) => {
    if (request.contentLengthOut === 0 || !hasType(request, ssi.ssi_types)) return;
    request.bodyFilter = chained(request.bodyFilter, bodyFilter(cx, request));
    if (request !== request.main) return;
    clearLength(request);
    changeValidators(request, ssi.ssi_last_modified);
  };
}

function sharedState({ main }: Request): SsiShared {
  main.lasting ??= new Map();
  let shared = main.lasting.get(stateKey) as SsiShared | undefined;
  if (shared === undefined) {
    shared = ssiShared();
    main.lasting.set(stateKey, shared);
  }
  return shared;
}

function bodyFilter(cx: EngineContext, request: Request): BodyFilter {
  const { ssi } = request.location;
  const filter = new SsiFilter({
    shared: sharedState(request),
    uri: request.uri,
    silentErrors: ssi.ssi_silent_errors,
    valueLength: ssi.ssi_value_length,
    variable: (name) => cx.variables.find(name)?.(request) ?? null,
    now: () => cx.seconds,
    log: (message) => cx.world.log('error', message, request),
  });
  const parts = (output: readonly SsiOutput[]): BodyPart[] =>
    output.flatMap((each) => (typeof each === 'string' ? each : include(each)));
  const include = ({ include: wanted, waits }: Exclude<SsiOutput, string>): BodyPart[] => {
    const child = startSubrequest(cx, request, wanted.uri, wanted.args, { headOnly: false });
    if (child === null) return parts([...filter.fail(), ...(waits ? filter.resume(null) : [])]);
    const { set, stub } = wanted;
    if (!waits && stub === null) return [{ kind: 'subrequest', child }];
    const after = (captured: string): BodyPart[] => {
      const failed = child.status >= special;
      const own = stub === null ? [] : replaced(cx, child, captured, stub);
      return [...own, ...(waits ? parts(filter.resume(failed ? null : captured)) : [])];
    };
    return [{ kind: 'subrequest', child, capture: set !== null || stub !== null, after }];
  };
  return { push: (bytes) => parts(filter.push(bytes)) };
}

/**
 * The output of a subrequest with a stub: the stub when it failed or had none. After a failure nginx sends the stub through the
 * subrequest's own filters.
 */
function replaced(cx: EngineContext, child: Request, captured: string, stub: string): readonly BodyPart[] {
  if (child.status >= special) return bodyFilter(cx, child).push(stub, true);
  const text = captured === '' ? stub : captured;
  return text === '' ? [] : [text];
}
