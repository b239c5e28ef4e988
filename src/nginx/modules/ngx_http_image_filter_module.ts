import type { CheckContext } from '../check-context.ts';
import type { Handler, ModuleChecks } from '../module-checks.ts';
import type { Problem } from '../problem.ts';
import { problem } from '../problem.ts';
import { compileArgument, hasVariables } from '../script.ts';
import { parseNumber } from '../values/number.ts';

const invalid = (cx: CheckContext, word: number): Problem =>
  problem('invalid-parameter', `invalid parameter "${cx.arg(word)}"`, { word });

/** A number above zero, or `-` for "as it is"; or text with variables. */
function size(cx: CheckContext, word: number): Problem | null {
  const text = cx.arg(word);
  const refused = compileArgument(cx, word);
  if (refused !== null || hasVariables(text) || text === '-') return refused;
  return (parseNumber(text) ?? 0) > 0 ? null : invalid(cx, word);
}

/** ngx_http_image_filter */
function imageFilter(cx: CheckContext): Problem | null {
  const [name, first] = [cx.arg(0), cx.arg(1)];
  if (cx.values.length === 1) return ['off', 'test', 'size'].includes(name) ? null : invalid(cx, 0);
  if (cx.values.length === 2) {
    if (name !== 'rotate') return invalid(cx, 0);
    const refused = compileArgument(cx, 1);
    if (refused !== null || hasVariables(first)) return refused;
    return ['90', '180', '270'].includes(first) ? null : invalid(cx, 1);
  }
  if (name !== 'resize' && name !== 'crop') return invalid(cx, 0);
  return size(cx, 1) ?? size(cx, 2);
}

/** ngx_http_image_filter_jpeg_quality and ngx_http_image_filter_webp_quality; `image_filter_sharpen` minds nothing. */
const quality: Handler = (cx) => {
  const refused = compileArgument(cx, 0);
  if (refused !== null || hasVariables(cx.arg(0))) return refused;
  return (parseNumber(cx.arg(0)) ?? 0) > 0
    ? null
    : problem('invalid-value', `invalid value "${cx.arg(0)}"`, { word: 0 });
};

/** ngx_http_image_filter_module.c */
export const httpImageFilterModule: ModuleChecks = {
  module: 'ngx_http_image_filter_module',
  directives: {
    image_filter: imageFilter,
    image_filter_jpeg_quality: quality,
    image_filter_webp_quality: quality,
    image_filter_sharpen: (cx) => compileArgument(cx, 0),
  },
};
