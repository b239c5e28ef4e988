import { lower } from '../../3-plan/lower.ts';
import type { ResolvedBlock } from '../../2-resolve/resolved-config.ts';
import { settingsOf } from '../../runtime/process/plan-settings.ts';
import { CredentialFiles } from '../../runtime/tls/credentials.ts';
import { TlsServer } from '../../runtime/tls/tls-server.ts';
import type { AcceptedConfiguration } from './configuration.ts';

/**
 * Loads what servers with TLS need, as nginx does while it reads: certificates, keys, trusted certificates, ciphers.
 *
 * @returns nginx's message about the first that cannot be used, null when all is well
 */
export function certificateProblem(
  { config, contents }: AcceptedConfiguration,
  prefix: string,
): string | null {
  if (!mentions(config.main, 'ssl_certificate')) return null;
  const files = new CredentialFiles(contents);
  try {
    for (const settings of settingsOf(lower(config, { prefix }).plan).tlsServers)
      if (settings !== null) new TlsServer(settings, files).close();
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

function mentions(block: ResolvedBlock, name: string): boolean {
  return block.own(name).length > 0 || block.children.some((child) => mentions(child, name));
}
