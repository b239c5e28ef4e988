import type { EngineContext } from '../context.ts';
import type { Request } from '../request.ts';

/** OpenSSL's reasons that `ssl_verify_client optional_no_ca` lets pass (ngx_ssl_verify_error_optional). */
const optionalReasons: ReadonlySet<string> = new Set([
  'self-signed certificate',
  'self signed certificate',
  'self-signed certificate in certificate chain',
  'self signed certificate in certificate chain',
  'unable to get local issuer certificate',
  'certificate not trusted',
  'unable to verify the first certificate',
]);

/** What `ssl_ocsp` finds (ngx_ssl_ocsp_get_status); nginx shows it without the number that OpenSSL's reasons have. */
const ofResponder: ReadonlySet<string> = new Set([
  'certificate status request failed',
  'certificate revoked',
  'certificate status unknown',
]);

/**
 * What a listener with TLS answers before anything else: 497 to plain HTTP, 495 and 496 to clients without a certificate that
 * holds; 0 when there is nothing to object to (ngx_http_process_request).
 */
export function tlsRefusal(cx: EngineContext, request: Request): number {
  const { tls, listen } = request.connection;
  if (!cx.http.listens[listen]!.ssl) return 0;
  if (tls === null) {
    cx.world.log('info', 'client sent plain HTTP request to HTTPS port', request);
    return 497;
  }
  const root = cx.http.locations[request.server.plan.location]!;
  const { ssl_verify_client: mode } = cx.settings('ssl', root.settings.ssl);
  if (mode === 'off') return 0;
  const verdict = tls.variable('client_verify');
  if (verdict.startsWith('FAILED:')) {
    const reason = verdict.slice('FAILED:'.length);
    if (mode === 'optional_no_ca' && optionalReasons.has(reason)) return 0;
    const shown = ofResponder.has(reason) ? reason : `(${reason})`;
    cx.world.log('info', `client SSL certificate verify error: ${shown}`, request);
    return 495;
  }
  if (mode !== 'on' || verdict !== 'NONE') return 0;
  cx.world.log('info', 'client sent no required SSL certificate', request);
  return 496;
}
