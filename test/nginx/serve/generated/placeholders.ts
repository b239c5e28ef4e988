/** Ports of one case; all have five digits, as in the recordings. */
export interface Ports {
  readonly server: number;
  /** A second port that the server listens on. */
  readonly second: number;
  readonly backends: readonly [number, number, number];
}

/** Puts addresses in the place of `{{PORT}}`, `{{SECOND}}`, `{{B1}}` and `{{B1.PORT}}`. */
export function fill(text: string, ports: Ports): string {
  let result = text
    .replaceAll('{{PORT}}', String(ports.server))
    .replaceAll('{{SECOND}}', String(ports.second));
  for (const [index, port] of ports.backends.entries()) {
    result = result
      .replaceAll(`{{B${index + 1}.PORT}}`, String(port))
      .replaceAll(`{{B${index + 1}}}`, `127.0.0.1:${port}`);
  }
  return result;
}
