/** DNS messages (RFC 1035), as much of them as a stub resolver needs. Names are latin1 byte strings. */

export const recordTypes = { A: 1, CNAME: 5, AAAA: 28, SRV: 33 } as const;

export type RecordType = (typeof recordTypes)[keyof typeof recordTypes];

export interface DnsRecord {
  readonly name: string;
  readonly type: number;
  /** Seconds. */
  readonly ttl: number;
  /** An address for A and AAAA, a name for CNAME and SRV, `null` for types we do not read. */
  readonly value: string | null;
  /** SRV only. */
  readonly priority: number;
  readonly weight: number;
  readonly port: number;
}

export interface DnsAnswer {
  readonly id: number;
  readonly truncated: boolean;
  /** RCODE: 0 no error, 1 format error, 2 server failure, 3 host not found, 4 unimplemented, 5 refused. */
  readonly code: number;
  readonly question: { readonly name: string; readonly type: number } | null;
  readonly answers: readonly DnsRecord[];
}

const headerLength = 12;
const classInternet = 1;
const recursionDesired = 0x0100;
const responseFlag = 0x8000;
const truncatedFlag = 0x0200;
/** A name has at most 255 bytes; more pointers than this is a loop. */
const maxPointers = 128;

/** A query for `name`; null when the name cannot be asked for (empty label, label above 63 bytes). */
export function encodeQuery(id: number, name: string, type: RecordType): Buffer | null {
  const labels = name.replace(/\.$/, '').split('.');
  if (labels.some((label) => label.length === 0 || label.length > 63)) return null;
  const header = Buffer.alloc(headerLength);
  header.writeUInt16BE(id, 0);
  header.writeUInt16BE(recursionDesired, 2);
  header.writeUInt16BE(1, 4);
  const tail = Buffer.alloc(5);
  tail.writeUInt16BE(type, 1);
  tail.writeUInt16BE(classInternet, 3);
  const encoded = labels.map((label) => String.fromCharCode(label.length) + label).join('');
  return Buffer.concat([header, Buffer.from(encoded, 'latin1'), tail]);
}

/** Reads an answer; null when it is none, or broken. */
export function decodeAnswer(message: Buffer): DnsAnswer | null {
  try {
    return decode(message);
  } catch (error) {
    // Every read beyond the message's end is a RangeError of Buffer.
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function decode(message: Buffer): DnsAnswer | null {
  const flags = message.readUInt16BE(2);
  if ((flags & responseFlag) === 0) return null;
  const questions = message.readUInt16BE(4);
  const count = message.readUInt16BE(6);
  let at = headerLength;
  let question: DnsAnswer['question'] = null;
  for (let index = 0; index < questions; index++) {
    const name = readName(message, at);
    question ??= { name: name.name.toLowerCase(), type: message.readUInt16BE(name.end) };
    at = name.end + 4;
  }
  const answers: DnsRecord[] = [];
  const truncated = (flags & truncatedFlag) !== 0;
  for (let index = 0; index < count && !truncated; index++) {
    const name = readName(message, at);
    const type = message.readUInt16BE(name.end);
    const ttl = message.readInt32BE(name.end + 4);
    const length = message.readUInt16BE(name.end + 8);
    const start = name.end + 10;
    at = start + length;
    if (at > message.length) throw new RangeError('record beyond the end of the message');
    answers.push({
      name: name.name.toLowerCase(),
      type,
      ttl: Math.max(0, ttl),
      ...readData(message, type, start, length),
    });
  }
  return { id: message.readUInt16BE(0), truncated, code: flags & 0xf, question, answers };
}

type RecordData = Pick<DnsRecord, 'value' | 'priority' | 'weight' | 'port'>;

function readData(message: Buffer, type: number, start: number, length: number): RecordData {
  const plain = (value: string | null): RecordData => ({ value, priority: 0, weight: 0, port: 0 });
  switch (type) {
    case recordTypes.A:
      if (length !== 4) throw new RangeError('A record of wrong length');
      return plain([...message.subarray(start, start + 4)].join('.'));
    case recordTypes.AAAA:
      if (length !== 16) throw new RangeError('AAAA record of wrong length');
      return plain(formatIPv6(message.subarray(start, start + 16)));
    case recordTypes.CNAME:
      return plain(readName(message, start).name);
    case recordTypes.SRV:
      return {
        value: readName(message, start + 6).name,
        priority: message.readUInt16BE(start),
        weight: message.readUInt16BE(start + 2),
        port: message.readUInt16BE(start + 4),
      };
    default:
      return plain(null);
  }
}

function readName(message: Buffer, from: number): { name: string; end: number } {
  const labels: string[] = [];
  let at = from;
  let end = -1;
  for (let pointers = 0; pointers < maxPointers;) {
    const length = message.readUInt8(at);
    if ((length & 0xc0) === 0xc0) {
      if (end === -1) end = at + 2;
      at = message.readUInt16BE(at) & 0x3fff;
      pointers += 1;
    } else if (length === 0) {
      return { name: labels.join('.'), end: end === -1 ? at + 1 : end };
    } else {
      if (at + 1 + length > message.length) throw new RangeError('label beyond the end of the message');
      labels.push(message.toString('latin1', at + 1, at + 1 + length));
      at += 1 + length;
    }
  }
  throw new RangeError('name with a loop of pointers');
}

/** The text of an IPv6 address as nginx prints it (ngx_inet6_ntop): the longest run of zeros as `::`. */
export function formatIPv6(bytes: Uint8Array): string {
  const groups = Array.from({ length: 8 }, (_, index) => (bytes[index * 2]! << 8) | bytes[index * 2 + 1]!);
  let best = { at: -1, length: 1 };
  for (let at = 0; at < 8; at++) {
    let length = 0;
    while (at + length < 8 && groups[at + length] === 0) length += 1;
    if (length > best.length) best = { at, length };
    at += length;
  }
  const mapped = best.at === 0 && (best.length === 6 || (best.length === 5 && groups[5] === 0xffff));
  const hex = (from: number, to: number): string =>
    groups
      .slice(from, to)
      .map((group) => group.toString(16))
      .join(':');
  if (mapped)
    return `::${hex(best.length, 6)}${best.length === 5 ? ':' : ''}${[...bytes.slice(12)].join('.')}`;
  return best.at === -1 ? hex(0, 8) : `${hex(0, best.at)}::${hex(best.at + best.length, 8)}`;
}
