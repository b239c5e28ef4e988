import { describe, expect, test } from 'vitest';
import { resolve } from '../../../src/2-resolve/resolve.ts';
import { lower } from '../../../src/3-plan/lower.ts';
import { SourceFile } from '../../../src/text/source-file.ts';

function httpOf(servers: string) {
  const text = `events {}\nhttp {\n${servers}\n}\n`;
  const config = resolve(new SourceFile('/etc/nginx/nginx.conf', text), {
    target: '1.31.5',
    prefix: '/etc/nginx/',
  });
  if (!config.verdict.ok) throw new Error(config.verdict.message);
  return lower(config).plan.http!;
}

/** Whether the address of the only other `listen` gets a socket of its own beside `*:8080`. */
function bound(listen: string): boolean {
  const { listens } = httpOf(`server { listen 8080; listen ${listen}; }`);
  expect(listens).toHaveLength(2);
  return listens[1]!.bind;
}

describe('the sockets of listen', () => {
  test('an address is served by the wildcard of its port', () => {
    expect(bound('127.0.0.1:8080')).toBe(false);
  });

  test.each(['127.0.0.1:8081', '[::1]:8080', 'unix:/tmp/a'])('%s is not covered by *:8080', (address) => {
    expect(bound(address)).toBe(true);
  });

  test.each([
    'bind',
    'backlog=5',
    'rcvbuf=8k',
    'sndbuf=8k',
    'deferred',
    'reuseport',
    'so_keepalive=on',
    'multipath',
  ])('%s asks for a socket of its own', (option) => {
    expect(bound(`127.0.0.1:8080 ${option}`)).toBe(true);
  });

  test('ipv6only asks for one too, beside the wildcard of IPv6', () => {
    const { listens } = httpOf('server { listen [::]:8080; listen [::1]:8080 ipv6only=on; }');
    expect(listens.map(({ bind }) => bind)).toEqual([true, true]);
  });

  test.each(['ssl', 'proxy_protocol', 'default_server'])('%s says nothing about the socket', (option) => {
    const { listens } = httpOf(
      `server { listen 8080; } server { listen 127.0.0.1:8080 ${option}; ssl_reject_handshake on; }`,
    );
    expect(listens[1]!.bind).toBe(false);
  });
});
