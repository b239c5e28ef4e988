import { describe, expect, it } from 'vitest';
import type { TlsInfo } from '../../src/engine/api.ts';
import { chooseServer } from '../../src/engine/choose-server.ts';
import type { CompiledServer } from '../../src/engine/compiled.ts';
import { engineOf } from './modules/engine-of.ts';

describe('a request for another name than the one that was negotiated', () => {
  const tls = 'ssl_certificate a.pem; ssl_certificate_key a.pem;';
  const { cx, request, log } = engineOf(`server { listen 443 ssl; server_name open; ${tls} location / { } }
    server { listen 443 ssl; server_name closed; ${tls} ssl_verify_client on; ssl_client_certificate a.pem; }`);
  cx.server = (index) =>
    ({ plan: cx.http.servers[index]!, root: null, name: '' }) as unknown as CompiledServer;
  const ask = (serverName: string, host: string): number => {
    const asked = request('/');
    const info: TlsInfo = { serverName, variable: () => '' };
    const connection = { ...asked.connection, tls: info };
    return chooseServer(cx, Object.assign(asked, { connection }), host);
  };

  it('is refused where clients have to show a certificate', () => {
    expect(ask('Open', 'closed')).toBe(421);
    expect(log).toHaveLength(1);
    expect(ask('closed', 'closed')).toBe(0);
    expect(ask('closed', 'open')).toBe(0);
  });
  it('is let through when the name was no server’s', () => {
    expect(ask('', 'closed')).toBe(0);
    expect(ask('elsewhere', 'closed')).toBe(0);
  });
});
