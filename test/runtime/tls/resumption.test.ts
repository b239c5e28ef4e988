import { expect, test } from 'vitest';
import { ticketKeyAt } from '../../../src/runtime/tls/resumption.ts';

const tickets = { secret: Buffer.alloc(48, 1), since: 1_000_500 };

test('the key of TLS tickets changes with each period, counted from the start', () => {
  const at = (now: number): string => ticketKeyAt(tickets, 2000, now).toString('hex');
  expect(at(1_000_500)).toBe(at(1_002_499));
  expect(at(1_002_500)).not.toBe(at(1_002_499));
  expect(ticketKeyAt(tickets, 2000, 0)).toHaveLength(48);
});

test('processes with the same secret come to the same key, others do not', () => {
  const key = ticketKeyAt(tickets, 2000, 1_001_000);
  expect(ticketKeyAt({ ...tickets }, 2000, 1_001_000)).toEqual(key);
  expect(ticketKeyAt({ ...tickets, secret: Buffer.alloc(48, 2) }, 2000, 1_001_000)).not.toEqual(key);
});
