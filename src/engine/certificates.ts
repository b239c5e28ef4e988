import type { Connection } from './api.ts';
import { useServer } from './choose-server.ts';
import type { EngineContext } from './context.ts';
import { Request } from './request.ts';

/** Certificates and keys with variables, which know the connection and the server name but no request (ngx_http_ssl_certificate). */
export function certificatesFor(
  cx: EngineContext,
  server: number,
  connection: Connection,
  serverName: string,
): { certificate: string; key: string }[] {
  const tls = { serverName, variable: (name: string) => (name === 'server_name' ? serverName : '') };
  const request = new Request({ ...connection, tls }, null);
  useServer(cx, request, server);
  const { ssl_certificate: certificates, ssl_certificate_key: keys } = request.location.ssl;
  const evaluate = (template: (typeof certificates)[number]): string =>
    cx.credential(cx.template(template).evaluate(request));
  return certificates.map((certificate, index) => ({
    certificate: evaluate(certificate),
    key: evaluate(keys[index] ?? certificate),
  }));
}
