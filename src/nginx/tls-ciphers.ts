import type { BlockState, CheckContext } from './check-context.ts';
import { effective } from './http/effective.ts';
import { problem } from './problem.ts';

/** Suites of TLS 1.3 are chosen elsewhere: in this list OpenSSL passes over them. */
const tls13Suite = /^TLS_/;

/**
 * ngx_ssl_ciphers: OpenSSL refuses a list that selects nothing. Its own parser decides, the one that Node is built
 * with; it is loaded only where a list is given.
 */
export function mergeCiphers(cx: CheckContext, level: BlockState, name: string): boolean {
  if (!cx.seen.has(name)) return true;
  const node = effective(level, name);
  const list = node?.args[0]?.value;
  const error = list === undefined ? null : cipherError(list);
  if (error === null) return true;
  const message = `SSL_CTX_set_cipher_list("${list}") failed (SSL: ${error})`;
  cx.report(problem('no-cipher', message, { node, word: 0, placeless: true }));
  return false;
}

const noMatch = 'error:0A0000B9:SSL routines::no cipher match';

/** OpenSSL's complaint about a list; null when it selects something. */
export function cipherError(list: string): string | null {
  const older = list.split(/[:, ]/).filter((item) => item !== '' && !tls13Suite.test(item));
  if (older.length === 0) return noMatch;
  try {
    process.getBuiltinModule('node:tls').createSecureContext({ ciphers: older.join(':') });
    return null;
  } catch (error) {
    const { message } = error as Error;
    return message.startsWith('error:') ? message : noMatch;
  }
}
