import { longestContent, padding, recordHead, recordTypes } from '../../engine/gateways/fastcgi/records.ts';
import type { UpstreamExchange } from '../../engine/upstream-exchange.ts';

/** What stands around the pieces of a request's body on its way to an upstream. */
export interface BodyFraming {
  /** Bytes of the largest piece. */
  readonly longest: number;
  before(size: number): string;
  after(size: number): string;
  /** Behind the last piece, also of an empty body. */
  readonly end: string;
}

export const plainBody: BodyFraming = {
  longest: Number.MAX_SAFE_INTEGER,
  before: () => '',
  after: () => '',
  end: '',
};

export const chunkedBody: BodyFraming = {
  longest: Number.MAX_SAFE_INTEGER,
  before: (size) => `${size.toString(16)}\r\n`,
  after: () => '\r\n',
  end: '0\r\n\r\n',
};

const fastcgiBody: BodyFraming = {
  longest: longestContent,
  before: (size) => recordHead(recordTypes.stdin, size),
  after: (size) => '\0'.repeat(padding(size)),
  end: recordHead(recordTypes.stdin, 0),
};

/** How a request's body is framed for the upstream. */
export function framingOf(exchange: UpstreamExchange): BodyFraming {
  return exchange.gateway?.name === 'fastcgi' ? fastcgiBody : exchange.chunkedBody ? chunkedBody : plainBody;
}
