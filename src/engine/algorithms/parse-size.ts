const scales: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['k', 1024],
  ['m', 1024 ** 2],
]);

/** Bytes of a size such as `512` or `1m` that a variable gave; null for what is none (ngx_parse_size). */
export function parseSize(text: string): number | null {
  const [, digits, unit] = /^(\d{1,18})([km]?)$/i.exec(text) ?? [];
  return digits === undefined ? null : Number(digits) * scales.get(unit!.toLowerCase())!;
}
