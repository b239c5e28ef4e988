import { expect, test } from 'vitest';
import { StickySessions } from '../../../src/engine/zones/sticky-sessions.ts';

test('a session ends when it was not used for its time', () => {
  const sessions = new StickySessions(65536, 1000);
  sessions.learn('id', 'a', true, 0);
  sessions.learn('id', 'b', false, 500);
  expect(sessions.find('id', 1499)).toBe('b');
  expect(sessions.find('id', 1500)).toBe(null);
});

test('one that nobody created is not kept', () => {
  const sessions = new StickySessions(65536, 1000);
  sessions.learn('id', 'a', false, 0);
  expect(sessions.find('id', 1)).toBe(null);
});

test('a full zone drops the session that was not used for longest', () => {
  const sessions = new StickySessions(32768, 1000);
  for (let index = 0; index < 300; index++) {
    sessions.learn(`s${index}`, 'a', true, 0);
    sessions.learn('s0', 'a', false, 0);
  }
  expect(sessions.find('s0', 1)).toBe('a');
  expect(sessions.find('s1', 1)).toBe(null);
  expect(sessions.find('s299', 1)).toBe('a');
});
