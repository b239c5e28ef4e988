import { describe, expect, it } from 'vitest';
import { get, headerOf, serve } from '../truth/serve.ts';

describe('msie_refresh', () => {
  const run = serve(`msie_refresh on;
    location / { return 301 "to \\"there"; }
    location /page { return 403; error_page 403 http://example.com/; }
    location /307 { return 307 text; }
    location /off { msie_refresh off; return 301 text; }`);
  const ask = (target: string, agent: string): ReturnType<typeof run> =>
    run(get(target, `User-Agent: ${agent}`));

  it('gives MSIE a page that goes to the target', () => {
    const { status, head, body } = ask('/', 'MSIE foo');
    expect(status).toBe(200);
    expect(headerOf(head, 'Location')).toBeNull();
    expect(headerOf(head, 'Content-Length')).toBe(String(body.length));
    expect(body).toBe(
      '<html><head><meta http-equiv="Refresh" content="0; URL=to%20%22there"></head><body></body></html>\r\n',
    );
    expect(ask('/page', 'MSIE foo').body).toContain('URL=http://example.com/"');
  });
  it('leaves other browsers, other statuses and other places alone', () => {
    expect(ask('/', 'Opera').status).toBe(301);
    expect(ask('/307', 'MSIE foo').status).toBe(307);
    expect(ask('/off', 'MSIE foo').status).toBe(301);
  });
});

describe('error_page for conditions and ranges that cannot be met', () => {
  const text = { 'html/text': 'text', 'html/elsewhere': 'text', 'html/asked': 'text', 'html/own': 'text' };
  const config = `root html;
    add_header X-Always a always;
    error_page 412 =299 /page;
    error_page 416 @page;
    location /page { return 200 "page $status"; }
    location @page { return 200 "for $uri"; }
    location /elsewhere { error_page 412 416 http://other.test/; }
    location /asked { error_page 412 416 = /proxied; }
    location /proxied { proxy_pass http://{{B1}}; }
    location /own { error_page 404 /page; }`;
  const run = serve(config, { files: text });
  const range = 'Range: bytes=100-';
  const condition = 'If-Match: "other"';

  it('answers a condition with a new head', () => {
    const { status, head, body } = run(get('/text', condition));
    expect([status, body]).toEqual([299, 'page 299']);
    expect(head.match(/X-Always/g)).toHaveLength(1);
  });
  it('answers a range with the lines that were there and what the page adds', () => {
    const { status, head, body } = run(get('/text', range));
    expect([status, body]).toEqual([416, 'for /text']);
    expect(head).toMatch(/X-Always: a\r\nContent-Range: bytes \*\/4\r\nX-Always: a\r\n/);
  });
  it('may lead elsewhere, behind those lines', () => {
    const { status, head } = run(get('/elsewhere', range));
    expect(status).toBe(302);
    expect(head).toMatch(/Content-Range: bytes \*\/4\r\nLocation: http:\/\/other.test\/\r\n/);
  });
  it('may ask an upstream about a range, and no longer about a condition', () => {
    expect(run(get('/asked', range)).upstream).toHaveLength(1);
    expect(run(get('/asked', condition))).toMatchObject({ status: 'none', closed: true });
  });
  it('gives way to a page of nginx, with padding for MSIE', () => {
    expect(run(get('/own', condition)).body).toContain('412 Precondition Failed');
    expect(run(get('/own', condition, 'User-Agent: MSIE foo')).body).toContain('a padding to disable MSIE');
  });
});

describe('error_page for a code that no client gets', () => {
  it.each([494, 497])('%d answers with 400', (code) => {
    const run = serve(
      `location / { return ${code}; error_page ${code} /page; } location /page { return 200 own; }`,
    );
    expect(run(get('/'))).toMatchObject({ status: 400, body: 'own' });
  });
});
