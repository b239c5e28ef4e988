import type { ProxySettings } from '../../3-plan/schema.ts';
import type { UpstreamExchange } from '../../engine/upstream-exchange.ts';
import { withCommands } from '../tls/conf-commands.ts';
import { withoutCommands } from '../tls/secure-context.ts';
import type { TlsClientConfiguration } from '../tls/tls-client.ts';

/** TLS 1.2 and 1.3 and what came before, where `proxy_ssl_protocols` says nothing (ngx_http_proxy_module.c). */
const defaultProtocols: readonly string[] = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'];

/** The TLS configurations of one plan. Contexts and sessions hang on their identity, so each is made once. */
export class UpstreamTls {
  readonly #made = new Map<ProxySettings, Map<string, TlsClientConfiguration>>();

  configuration(exchange: UpstreamExchange): TlsClientConfiguration {
    const { settings, tlsCertificate, tlsKey } = exchange;
    let bySettings = this.#made.get(settings);
    if (bySettings === undefined) this.#made.set(settings, (bySettings = new Map()));
    const key = `${tlsCertificate}\n${tlsKey}`;
    let configuration = bySettings.get(key);
    if (configuration === undefined) {
      bySettings.set(key, (configuration = describe(settings, tlsCertificate, tlsKey)));
    }
    return configuration;
  }
}

function describe(settings: ProxySettings, certificate: string, key: string): TlsClientConfiguration {
  const configuration: TlsClientConfiguration = {
    ...withoutCommands,
    ecdhCurve: 'auto',
    certificates: certificate === '' ? [] : [{ certificate, key }],
    passwordFile: settings.proxy_ssl_password_file || null,
    protocols: settings.proxy_ssl_protocols.length > 0 ? settings.proxy_ssl_protocols : defaultProtocols,
    ciphers: settings.proxy_ssl_ciphers,
    trustedCertificates:
      settings.proxy_ssl_trusted_certificate === '' ? [] : [settings.proxy_ssl_trusted_certificate],
    crl: settings.proxy_ssl_crl || null,
    verify: settings.proxy_ssl_verify,
    verifyDepth: settings.proxy_ssl_verify_depth,
    sendServerName: settings.proxy_ssl_server_name,
    sessionReuse: settings.proxy_ssl_session_reuse,
  };
  return withCommands(configuration, settings.proxy_ssl_conf_command);
}
