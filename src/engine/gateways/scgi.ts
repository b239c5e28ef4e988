import type { AllSettings } from '../compiled.ts';
import type { EngineContext } from '../context.ts';
import type { HeadWriter } from '../proxy/request-head.ts';
import { readProgramHead } from './cgi-head.ts';
import type { Gateway } from './gateway.ts';
import { accelHeaders, plainAddress } from './gateway.ts';
import { compileParams } from './params.ts';

/** ngx_http_scgi_module.c */
export const scgi: Gateway = {
  name: 'scgi',
  framed: false,
  hidden: ['Status', ...accelHeaders],
  upgrades: true,
  replacesNotFound: false,
  // As to an HTTP/1.0 upstream, a chunked body cannot be passed on while it comes.
  settings: () => ({ proxy_http_version: '1.0' }),
  address: plainAddress,
  compileHead,
  readHead: (cx, _request, exchange, bytes) => readProgramHead(cx, exchange, bytes),
};

/** The netstring that a request begins with (ngx_http_scgi_create_request); the body's length comes first, and always. */
function compileHead(cx: EngineContext, { scgi: settings }: AllSettings): HeadWriter {
  const params = compileParams(cx, settings.scgi_param, settings.scgi_pass_request_headers, pair);
  const countsBody = !cx.since('1.29.6');
  return {
    write(request, exchange) {
      exchange.method = request.method;
      // Subrequests have the length of the client's body, and no body.
      const { requestBody, contentLength } = request;
      const length = countsBody ? (requestBody?.length ?? contentLength) : contentLength;
      const content = pair('CONTENT_LENGTH', String(Math.max(0, length))) + params(request, exchange);
      return `${content.length}:${content},`;
    },
  };
}

function pair(name: string, value: string): string {
  return `${name}\0${value}\0`;
}
