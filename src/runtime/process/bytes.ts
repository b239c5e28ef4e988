/** Bytes of a size as the configuration writes it: `32k`, `1m`, plain digits; 0 for anything else. */
export function bytesOf(size: string): number {
  const [, digits, unit] = /^(\d+)([kKmM]?)$/.exec(size) ?? [];
  const factors: Readonly<Record<string, number>> = { k: 1024, m: 1024 * 1024 };
  return Number(digits ?? 0) * (factors[unit?.toLowerCase() ?? ''] ?? 1);
}
