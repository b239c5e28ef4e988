import type { ProxySettings } from '../../3-plan/schema.ts';
import type { UpstreamExchange } from '../../engine/upstream-exchange.ts';
import { withCommands } from '../tls/conf-commands.ts';
import { CredentialFiles } from '../tls/credentials.ts';
import { FileChanges } from '../tls/file-changes.ts';
import { withoutCommands } from '../tls/secure-context.ts';
import type { TlsClientConfiguration } from '../tls/tls-client.ts';

/** TLS 1.2 and 1.3 and what came before, where `proxy_ssl_protocols` says nothing (ngx_http_proxy_module.c). */
const defaultProtocols: readonly string[] = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'];

/** How many sets of certificates with variables are kept ready for one location. */
const mostKept = 100;

/** What was made of one location's settings, by certificate and key. */
interface Made {
  readonly ready: Map<string, TlsClientConfiguration>;
  /** Null where no certificate has variables: its files are read once. */
  readonly changes: FileChanges | null;
}

/**
 * The TLS configurations of one plan. Contexts and sessions hang on their identity, so each is made once. Certificates with
 * variables are read again when their files changed (ngx_http_upstream_ssl_certificate).
 */
export class UpstreamTls {
  readonly #made = new Map<ProxySettings, Made>();

  configuration({ settings, tlsCertificate, tlsKey }: UpstreamExchange): TlsClientConfiguration {
    let made = this.#made.get(settings);
    if (made === undefined)
      this.#made.set(settings, (made = { ready: new Map(), changes: changesOf(settings) }));
    const { ready, changes } = made;
    const now = Date.now();
    const state = (path: string): string => changes?.stateOf(path, now) ?? '';
    const key = [tlsCertificate, state(tlsCertificate), tlsKey, state(tlsKey)].join('\n');
    let configuration = ready.get(key);
    if (configuration === undefined) {
      configuration = describe(settings, tlsCertificate, tlsKey, changes && new CredentialFiles());
      const [oldest] = ready.keys();
      if (ready.size >= mostKept && oldest !== undefined) ready.delete(oldest);
    } else ready.delete(key);
    ready.set(key, configuration);
    return configuration;
  }
}

function changesOf(settings: ProxySettings): FileChanges | null {
  const { proxy_ssl_certificate: certificate, proxy_ssl_certificate_key: key } = settings;
  if (typeof certificate === 'string' && typeof key === 'string') return null;
  return new FileChanges(settings.proxy_ssl_certificate_cache, (path) => !isEncrypted(path));
}

/** Keys that need a pass phrase are not kept (NGX_SSL_CACHE_DISABLED). */
function isEncrypted(path: string): boolean {
  try {
    return new CredentialFiles().read(path, String).includes('ENCRYPTED');
  } catch {
    return false;
  }
}

function describe(
  settings: ProxySettings,
  certificate: string,
  key: string,
  files: CredentialFiles | null,
): TlsClientConfiguration {
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
    files,
  };
  return withCommands(configuration, settings.proxy_ssl_conf_command);
}
