import { uwsgiAddress } from '../../3-plan/schema/proxy-target.ts';
import type { AllSettings } from '../compiled.ts';
import type { EngineContext } from '../context.ts';
import type { HeadWriter } from '../proxy/request-head.ts';
import { readProgramHead } from './cgi-head.ts';
import type { Gateway } from './gateway.ts';
import { accelHeaders } from './gateway.ts';
import { compileParams } from './params.ts';

/** ngx_http_uwsgi_module.c */
export const uwsgi: Gateway = {
  name: 'uwsgi',
  framed: false,
  hidden: accelHeaders,
  upgrades: true,
  replacesNotFound: false,
  // As to an HTTP/1.0 upstream, a chunked body cannot be passed on while it comes.
  settings: () => ({ proxy_http_version: '1.0' }),
  address: uwsgiAddress,
  compileHead,
  readHead: (cx, _request, exchange, bytes) => readProgramHead(cx, exchange, bytes),
};

/** The largest size that the two bytes for it can say. */
const mostBytes = 65_535;

/** The packet that a request begins with (ngx_http_uwsgi_create_request): modifier, size, another modifier, the parameters. */
function compileHead(cx: EngineContext, { uwsgi: settings }: AllSettings): HeadWriter {
  const { uwsgi_param, uwsgi_pass_request_headers, uwsgi_modifier1, uwsgi_modifier2, uwsgi_string } =
    settings;
  const params = compileParams(cx, uwsgi_param, uwsgi_pass_request_headers, pair);
  return {
    write(request, exchange) {
      exchange.method = request.method;
      const content = params(request, exchange) + uwsgi_string;
      if (content.length > mostBytes) {
        cx.world.log('alert', `uwsgi request is too big: ${content.length}`, request);
        return null;
      }
      return (
        String.fromCharCode(uwsgi_modifier1) + size(content) + String.fromCharCode(uwsgi_modifier2) + content
      );
    },
  };
}

function pair(name: string, value: string): string {
  return size(name) + name + size(value) + value;
}

/** A length in two bytes, the low one first. */
function size({ length }: string): string {
  return String.fromCharCode(length & 0xff, (length >> 8) & 0xff);
}
