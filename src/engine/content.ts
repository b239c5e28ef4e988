import type { Content } from '../3-plan/schema.ts';
import type { EngineContext } from './context.ts';
import { memcachedHandler } from './gateways/memcached.ts';
import type { ContentHandler } from './phases/phase.ts';
import { ok } from './phases/phase.ts';
import { proxyHandler } from './proxy/handler.ts';
import { flvHandler } from './static/flv.ts';
import { mp4Handler } from './static/mp4/handler.ts';
import { sendText } from './response/send.ts';
import { tunnelHandler } from './proxy/tunnel.ts';

const emptyGif = Buffer.from(
  'R0lGODlhAQABAIABAAAAAP///yH5BAEAAAEALAAAAAABAAEAAAICTAEAOw==',
  'base64',
).toString('latin1');
/** The module's picture dates from its source (ngx_http_empty_gif_module.c). */
const emptyGifDate = 23349600;

/** The handler that a location's content directive sets; null when files are served. */
export function contentHandler(cx: EngineContext, content: Content | null): ContentHandler | null {
  if (content === null) return null;
  switch (content.kind) {
    case 'proxy':
      return cx.once('proxy handler', () => (request) => proxyHandler(cx, request));
    case 'gateway': {
      const handle = content.protocol === 'memcached' ? memcachedHandler : proxyHandler;
      return cx.once(`${content.protocol} handler`, () => (request) => handle(cx, request));
    }
    case 'tunnel':
      return cx.once('tunnel handler', () => (request) => tunnelHandler(cx, request));
    case 'flv':
      return cx.once('flv handler', () => flvHandler(cx));
    case 'mp4':
      return cx.once('mp4 handler', () => mp4Handler(cx));
    case 'stub_status':
      return (request) => {
        if (request.method !== 'GET' && request.method !== 'HEAD') return 405;
        const text = (): string => {
          const { accepted, handled, requests, active, reading, writing, waiting } = cx.world.connections();
          return `Active connections: ${active} \nserver accepts handled requests\n ${accepted} ${handled} ${requests} \nReading: ${reading} Writing: ${writing} Waiting: ${waiting} \n`;
        };
        return sendText(request, 200, text, 'text/plain');
      };
    case 'empty_gif':
      return (request) => {
        if (request.method !== 'GET' && request.method !== 'HEAD') return 405;
        request.status = 200;
        request.contentType = 'image/gif';
        request.lastModified = emptyGifDate;
        request.contentLengthOut = emptyGif.length;
        request.body = emptyGif;
        return ok;
      };
    case 'unsupported':
      return (request) => {
        cx.world.log('error', `"${content.directive}" is not implemented`, request);
        return 500;
      };
  }
}
