/** The values of all lines of a header, in order; `headers` is flat: name, lower-case name, value. */
export function headerLines(headers: readonly string[], name: string): string[] {
  const values: string[] = [];
  for (let at = 1; at < headers.length; at += 3) if (headers[at] === name) values.push(headers[at + 1]!);
  return values;
}
