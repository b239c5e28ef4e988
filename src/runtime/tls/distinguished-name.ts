/** Names of certificates as nginx prints them, from Node's form: one `KEY=value` a line, first attribute first. */

/** `CN=a,O=b,C=US` (RFC 2253: last attribute first, special characters escaped); of `$ssl_client_s_dn`. */
export function rfc2253Name(lines: string): string {
  return attributes(lines)
    .reverse()
    .map(({ key, value }) => `${key}=${escaped(value)}`)
    .join(',');
}

/** `/C=US/O=b/CN=a`; of `$ssl_client_s_dn_legacy`. */
export function legacyName(lines: string): string {
  return attributes(lines)
    .map(({ key, value }) => `/${key}=${value}`)
    .join('');
}

function attributes(lines: string): Array<{ key: string; value: string }> {
  return lines
    .split('\n')
    .filter((line) => line.includes('='))
    .map((line) => ({ key: line.slice(0, line.indexOf('=')), value: line.slice(line.indexOf('=') + 1) }));
}

function escaped(value: string): string {
  return value
    .replace(/[,+"\\<>;]/g, '\\$&')
    .replace(/^[ #]/, '\\$&')
    .replace(/ $/, '\\ ');
}
