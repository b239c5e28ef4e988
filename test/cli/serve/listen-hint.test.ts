import { expect, test } from 'vitest';
import { listenHint } from '../../../src/cli/serve/listen-hint.ts';

test.each([
  [
    'bind() to 0.0.0.0:8080 failed (98: Address already in use)',
    'something else listens on 0.0.0.0:8080 already: end it, or change "listen"',
  ],
  [
    'bind() to [::]:80 failed (13: Permission denied)',
    'this user may not listen on [::]:80: take a port from 1024 on, or run as root',
  ],
  [
    'bind() to 192.0.2.1:80 failed (99: Cannot assign requested address)',
    'this machine has no address 192.0.2.1:80: change "listen"',
  ],
])('%s', (message, hint) => {
  expect(listenHint(['using the "epoll" event method', message, 'still could not bind()'])).toBe(hint);
});

test('says nothing where the sockets are open', () => {
  expect(listenHint(['open() "/x" failed (2: No such file or directory)'])).toBeNull();
});
