import type { ModuleSettings } from '../../3-plan/schema.ts';
import type { AddressPort } from '../algorithms/address-port.ts';
import { printIp } from '../algorithms/address-port.ts';
import type { Cidr } from '../algorithms/cidr.ts';
import { clientAddress, parseCidr } from '../algorithms/cidr.ts';
import { forwardedAddress } from '../algorithms/forwarded-address.ts';
import type { AllSettings } from '../compiled.ts';
import type { EngineContext } from '../context.ts';
import type { PhaseHandler } from '../phases/phase.ts';
import { declined } from '../phases/phase.ts';
import type { Request } from '../request.ts';
import { headerLines } from './header-lines.ts';

type Settings = ModuleSettings<'realip'>;

/** The connection's own address while another one stands in for it. */
interface Replaced {
  readonly address: string;
  readonly port: number;
}

const key = 'realip';

/** Names that nginx looks up when it reads the configuration; this one needs no resolver. */
const localhost: readonly Cidr[] = ['127.0.0.1', '::1'].map((text) => parseCidr(text)!.cidr);

/** Networks of `set_real_ip_from`; host names other than localhost must have been replaced by addresses before. */
function trustedNetworks(networks: readonly string[]): Cidr[] {
  return networks.flatMap((text) => {
    if (text === 'unix:') return [{ family: 'unix' }];
    if (text === 'localhost') return localhost;
    return parseCidr(text)?.cidr ?? [];
  });
}

/** The handler of the post-read and preaccess phases; null where `set_real_ip_from` is not used. */
export function realipHandler(_cx: EngineContext, { realip }: AllSettings): PhaseHandler | null {
  const trusted = trustedNetworks(realip.set_real_ip_from);
  if (trusted.length === 0) return null;
  return (request) => {
    replaceAddress(request, realip, trusted);
    return declined;
  };
}

/**
 * Replaces the client's address by the one that a trusted sender gives (ngx_http_realip_handler); once per request.
 * Undo with {@link restoreAddress} when the request ends: the connection's next request starts anew.
 */
function replaceAddress(request: Request, settings: Settings, trusted: readonly Cidr[]): void {
  const { main, connection } = request;
  if (main.lasting?.has(key) === true) return;
  const lines = sourceLines(request, settings.real_ip_header);
  const sender = clientAddress(connection.remoteAddress);
  if (lines === null || sender === null) return;
  const forwarding = { trusted, recursive: settings.real_ip_recursive };
  const found = forwardedAddress(sender, lines, forwarding);
  if (found === null) return;
  const replaced: Replaced = { address: connection.remoteAddress, port: connection.remotePort };
  (main.lasting ??= new Map()).set(key, replaced);
  connection.remoteAddress = printIp(found.address);
  connection.remotePort = portOf(request, settings, found);
}

function portOf(request: Request, settings: Settings, found: AddressPort): number {
  if (settings.real_ip_header !== 'proxy_protocol') return found.port;
  return request.connection.proxyProtocol?.sourcePort ?? 0;
}

/** The values to search, null when the request has none. */
function sourceLines({ main, connection }: Request, header: string): string[] | null {
  if (header === 'proxy_protocol') {
    const protocol = connection.proxyProtocol;
    return protocol === null ? null : [protocol.sourceAddress];
  }
  const lines = headerLines(main.headers, header.toLowerCase());
  if (lines.length === 0) return null;
  // Only X-Forwarded-For is a list over several lines.
  return header === 'X-Forwarded-For' ? lines : [lines[0]!];
}

/** Gives the connection its own address back. */
export function restoreAddress(request: Request): void {
  const replaced = request.main.lasting?.get(key) as Replaced | undefined;
  if (replaced === undefined || request !== request.main) return;
  request.connection.remoteAddress = replaced.address;
  request.connection.remotePort = replaced.port;
  request.lasting!.delete(key);
}

/** `$realip_remote_addr` and `$realip_remote_port`. */
export function defineRealip({ variables }: EngineContext): void {
  const own = (request: Request): Replaced | undefined =>
    request.main.lasting?.get(key) as Replaced | undefined;
  variables.define('realip_remote_addr', {
    cached: false,
    get: (request) => own(request)?.address ?? request.connection.remoteAddress,
  });
  variables.define('realip_remote_port', {
    cached: false,
    get: (request) => {
      const port = own(request)?.port ?? request.connection.remotePort;
      return port === 0 ? '' : String(port);
    },
  });
}
