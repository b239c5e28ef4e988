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
