import type { BodyPart } from '../api.ts';
import type { AllSettings } from '../compiled.ts';
import type { EngineContext } from '../context.ts';
import type { Request } from '../request.ts';
import { chained } from '../response/body-filters.ts';
import { clearLength, hasType, weakenEtag } from '../response/entity.ts';
import { startSubrequest } from '../subrequest.ts';
import type { HeadFilter } from './module.ts';

/** `add_before_body` and `add_after_body` (ngx_http_addition_filter_module.c). */
export function additionFilter(cx: EngineContext, { addition }: AllSettings): HeadFilter | null {
  const { add_before_body: before, add_after_body: after, addition_types: types } = addition;
  if (before === '' && after === '') return null;
  return (request) => {
    if (request.status !== 200 || request !== request.main || !hasType(request, types)) return;
    clearLength(request);
    weakenEtag(request);
    if (request.method === 'HEAD') return;
    let begun = false;
    request.bodyFilter = chained(request.bodyFilter, {
      push(bytes, last) {
        const output: BodyPart[] = begun ? [] : added(cx, request, before);
        begun = true;
        if (bytes !== '') output.push(bytes);
        if (last) output.push(...added(cx, request, after));
        return output;
      },
    });
  };
}

function added(cx: EngineContext, request: Request, uri: string): BodyPart[] {
  if (uri === '') return [];
  const child = startSubrequest(cx, request, uri, '', { headOnly: false });
  return [child === null ? { kind: 'failure' } : { kind: 'subrequest', child }];
}
