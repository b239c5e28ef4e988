import type { EngineContext } from '../../context.ts';
import type { AllSettings } from '../../compiled.ts';
import type { HeadWriter } from '../../proxy/request-head.ts';
import type { Gateway } from '../gateway.ts';
import { accelHeaders, plainAddress } from '../gateway.ts';
import { compileParams } from '../params.ts';
import { readFastcgiHead } from './head.ts';
import { beginRequest, mostContent, nameValue, record, recordTypes } from './records.ts';

/** ngx_http_fastcgi_module.c */
export const fastcgi: Gateway = {
  name: 'fastcgi',
  framed: true,
  hidden: ['Status', ...accelHeaders],
  upgrades: false,
  replacesNotFound: false,
  // A chunked body can be passed on while it comes.
  settings: () => ({ proxy_http_version: '1.1' }),
  address: plainAddress,
  compileHead,
  readHead: readFastcgiHead,
};

/** The records that begin a request (ngx_http_fastcgi_create_request). */
function compileHead(cx: EngineContext, { fastcgi: settings }: AllSettings): HeadWriter {
  const { fastcgi_param, fastcgi_pass_request_headers, fastcgi_keep_conn } = settings;
  const params = compileParams(cx, fastcgi_param, fastcgi_pass_request_headers, nameValue);
  const begin = beginRequest(fastcgi_keep_conn);
  const end = record(recordTypes.params, '');
  return {
    write(request, exchange) {
      exchange.method = request.method;
      exchange.keepsConnection = fastcgi_keep_conn;
      const content = params(request, exchange);
      if (content.length > mostContent) {
        cx.world.log('alert', `fastcgi request record is too big: ${content.length}`, request);
        return null;
      }
      return begin + (content === '' ? '' : record(recordTypes.params, content)) + end;
    },
  };
}
