/** A variable that a text reads. */
export interface Reference {
  /** In lower case, as nginx looks it up; digits for captures. */
  readonly name: string;
  /** As it is written, without `$` and braces. */
  readonly written: string;
  /** Index of the `$` in the text. */
  readonly index: number;
  readonly end: number;
}

/** The variables and captures in a text, as ngx_http_script_compile finds them. */
export function referencesIn(text: string): Reference[] {
  const found: Reference[] = [];
  for (const match of text.matchAll(/\$(?:([1-9])|\{(\w+)\}|(\w+))/g)) {
    const written = match[1] ?? match[2] ?? match[3]!;
    found.push({
      name: written.toLowerCase(),
      written,
      index: match.index,
      end: match.index + match[0].length,
    });
  }
  return found;
}

/** Whether a name is that of a capture: `$1` to `$9`. */
export function isCapture(name: string): boolean {
  return /^[1-9]$/.test(name);
}
