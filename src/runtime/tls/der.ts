/** Bytes that are no DER (X.690), or not what is expected there. */
export class DerError extends Error {}

/** One element: its tag with class and form, in one byte, and its bytes. */
export interface Der {
  readonly tag: number;
  readonly contents: Buffer;
  /** With tag and length. */
  readonly whole: Buffer;
}

/** Tags of types that are used here; `context` makes the tag of an element that is marked `[number]`. */
export const derTag = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  enumerated: 0x0a,
  generalizedTime: 0x18,
  sequence: 0x30,
  context: (number: number): number => 0xa0 | number,
} as const;

/** The element that begins at `at`. */
export function readDer(bytes: Buffer, at = 0): Der {
  const [tag, first] = [bytes[at], bytes[at + 1]];
  if (tag === undefined || first === undefined) throw new DerError('too short');
  // Tags of several bytes are not used by anything that is read here.
  if ((tag & 0x1f) === 0x1f) throw new DerError('long tag');
  const lengthBytes = first < 0x80 ? 0 : first & 0x7f;
  if (first === 0x80 || lengthBytes > 4 || at + 2 + lengthBytes > bytes.length)
    throw new DerError('bad length');
  const length = lengthBytes === 0 ? first : bytes.readUIntBE(at + 2, lengthBytes);
  const start = at + 2 + lengthBytes;
  if (start + length > bytes.length) throw new DerError('too short');
  return { tag, contents: bytes.subarray(start, start + length), whole: bytes.subarray(at, start + length) };
}

/** The only element of `bytes`, which has to have this tag. */
export function readOnly(bytes: Buffer, tag: number): Der {
  const element = readDer(bytes);
  if (element.tag !== tag || element.whole.length !== bytes.length) throw new DerError('unexpected element');
  return element;
}

/** The elements inside one. */
export function derChildren({ contents }: Der): Der[] {
  const children: Der[] = [];
  for (let at = 0; at < contents.length;) {
    const child = readDer(contents, at);
    children.push(child);
    at += child.whole.length;
  }
  return children;
}

/** Takes elements one after the other, as a SEQUENCE with optional fields has them. */
export class DerFields {
  readonly #fields: readonly Der[];
  #at = 0;

  constructor(parent: Der) {
    this.#fields = derChildren(parent);
  }

  take(tag: number): Der {
    const field = this.optional(tag);
    if (field === null) throw new DerError('a field is missing');
    return field;
  }

  optional(tag: number): Der | null {
    const field = this.#fields[this.#at];
    if (field?.tag !== tag) return null;
    this.#at++;
    return field;
  }
}

/** An element of these contents. */
export function writeDer(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const length = contents.reduce((sum, { length }) => sum + length, 0);
  const head =
    length < 0x80
      ? [tag, length]
      : length < 0x100
        ? [tag, 0x81, length]
        : [tag, 0x82, length >> 8, length & 0xff];
  if (length > 0xffff) throw new DerError('too long');
  return Buffer.concat([Buffer.from(head), ...contents]);
}
