import type { LogLevel } from '../../engine/api.ts';
import type { UpstreamExchange } from '../../engine/upstream-exchange.ts';
import { FastcgiBody } from './fastcgi-body.ts';
import { MemcachedBody } from './memcached-body.ts';
import type { AnswerReader, BodyData } from './response-body.ts';
import { ResponseBody } from './response-body.ts';

/** What finds the end of an answer in the protocol that is spoken. */
export function answerReader(
  exchange: UpstreamExchange,
  bareLineFeeds: boolean,
  sink: BodyData,
  log: (level: LogLevel, message: string) => void,
): AnswerReader {
  switch (exchange.gateway?.name) {
    case 'fastcgi':
      return new FastcgiBody(exchange, sink, log);
    case 'memcached':
      return new MemcachedBody(exchange, sink, log);
    default:
      return new ResponseBody(exchange, bareLineFeeds, sink, log);
  }
}
