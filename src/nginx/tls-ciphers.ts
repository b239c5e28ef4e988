import type { BlockState, CheckContext } from './check-context.ts';
import { effective } from './http/effective.ts';
import { problem } from './problem.ts';
import { Slot } from './store.ts';

/** Suites of TLS 1.3 are chosen elsewhere: in this list OpenSSL passes over them. */
const tls13Suite = /^TLS_/;

/**
 * ngx_ssl_ciphers: OpenSSL refuses a list that selects nothing. Its own parser decides, the one that Node is built
 * with; it is loaded only where a list is given.
 */
export function mergeCiphers(cx: CheckContext, level: BlockState, name: string): boolean {
  if (!cx.seen.has(name)) return true;
  const node = effective(level, name);
  const list = node?.values[0];
  const error = list === undefined ? null : cipherError(cx, list);
  if (error === null) return true;
  const message = `SSL_CTX_set_cipher_list("${list}") failed (SSL: ${error})`;
  cx.report(problem('no-cipher', message, { node, word: 0, placeless: true }));
  return false;
}

const noMatch = 'error:0A0000B9:SSL routines::no cipher match';

/** What OpenSSL said, by what was asked: each question makes it a whole context. */
const answersSlot = new Slot('answers of OpenSSL', () => new Map<string, string | null>());

/**
 * OpenSSL's complaint about settings for a context, or null: as Node tells it. Asked once for each text of a run.
 * @param kind the option of `tls.createSecureContext`.
 */
export function askOpenSsl(cx: CheckContext, kind: 'ciphers' | 'ecdhCurve', value: string): string | null {
  const answers = cx.shared.get(answersSlot);
  const key = `${kind} ${value}`;
  let answer = answers.get(key);
  if (answer === undefined) {
    answer = null;
    try {
      process.getBuiltinModule('node:tls').createSecureContext({ [kind]: value });
    } catch (error) {
      answer = (error as Error).message;
    }
    answers.set(key, answer);
  }
  return answer;
}

/** OpenSSL's complaint about a list; null when it selects something. */
export function cipherError(cx: CheckContext, list: string): string | null {
  const older = list.split(/[:, ]/).filter((item) => item !== '' && !tls13Suite.test(item));
  if (older.length === 0) return noMatch;
  const answer = askOpenSsl(cx, 'ciphers', older.join(':'));
  return answer === null || answer.startsWith('error:') ? answer : noMatch;
}
