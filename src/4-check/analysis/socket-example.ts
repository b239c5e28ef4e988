/** Lines of a location whose upgrade works: what the examples of the `ws/…` rules start from. `more` begins at line 6. */
export function socketLocation(...more: readonly string[]): string {
  return namedSocketLocation('/ws/', ...more);
}

/** The same under another name. */
export function namedSocketLocation(name: string, ...more: readonly string[]): string {
  return [
    `location ${name} {`,
    '    proxy_pass http://127.0.0.1:9000;',
    '    proxy_http_version 1.1;',
    '    proxy_set_header Upgrade $http_upgrade;',
    '    proxy_set_header Connection "upgrade";',
    ...more.map((line) => `    ${line}`),
    '}',
    '',
  ].join('\n');
}
