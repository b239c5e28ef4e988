import { describe, expect, test } from 'vitest';
import {
  DerError,
  DerFields,
  derChildren,
  derTag,
  readDer,
  readOnly,
  writeDer,
} from '../../../src/runtime/tls/der.ts';

const number = (value: number): Buffer => writeDer(derTag.integer, Buffer.from([value]));

describe('DER', () => {
  test('is read as it was written, with lengths of one to three bytes', () => {
    for (const length of [0, 1, 127, 128, 255, 256, 65_000]) {
      const contents = Buffer.alloc(length, 7);
      expect(readOnly(writeDer(derTag.octetString, contents), derTag.octetString).contents).toEqual(contents);
    }
  });

  test('gives children in order, and optional fields only where they are', () => {
    const parent = readDer(writeDer(derTag.sequence, number(1), writeDer(derTag.context(3), number(2))));
    expect(derChildren(parent).map(({ tag }) => tag)).toEqual([0x02, 0xa3]);
    const fields = new DerFields(parent);
    expect(fields.optional(derTag.context(0))).toBeNull();
    expect(fields.take(derTag.integer).contents).toEqual(Buffer.from([1]));
    expect(() => fields.take(derTag.octetString)).toThrow(DerError);
  });

  test.each([
    ['nothing', []],
    ['a tag alone', [0x30]],
    ['less than its length', [0x30, 0x03, 0x02, 0x01]],
    ['a length without end', [0x30, 0x80, 0x00, 0x00]],
    ['a length that does not fit', [0x30, 0x85, 1, 1, 1, 1, 1]],
    ['a length that is cut off', [0x30, 0x82, 0x01]],
    ['a tag of several bytes', [0x1f, 0x22, 0x00]],
  ])('refuses %s', (_name, bytes) => {
    expect(() => derChildren(readDer(Buffer.from(bytes)))).toThrow(DerError);
  });

  test('refuses what comes behind the only element', () => {
    expect(() => readOnly(Buffer.concat([number(1), number(2)]), derTag.integer)).toThrow(DerError);
  });
});
