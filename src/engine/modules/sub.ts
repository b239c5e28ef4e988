import type { Search } from '../algorithms/substitute.ts';
import { Substituter } from '../algorithms/substitute.ts';
import { lowerCase } from '../algorithms/lower-case.ts';
import type { AllSettings } from '../compiled.ts';
import type { EngineContext } from '../context.ts';
import { chained } from '../response/body-filters.ts';
import { changeValidators, hasType } from '../response/entity.ts';
import type { HeadFilter } from './module.ts';

/** `sub_filter` (ngx_http_sub_header_filter). */
export function subFilter(cx: EngineContext, { sub }: AllSettings): HeadFilter | null {
  if (sub.sub_filter.length === 0) return null;
  const pairs = sub.sub_filter.map(({ search, replacement }) => ({
    search: cx.template(search),
    replacement: cx.template(replacement),
  }));
  return (request) => {
    if (request.contentLengthOut === 0 || !hasType(request, sub.sub_filter_types)) return;
    const searches: Search[] = pairs.map(({ search, replacement }) => ({
      text: lowerCase(search.evaluate(request)),
      replacement: () => replacement.evaluate(request),
    }));
    // Variables may be empty.
    const wanted = searches.filter(({ text }) => text !== '');
    if (wanted.length === 0) return;
    const substituter = new Substituter(wanted, sub.sub_filter_once);
    request.bodyFilter = chained(request.bodyFilter, {
      push(bytes, last) {
        const output = substituter.push(bytes, last);
        return output === '' ? [] : [output];
      },
    });
    if (request !== request.main) return;
    request.contentLengthOut = -1;
    changeValidators(request, sub.sub_filter_last_modified);
  };
}
