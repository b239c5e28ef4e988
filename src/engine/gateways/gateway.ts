import type { GatewayName } from '../../3-plan/schema/gateways.ts';
import type { GatewayAddress } from '../../3-plan/schema/proxy-target.ts';
import type { ProxySettings } from '../../3-plan/schema.ts';
import type { AllSettings } from '../compiled.ts';
import type { EngineContext } from '../context.ts';
import type { Exchange } from '../proxy/exchange.ts';
import type { ResponseHead } from '../proxy/parse-response.ts';
import type { HeadWriter } from '../proxy/request-head.ts';
import type { Request } from '../request.ts';
import type { GatewayWire } from '../upstream-exchange.ts';

/** A protocol other than HTTP that requests are passed on by: what is its own beside the exchange with any upstream (`../proxy/`). */
export interface Gateway extends GatewayWire {
  readonly name: GatewayName;
  /** Names that clients get no headers by, unless told otherwise. */
  readonly hidden: readonly string[];
  /** With status 101 the connection becomes a tunnel. */
  readonly upgrades: boolean;
  /** For its 404 clients get a page of ours (`intercept_404`). */
  readonly replacesNotFound: boolean;
  /** Settings of `proxy_…` that are fixed for the protocol, or that it has under names of its own. */
  settings(all: AllSettings): Partial<ProxySettings>;
  /** Takes apart what variables gave for an address. */
  address(text: string): GatewayAddress;
  /** What a request begins with. */
  compileHead(cx: EngineContext, all: AllSettings): HeadWriter;
  /**
   * The head of an answer of which `bytes` have come, and into `exchange.rawHead` what of it a cache keeps. Null: it is not
   * complete; a text: nginx calls it invalid, in these words ('' where it says nothing).
   */
  readHead(
    cx: EngineContext,
    request: Request,
    exchange: Exchange,
    bytes: string,
  ): ResponseHead | string | null;
}

/** The text as it is: most protocols have no scheme. */
export function plainAddress(text: string): GatewayAddress {
  return { tls: false, address: text };
}

/** Headers that are for nginx alone. */
export const accelHeaders = [
  'X-Accel-Expires',
  'X-Accel-Redirect',
  'X-Accel-Limit-Rate',
  'X-Accel-Buffering',
  'X-Accel-Charset',
] as const;
