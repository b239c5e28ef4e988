/** The value of a `Content-Length` line, 1 to 18 digits; -1 for anything else. */
export function parseContentLength(text: string): number {
  const { length } = text;
  if (length === 0 || length > 18) return -1;
  for (let at = 0; at < length; at++) {
    const code = text.charCodeAt(at);
    if (!(code >= 0x30 && code <= 0x39)) return -1;
  }
  return Number(text);
}
