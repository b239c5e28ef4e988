import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Serving, Upstream } from '../support/serving.ts';

describe('the body of a request that has subrequests', () => {
  let serving: Serving;
  let upstream: Upstream;

  beforeEach(async () => {
    upstream = await Upstream.start((socket, input) => {
      const head = input.indexOf('\r\n\r\n') + 4;
      if (head < 4) return;
      const answer = (): unknown => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
      if (/^(GET .auth|POST .mirror.no)/.test(input)) answer();
      else if (input.startsWith('POST /mirror/slow')) setTimeout(answer, 150);
      else if (input.length >= head + 3) answer();
    });
    const to = (path: string): string => `proxy_pass http://127.0.0.1:${upstream.port}${path};`;
    serving = await Serving.start(`
      log_format plain '$uri|$status|$request_body';
      access_log {{DIR}}/access.log plain; client_body_temp_path {{DIR}}/body;
      server {
        listen 127.0.0.1:{{PORT}};
        location / { auth_request /auth; ${to('')} }
        location /mirrored { mirror /mirror/no; mirror_request_body off; ${to('')} }
        location /slow { mirror /mirror/slow; ${to('')} }
        location /after { client_body_buffer_size 1; post_action /mirror/after; ${to('')} }
        location /auth { ${to('')} }
        location /mirror/ { log_subrequest on; ${to('')} }
      }`);
  });

  afterEach(async () => {
    await serving.close();
    upstream.close();
  });

  const post = (path: string): string =>
    `POST ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 3\r\n\r\nabc`;
  const arrived = (line: string): string => upstream.heads.find((head) => head.startsWith(line)) ?? '';

  it('is not for the subrequest of auth_request, and still there for the upstream', async () => {
    expect(await serving.connect().send(post('/')).readAll()).toMatch(/ok$/);
    expect(arrived('GET /auth')).toMatch(/\r\n\r\n$/);
    expect(arrived('POST / ')).toMatch(/\r\n\r\nabc$/);
  });

  it('is not for a mirror that began before it was read', async () => {
    expect(await serving.connect().send(post('/mirrored')).readAll()).toMatch(/ok$/);
    await expect.poll(() => arrived('POST /mirror/no')).toMatch(/\r\n\r\n$/);
    expect(arrived('POST /mirrored')).toMatch(/\r\n\r\nabc$/);
  });

  it('a mirror goes on when the client has its answer and leaves', async () => {
    const client = serving.connect().send(post('/slow').replace('Connection: close\r\n', ''));
    await client.read(/ok$/);
    client.socket.destroy();
    await expect.poll(() => serving.accessLog()).toContain('/mirror/slow|200|abc');
  });

  it('is still there for post_action when it was written to a file', async () => {
    expect(await serving.connect().send(post('/after')).readAll()).toMatch(/ok$/);
    expect(arrived('POST /mirror/after')).toMatch(/\r\n\r\nabc$/);
  });
});
