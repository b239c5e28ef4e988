import { describe, expect, it } from 'vitest';
import { resolve } from '../../../src/2-resolve/resolve.ts';
import { lower } from '../../../src/3-plan/lower.ts';
import type { BodyPart, Connection, Engine } from '../../../src/engine/api.ts';
import { compileEngine } from '../../../src/engine/engine.ts';
import type { Request } from '../../../src/engine/request.ts';
import { SourceFile } from '../../../src/text/source-file.ts';
import { fakeWorld } from '../truth/world.ts';

/** An engine that serves `pages` from /html with `location / { settings }`. */
function engineFor(pages: Readonly<Record<string, string>>, settings: string): Engine {
  const text = `events {} http { types { text/html html; text/plain txt; } server {
    listen 80; root /html; location / { ${settings} } location /var { return 200 "$uri $arg_x"; } } }`;
  const { plan } = lower(resolve(new SourceFile('/etc/nginx.conf', text), { target: '1.31.5' }));
  const files = Object.fromEntries(Object.entries(pages).map(([name, page]) => [`/html/${name}`, page]));
  return compileEngine(plan, fakeWorld(files));
}

/** The head and the body as the runtime would send them. */
function ask(
  engine: Engine,
  pages: Readonly<Record<string, string>>,
  target: string,
): { head: string; body: string } {
  const connection = {
    listen: 0,
    remoteAddress: '127.0.0.1',
    serverAddress: '127.0.0.1',
    tls: null,
  } as Connection;
  connection.requests = 0;
  const bytes = `GET ${target} HTTP/1.0\r\nHost: a\r\n\r\n`;
  const request = engine.begin(connection, bytes, 0)!;
  const head = engine.responseHead(request)!;
  return { head, body: bodyOf(request) };

  function bodyOf(each: Request): string {
    const { body, bodyFilter } = each;
    const raw: readonly BodyPart[] = body === null ? [] : typeof body === 'string' ? [body] : body;
    const text = raw.map((part) => (typeof part === 'string' ? part : fileOf(part))).join('');
    return bodyFilter === null
      ? text
      : render([...bodyFilter.push(text, false), ...bodyFilter.push('', true)]);
  }
  function fileOf(part: Exclude<BodyPart, string>): string {
    return part.kind === 'file' ? pages[part.path.slice('/html/'.length)]!.slice(part.start, part.end) : '';
  }
  function render(parts: readonly BodyPart[]): string {
    return parts
      .map((part) => {
        if (typeof part === 'string') return part;
        if (part.kind !== 'subrequest') return fileOf(part);
        engine.responseHead(part.child);
        const output = bodyOf(part.child);
        const after = part.after === undefined ? '' : render(part.after(output));
        return (part.capture === true ? '' : output) + after;
      })
      .join('');
  }
}

describe('ssi on', () => {
  const pages = {
    'a.html': '<<!--#echo var="uri" -->>',
    'include.html': '[<!--#include virtual="/var?x=1" -->|<!--#include virtual="a.html" -->]',
    'set.html': '<!--#include virtual="/var?x=2" set="v" -->(<!--#echo var="v" -->)',
    'missing.html':
      '<!--#block name="b" -->instead<!--#endblock --><!--#include virtual="/none" stub="b" -->.',
    'loop.html': 'x<!--#include virtual="/loop.html" -->',
    'plain.txt': '<!--#echo var="uri" -->',
    'unknown.html': '<!--#echo var="no_such_variable" --> <!--#echo var="http_host" -->',
  };
  const engine = engineFor(pages, 'ssi on;');
  const page = (name: string): { head: string; body: string } => ask(engine, pages, `/${name}`);

  it('puts the answers of subrequests into a page', () => {
    expect(page('include.html').body).toBe('[/var 1|</a.html>]');
    expect(page('set.html').body).toBe('(/var 2)');
  });
  it('shows a stub where a subrequest fails', () => {
    expect(page('missing.html').body).toBe('instead.');
  });
  it('ends a page that includes itself', () => {
    expect(page('loop.html').body).toBe(
      `${'x'.repeat(51)}[an error occurred while processing the directive]`,
    );
  });
  it('knows the request’s variables', () => {
    expect(page('unknown.html').body).toBe('(none) a');
  });
  it('takes the length and the date off the head, of its types only', () => {
    const { head } = page('a.html');
    expect(head).not.toMatch(/Content-Length|Last-Modified|ETag|Accept-Ranges/);
    const plain = page('plain.txt');
    expect(plain.body).toBe(pages['plain.txt']);
    expect(plain.head).toMatch(/Content-Length: 23/);
  });
  it('can keep the date', () => {
    const { head } = ask(engineFor(pages, 'ssi on; ssi_last_modified on;'), pages, '/a.html');
    expect(head).toMatch(/Last-Modified: .*\r\nConnection: close\r\nETag: W\/"/s);
  });
  it('is silent about errors on demand', () => {
    const silent = engineFor(pages, 'ssi on; ssi_silent_errors on;');
    expect(ask(silent, pages, '/loop.html').body).toBe('x'.repeat(51));
  });
});

describe('ssi off', () => {
  it('leaves pages alone', () => {
    const pages = { 'a.html': '<!--#echo var="uri" -->' };
    expect(ask(engineFor(pages, ''), pages, '/a.html').body).toBe(pages['a.html']);
  });
});
