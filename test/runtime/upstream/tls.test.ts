import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ProxySettings } from '../../../src/3-plan/schema.ts';
import type { UpstreamExchange } from '../../../src/engine/upstream-exchange.ts';
import { UpstreamTls } from '../../../src/runtime/upstream/tls.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'upstream-tls-'));
  vi.useFakeTimers({ toFake: ['Date'] });
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true });
});

function write(text: string): void {
  writeFileSync(join(folder, 'new'), text);
  renameSync(join(folder, 'new'), join(folder, 'key'));
}

function exchange(
  certificate: unknown,
  cache: ProxySettings['proxy_ssl_certificate_cache'],
): UpstreamExchange {
  const settings = {
    proxy_ssl_certificate: certificate,
    proxy_ssl_certificate_key: certificate,
    proxy_ssl_certificate_cache: cache,
    proxy_ssl_protocols: [],
    proxy_ssl_conf_command: [],
  };
  const path = join(folder, 'key');
  return { settings, tlsCertificate: path, tlsKey: path } as unknown as UpstreamExchange;
}

const variable = [{ var: 'arg_cert' }];
const cache = { max: 4, inactive: 10, valid: 2 };

describe('certificates towards upstreams', () => {
  test('are read once where their paths are constant', () => {
    const [tls, one] = [new UpstreamTls(), exchange('key', null)];
    write('a');
    const before = tls.configuration(one);
    write('b');
    expect(tls.configuration(one)).toBe(before);
    expect(before.files).toBeNull();
  });

  test('with variables are read again when their files changed', () => {
    const [tls, one] = [new UpstreamTls(), exchange(variable, null)];
    write('a');
    const before = tls.configuration(one);
    expect(tls.configuration(one)).toBe(before);
    write('b');
    expect(tls.configuration(one)).not.toBe(before);
  });

  test('are looked at again after "valid" with proxy_ssl_certificate_cache', () => {
    const [tls, one] = [new UpstreamTls(), exchange(variable, cache)];
    write('a');
    const before = tls.configuration(one);
    write('b');
    expect(tls.configuration(one)).toBe(before);
    vi.advanceTimersByTime(2100);
    vi.setSystemTime(Date.now() + 2100);
    expect(tls.configuration(one)).not.toBe(before);
  });

  test('are not kept where the key is encrypted', () => {
    const [tls, one] = [new UpstreamTls(), exchange(variable, cache)];
    write('-----BEGIN ENCRYPTED PRIVATE KEY-----');
    const before = tls.configuration(one);
    write('plain');
    expect(tls.configuration(one)).not.toBe(before);
  });
});
