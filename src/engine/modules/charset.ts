import type { AllSettings } from '../compiled.ts';
import type { EngineContext } from '../context.ts';
import type { Request } from '../request.ts';

/** Adds the charset of `charset` to answers of the types it is for (ngx_http_charset_header_filter). */
export function charsetFilter(cx: EngineContext): (request: Request) => void {
  return (request) => {
    if (request.contentType === '' || request.charset !== '' || request !== request.main) return;
    const { charset } = request.location;
    const value = charsetOf(cx, request, charset);
    if (value === '' || value === 'off') return;
    const [type = '', ...parameters] = request.contentType.split(';');
    if (parameters.some((each) => /^ *charset=/i.test(each))) return;
    const types = charset.charset_types;
    if (types.includes('*') || types.includes(type.toLowerCase())) request.charset = value;
  };
}

function charsetOf(cx: EngineContext, request: Request, { charset }: AllSettings['charset']): string {
  if (typeof charset === 'string') return charset;
  return cx.once(charset, () => cx.template(charset)).evaluate(request);
}
