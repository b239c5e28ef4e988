import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Serving, Upstream } from '../support/serving.ts';

describe('a certificate with variables that cannot be read', () => {
  let serving: Serving;
  let upstream: Upstream;

  beforeEach(async () => {
    upstream = await Upstream.start(() => {});
    serving = await Serving.start(`
      server {
        listen 127.0.0.1:{{PORT}};
        proxy_ssl_certificate {{DIR}}/$arg_cert;
        proxy_ssl_certificate_key {{DIR}}/$arg_cert;
        location / { proxy_pass https://127.0.0.1:${upstream.port}; }
        location /again { proxy_pass https://two; }
      }
      upstream two { server 127.0.0.1:${upstream.port}; server 127.0.0.1:${upstream.port} backup; }`);
  });

  afterEach(async () => {
    await serving.close();
    upstream.close();
  });

  const get = (uri: string): Promise<string> =>
    serving.connect().send(`GET ${uri} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`).readAll();

  it('is an error of ours, and nobody tries another server', async () => {
    expect(await get('/?cert=missing')).toMatch(/^HTTP\/1\.1 500 /);
    expect(await get('/again?cert=missing')).toMatch(/^HTTP\/1\.1 500 /);
  });

  it('leaves no connection behind whose refusal nobody hears', async () => {
    upstream.close();
    expect(await get('/?cert=missing')).toMatch(/^HTTP\/1\.1 500 /);
    await new Promise((done) => setTimeout(done, 30));
    expect(await get('/?cert=missing')).toMatch(/^HTTP\/1\.1 500 /);
  });
});
