/** How a listener's address is written: `127.0.0.1:80`, `[::1]:80`, `unix:/path`. */
export function nameOfListen(listen: {
  readonly address: string;
  readonly port: number;
  readonly path: string;
}): string {
  if (listen.path !== '') return `unix:${listen.path}`;
  return listen.address.includes(':')
    ? `[${listen.address}]:${listen.port}`
    : `${listen.address}:${listen.port}`;
}
