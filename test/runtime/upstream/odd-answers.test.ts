import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { arrived, Serving, Upstream } from '../support/serving.ts';

const chunked = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';

describe('what becomes of odd answers and requests', () => {
  let serving: Serving;
  let first: Upstream;
  let second: Upstream;

  beforeEach(async () => {
    first = await Upstream.start((socket, input) => {
      if (!input.includes('\r\n\r\n')) return;
      if (input.startsWith('GET /fault ')) socket.end(`${chunked}5\r\nabcde\r\nzz\r\n`);
      if (input.startsWith('GET /late ')) {
        socket.write(`${chunked}5\r\nabcde\r\n`);
        void arrived().then(() => socket.end('3\r\nxyz\r\nzz\r\n'));
      }
      if (input.startsWith('HEAD /line ')) socket.end('HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n');
      if (input.startsWith('GET /accel '))
        socket.end('HTTP/1.1 200 OK\r\nX-Accel-Redirect: /files/a\r\nContent-Disposition: inline\r\n\r\n');
      if (input.startsWith('GET /accel/text '))
        socket.end('HTTP/1.1 200 OK\r\nX-Accel-Redirect: /redirected\r\nAccept-Ranges: bytes\r\n\r\n');
      if (input.startsWith('GET /passed ')) socket.end('HTTP/1.1 200 x\r\nContent-Length: 2\r\n\r\nup');
      if (input.startsWith('GET /in/')) socket.end(redirect(first));
    });
    second = await Upstream.start((socket, input) => {
      if (input.includes('\r\n\r\n')) socket.end(redirect(second));
    });
    const to = (upstream: Upstream): string => `proxy_pass http://127.0.0.1:${upstream.port};`;
    serving = await Serving.start(
      `
      proxy_temp_path {{DIR}}/proxy; client_body_temp_path {{DIR}}/body;
      log_format plain '$uri|$status|$bytes_sent|$sent_http_connection|$content_length|$request_length|$request_completion';
      access_log {{DIR}}/access.log plain;
      absolute_redirect off;
      server {
        listen 127.0.0.1:{{PORT}};
        location / { ${to(first)} }
        location /in {
          ${to(first)}
          location /in/own { ${to(first)} }
          location /in/other { ${to(second)} }
          location /in/variable { proxy_pass http://127.0.0.1:$arg_port; }
          location /in/default { ${to(second)} proxy_redirect default; }
          if ($arg_if) { ${to(second)} }
        }
        location /accel { ${to(first)} proxy_force_ranges on; }
        location /redirected { return 200 text; }
        location /text { return 200 text; }
        location /nowhere { proxy_pass http://$arg_none; }
        location /length { return 418 $content_length; }
        location /elsewhere { return 302 /; }
        location /refused { return 403; }
        location /limited { client_max_body_size 2; error_page 413 /passed; ${to(first)} }
        location /instead { return 302 /x; error_page 302 = /passed; }
        location /trailer { add_trailer X-T t; return 200 text; }
        location /files/ { root {{DIR}}; }
        location /passed { ${to(first)} }
      }`,
      { 'files/a': 'file' },
    );
  });

  afterEach(async () => {
    await serving.close();
    first.close();
    second.close();
  });

  const redirect = ({ port }: Upstream): string =>
    `HTTP/1.1 301 x\r\nLocation: http://127.0.0.1:${port}/y\r\nContent-Length: 0\r\n\r\n`;
  const answer = (head: string): Promise<string> => serving.connect().send(head).readAll();
  const get = (uri: string): Promise<string> =>
    answer(`GET ${uri} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
  const location = async (uri: string): Promise<string> =>
    /\r\nLocation: (.*?)\r\n/.exec(await get(uri))![1]!;

  it('sends nothing of a chunked answer whose first data came with a fault', async () => {
    expect(await get('/fault')).toBe('');
    await expect.poll(() => serving.accessLog()).toMatch(/^\/fault\|200\|0\|.*\|\n/);
  });

  it('sends what came before the data with the fault', async () => {
    expect(await get('/late')).toMatch(/\r\n\r\n5\r\nabcde\r\n$/);
    await get('/text');
    await expect.poll(() => serving.accessLog()).toMatch(/^\/late\|.*\|OK\n\/text\|.*\|OK\n/);
  });

  it('reads nothing of an answer to HEAD that has no head', async () => {
    expect(await answer('HEAD /line HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')).toBe('');
  });

  it('takes the default proxy_redirect of the outermost location that passes requests on', async () => {
    expect(await location('/in/own')).toBe('/y');
    expect(await location('/in/default')).toBe('/y');
    expect(await location(`/in/variable?port=${first.port}`)).toBe('/y');
    const notRewritten = `http://127.0.0.1:${second.port}/y`;
    expect(await location('/in/other')).toBe(notRewritten);
    expect(await location('/in/if?if=1')).toBe(notRewritten);
  });

  it('puts the tag of a file behind the lines that came with X-Accel-Redirect', async () => {
    expect(await get('/accel')).toMatch(/\r\nContent-Disposition: inline\r\nETag: "[^"]+"\r\n/);
  });

  it('forces no ranges on what X-Accel-Redirect leads to', async () => {
    expect(await get('/accel/text')).not.toContain('Accept-Ranges');
  });

  it('logs the connection as kept where a page in place of the answer ends it', async () => {
    await answer('GET /text HTTP/1.1\r\nHost: x\r\nIf-Match: "x"\r\n\r\n');
    await expect.poll(() => serving.accessLog()).toMatch(/^\/text\|412\|\d+\|keep-alive\|/);
  });

  it('throws a body away before it answers with a text, and minds when it is malformed', async () => {
    const ask = (uri: string, body: string): Promise<string> =>
      answer(
        `POST ${uri} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n${body}`,
      );
    expect(await ask('/length', '3\r\nabc\r\n0\r\n\r\n')).toMatch(/^HTTP\/1.1 418 [^]*\r\n\r\n0$/);
    for (const uri of ['/text', '/length', '/elsewhere'])
      expect(await ask(uri, '3\r\nabcd\r\n0\r\n\r\n')).toMatch(/^HTTP\/1.1 400 /);
    expect(await ask('/refused', '3\r\nabcd\r\n0\r\n\r\n')).toMatch(/^HTTP\/1.1 403 /);
  });

  it('sends no body on that was thrown away', async () => {
    const head = 'POST /instead HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 3\r\n\r\nabc';
    expect(await answer(head)).toMatch(/^HTTP\/1.1 200 [^]*up$/);
    expect(first.heads[0]).toMatch(/\r\nContent-Length: 0\r\n\r\n$/);
  });

  it('sends nothing on of a body that is too large, and asks for none', async () => {
    const head = 'POST /limited HTTP/1.1\r\nHost: x\r\nConnection: close\r\nExpect: 100-continue\r\n';
    for (const body of [
      'Content-Length: 3\r\n\r\nabc',
      'Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n',
    ]) {
      expect(await answer(head + body)).toMatch(/HTTP\/1.1 413 [^]*up$/);
      expect(first.heads.at(-1)).toMatch(/\r\nContent-Length: 0\r\n\r\n$/);
    }
    expect(serving.errorLog()).toContain('client intended to send too large chunked body: 0+3 bytes');
  });

  it('keeps the connection of an HTTP/1.0 client where trailers cannot be sent', async () => {
    const client = serving.connect().send('GET /trailer HTTP/1.0\r\nConnection: keep-alive\r\n\r\n');
    expect(await client.read(/text$/)).toContain('\r\nConnection: keep-alive\r\n');
  });

  it('asks for no body where there is nowhere to send it to', async () => {
    const head = 'POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\nabc';
    expect(await answer(head)).toMatch(/^HTTP\/1.1 500 /);
  });

  it('logs how much of a malformed chunked body was read, and does not count what came with the head', async () => {
    const head = 'POST /body HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n';
    await answer(`${head}-1\r\n\r\n`);
    await expect.poll(() => serving.accessLog()).toContain(`|0|${head.length}|`);
    await answer(`${head}3\r\nabc\r\nzz\r\n`);
    await expect.poll(() => serving.accessLog()).toContain(`|3|${head.length}|`);
  });
});
