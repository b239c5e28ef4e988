import { createHash } from 'node:crypto';
import { decodeBase64, encodeBase64 } from '../base64.ts';
import { desCrypt } from './des-crypt.ts';
import { md5Crypt } from './md5-crypt.ts';
import { shaCrypt } from './sha-crypt.ts';

/**
 * Compares a password with a stored hash the way `auth_basic` does: nginx's own schemes first (ngx_crypt.c), then those of
 * the C library's crypt(3). All byte strings. `unsupported` is a scheme that the C library knows and we do not
 * (bcrypt, yescrypt, …): nginx might let such a user in.
 */
export function verifyPassword(password: string, stored: string): 'match' | 'mismatch' | 'unsupported' {
  // A C string ends at its first zero byte.
  const key = password.split('\0', 1)[0]!;
  if (/^(?:\$2[abxy]?\$|\$y\$|\$gy\$|\$7\$|\$md5|\$sha1\$|\$3\$|_)/.test(stored)) return 'unsupported';
  return hashPassword(key, stored) === stored ? 'match' : 'mismatch';
}

/** libxcrypt refuses passwords of so many bytes (CRYPT_MAX_PASSPHRASE_SIZE): hashing costs more than their length. */
const longestPassphrase = 512;

/** The hash of `password` with the scheme and salt of `setting`; null when crypt(3) fails on it. */
function hashPassword(password: string, setting: string): string | null {
  if (setting.startsWith('$apr1$')) return md5Crypt(password, setting, '$apr1$');
  if (setting.startsWith('{PLAIN}')) return `{PLAIN}${password}`;
  if (setting.startsWith('{SSHA}')) return saltedSha1(password, setting.slice(6));
  if (setting.startsWith('{SHA}')) return `{SHA}${encodeBase64(sha1(password))}`;
  if (password.length >= longestPassphrase) return null;
  if (setting.startsWith('$1$')) return md5Crypt(password, setting, '$1$');
  if (setting.startsWith('$')) return shaCrypt(password, setting);
  return desCrypt(password, setting);
}

function saltedSha1(password: string, encoded: string): string {
  const salt = (decodeBase64(encoded) ?? '').slice(20);
  return `{SSHA}${encodeBase64(sha1(password + salt) + salt)}`;
}

function sha1(bytes: string): string {
  return createHash('sha1').update(Buffer.from(bytes, 'latin1')).digest('latin1');
}
