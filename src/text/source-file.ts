/** A half-open range of byte offsets `[start, end)` in one {@link SourceFile}. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A place for people: both start at 1; columns count characters (UTF-8 decoded), not bytes. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/**
 * One file of configuration. Its text is a latin1 string, one character per byte of the file, because nginx
 * reads bytes: an index into `text` is a byte offset. Decode with {@link decodeBytes} only to show it to people.
 */
export class SourceFile {
  /** The path as nginx would print it (absolute, or as given by the user). */
  readonly path: string;
  readonly text: string;
  /** Offsets of the first byte of each line, as far as they were asked for: most findings stand near the beginning. */
  readonly #lineStarts: number[] = [0];
  /** Whether these are all. */
  #complete = false;

  constructor(path: string, text: string) {
    this.path = path;
    this.text = text;
  }

  /** The offset of the first byte of line `line` (from 1), or behind the text when it has fewer. Lines end at LF alone, as nginx counts them. */
  lineStart(line: number): number {
    return this.hasLine(line) ? this.#lineStarts[line - 1]! : this.text.length;
  }

  /** Whether there are so many lines. */
  hasLine(line: number): boolean {
    while (this.#lineStarts.length < line && this.#readLine());
    return this.#lineStarts.length >= line;
  }

  /** Finds the start of one more line; false when there is none. */
  #readLine(): boolean {
    if (this.#complete) return false;
    const end = this.text.indexOf('\n', this.#lineStarts.at(-1));
    if (end === -1) this.#complete = true;
    else this.#lineStarts.push(end + 1);
    return !this.#complete;
  }

  /** The number (from 1) of the line that holds the byte at `offset`. */
  lineAt(offset: number): number {
    const starts = this.#lineStarts;
    while (starts.at(-1)! <= offset && this.#readLine());
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return low + 1;
  }

  positionAt(offset: number): Position {
    const line = this.lineAt(offset);
    const before = this.text.slice(this.lineStart(line), offset);
    return { line, column: decodeBytes(before).length + 1 };
  }

  /** The bytes of line `line` (from 1) without its line end. */
  lineText(line: number): string {
    const start = this.lineStart(line);
    const end = this.text.indexOf('\n', start);
    return this.text.slice(start, end === -1 ? undefined : end).replace(/\r$/, '');
  }
}

/** Bytes that become a string inside V8's heap for sure. */
const slice = 1 << 19;

/**
 * The bytes of a file as a latin1 string. In parts, because Node keeps a string of a megabyte and more outside V8's heap,
 * where each look at a character is a call.
 */
export function textOfBytes(bytes: Buffer): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += slice) text += bytes.toString('latin1', at, at + slice);
  return text;
}

const nonAscii = /[\x80-\xff]/;

/** A latin1 byte string as text for people: UTF-8 where it is valid UTF-8, otherwise one character per byte. */
export function decodeBytes(bytes: string): string {
  if (!nonAscii.test(bytes)) return bytes;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(bytes, 'latin1'));
  } catch {
    return bytes;
  }
}

/** Text from people (command line, JSON) as the latin1 byte string that engine and runtime work with. */
export function encodeBytes(text: string): string {
  return nonAscii.test(text) || /[^\x00-\xff]/.test(text)
    ? Buffer.from(text, 'utf8').toString('latin1')
    : text;
}
