import { describe, expect, it } from 'vitest';
import { defineBrowser } from '../../../src/engine/modules/browser.ts';
import { defineGeos, defineSplitClients } from '../../../src/engine/modules/geo.ts';
import { defineMaps } from '../../../src/engine/modules/map.ts';
import { defineRealip, realipHandler, restoreAddress } from '../../../src/engine/modules/realip.ts';
import { defineReferer } from '../../../src/engine/modules/referer.ts';
import { defineSecureLink } from '../../../src/engine/modules/secure-link.ts';
import type { TestEngine } from './engine-of.ts';
import { engineOf } from './engine-of.ts';

function withVariables(body: string): TestEngine {
  const engine = engineOf(body);
  for (const define of [
    defineMaps,
    defineGeos,
    defineSplitClients,
    defineReferer,
    defineSecureLink,
    defineRealip,
    defineBrowser,
  ])
    define(engine.cx);
  return engine;
}

describe('map', () => {
  const engine = withVariables(`
    map $http_x $plain { default none; '' empty; Word word; ~*^re(?<rest>.*)$ "re:$rest"; ~^(b)c "$1"; \\default d; }
    map $http_x $hosts { hostnames; default other; .example.com both; *.example.org wild; www.* tail; }
    map $plain $chained { word "$plain!"; }
    map $http_x $kept { default $http_y; }
    map $http_x $fresh { volatile; default $http_y; }
    server { location / { } }`);
  const value = (name: string, text: string): string =>
    engine.cx.variables.evaluator(name)(engine.request('/', { X: text }));

  it.each([
    ['word', 'word'],
    ['WORD', 'word'],
    ['', 'empty'],
    ['REst', 're:st'],
    ['bcd', 'b'],
    ['default', 'd'],
    ['else', 'none'],
  ])('of %j is %j', (text, expected) => {
    expect(value('plain', text)).toBe(expected);
  });
  it.each([
    ['example.com', 'both'],
    ['a.example.com.', 'both'],
    ['a.example.org', 'wild'],
    ['example.org', 'other'],
    ['www.x', 'tail'],
  ])('with hostnames of %j is %j', (text, expected) => {
    expect(value('hosts', text)).toBe(expected);
  });
  it('can use another map, and is empty without default', () => {
    expect([value('chained', 'word'), value('chained', 'x')]).toEqual(['word!', '']);
  });
  it('keeps its first value unless volatile', () => {
    const request = engine.request('/', { X: '1', Y: 'a' });
    const { variables } = engine.cx;
    const both = (): string[] => [
      variables.evaluator('kept')(request),
      variables.evaluator('fresh')(request),
    ];
    expect(both()).toEqual(['a', 'a']);
    request.headers[request.headers.lastIndexOf('a')] = 'b';
    expect(both()).toEqual(['a', 'b']);
  });
});

describe('geo and split_clients', () => {
  const engine = withVariables(`
    geo $place { default world; proxy 127.0.0.1; 192.0.2.0/24 test; 127.0.0.1 here; }
    geo $http_x $of { ranges; 10.0.0.0-10.0.0.255 ten; }
    split_clients $http_x $half { 50% a; * b; }
    server { location / { } }`);
  const value = (name: string, headers: Record<string, string>): string =>
    engine.cx.variables.evaluator(name)(engine.request('/', headers));

  it('find the client, behind proxies too', () => {
    expect(value('place', {})).toBe('here');
    expect(value('place', { 'X-Forwarded-For': '192.0.2.7' })).toBe('test');
    expect(value('place', { 'X-Forwarded-For': '198.51.100.7' })).toBe('world');
    expect(value('of', { X: '10.0.0.7' })).toBe('ten');
    expect(value('of', { X: 'nonsense' })).toBe('');
  });
  it('split by the key', () => {
    const seen = new Set(Array.from({ length: 20 }, (_, key) => value('half', { X: `k${key}` })));
    expect([...seen].sort()).toEqual(['a', 'b']);
  });
});

describe('realip', () => {
  const engine = withVariables(`server {
    set_real_ip_from 127.0.0.1;
    location / { }
    location /fwd { real_ip_header X-Forwarded-For; real_ip_recursive on; set_real_ip_from 127.0.0.1; set_real_ip_from 10.0.0.0/8; }
    location /own { real_ip_header X-Mine; }
  }`);
  const address = (location: string, headers: Record<string, string>): string => {
    const request = engine.request(location, headers);
    engine.handler(realipHandler, location)!(request);
    const now = `${request.connection.remoteAddress}:${request.connection.remotePort}`;
    const before = engine.cx.variables.evaluator('realip_remote_addr')(request);
    restoreAddress(request);
    return `${now} ${before} ${request.connection.remoteAddress}:${request.connection.remotePort}`;
  };

  it('believes trusted senders and gives the connection its address back', () => {
    expect(address('/', { 'X-Real-IP': '192.0.2.1' })).toBe('192.0.2.1:0 127.0.0.1 127.0.0.1:1234');
    expect(address('/', { 'X-Real-IP': '[2001:db8::1]:99' })).toBe('2001:db8::1:99 127.0.0.1 127.0.0.1:1234');
    expect(address('/fwd', { 'X-Forwarded-For': '192.0.2.1, 10.0.0.1' })).toMatch(/^192\.0\.2\.1:0 /);
    expect(address('/own', { 'X-Mine': '192.0.2.9' })).toMatch(/^192\.0\.2\.9:0 /);
    expect(address('/own', { 'X-Real-IP': '192.0.2.9' })).toMatch(/^127\.0\.0\.1:1234 /);
  });
});

describe('referers and secure links', () => {
  const engine = withVariables(`server {
    server_name named.example;
    location /r { valid_referers none server_names *.example.org ~uk/; }
    location /p/ { secure_link_secret word; }
    location /s { secure_link $http_x; secure_link_md5 "secret$http_y"; }
    location /o/ { secure_link_secret word; location /o/i { secure_link $http_x; secure_link_md5 secret7; } }
  }`);
  const value = (
    name: string,
    location: string,
    headers: Record<string, string>,
    uri = '',
  ): string | null => {
    const request = engine.request(location, headers);
    request.uri = uri;
    return engine.cx.variables.getter(name)(request);
  };

  it('tell invalid referers', () => {
    expect(value('invalid_referer', '/r', {})).toBe('');
    expect(value('invalid_referer', '/r', { Referer: 'http://named.example/' })).toBe('');
    expect(value('invalid_referer', '/r', { Referer: 'http://a.example.org/' })).toBe('');
    expect(value('invalid_referer', '/r', { Referer: 'http://x.uk/' })).toBe('');
    expect(value('invalid_referer', '/r', { Referer: 'http://evil.example/' })).toBe('1');
    expect(value('invalid_referer', '/s', { Referer: 'http://evil.example/' })).toBe('');
  });
  it('check links against their secret', () => {
    // md5('linkword') and md5('secret7') as nginx's documentation describes them.
    expect(value('secure_link', '/p/', {}, '/p/29245bdc2d04a9e0e729927ed0f84e26/link')).toBe('link');
    expect(value('secure_link', '/p/', {}, '/p/29245bdc2d04a9e0e729927ed0f84e26/else')).toBeNull();
    expect(value('secure_link', '/s', { X: '_PzaB7j7ff94ivFmtqePPg', Y: '7' })).toBe('1');
    expect(value('secure_link', '/s', { X: '_PzaB7j7ff94ivFmtqePPg', Y: '8' })).toBeNull();
    expect(value('secure_link', '/s', { X: '_PzaB7j7ff94ivFmtqePPg,2147483647', Y: '7' })).toBe('1');
    expect(value('secure_link', '/s', { X: '_PzaB7j7ff94ivFmtqePPg,1', Y: '7' })).toBe('0');
    for (const end of ['', '0', '-1', '1x', '99999999999999999999']) {
      expect(value('secure_link', '/s', { X: `_PzaB7j7ff94ivFmtqePPg,${end}`, Y: '7' })).toBeNull();
      expect(value('secure_link_expires', '/s', { X: `_PzaB7j7ff94ivFmtqePPg,${end}`, Y: '7' })).toBeNull();
    }
    expect(value('secure_link', '/s', { X: '_PzaB7j7ff94ivFmtqePPg,02147483647', Y: '7' })).toBe('1');
    expect(value('secure_link', '/o/i', { X: '_PzaB7j7ff94ivFmtqePPg' })).toBe('1');
    expect(value('secure_link_expires', '/s', { X: '_PzaB7j7ff94ivFmtqePPg,1', Y: '7' })).toBe('1');
  });
});

describe('browsers', () => {
  const engine = withVariables(`
    modern_browser gecko 1.5;
    server {
      location /none { }
      location /m { modern_browser MSIE 5.5; modern_browser unlisted; ancient_browser Links netscape4; modern_browser_value new;
        location /m/in { ancient_browser Lynx; ancient_browser_value old; } }
      location /u { modern_browser unlisted; }
      location /o { modern_browser opera 9.1; }
    }`);
  const value = (location: string, agent: string | null): string[] => {
    const request = engine.request(location, agent === null ? {} : { 'User-Agent': agent });
    return ['modern_browser', 'ancient_browser'].map((name) => engine.cx.variables.evaluator(name)(request));
  };

  it.each([
    ['/none', 'Mozilla/5.0 (X11; U; rv:1.5) Gecko', '1', ''],
    ['/none', 'Mozilla/5.0 (X11; U; rv:1.4.9) Gecko', '', '1'],
    ['/none', 'Mozilla/5.0 (X11; U; rv:', '', '1'],
    ['/none', null, '', '1'],
    ['/m', 'Mozilla/4.0 (compatible; MSIE 5.5; X)', 'new', ''],
    ['/m', 'Mozilla/4.0 (compatible; MSIE 5.01; X)', '', '1'],
    ['/m', 'Mozilla/4.0 (compatible; MSIE 6.0; X) Opera 7.50', '', '1'],
    ['/m', 'Mozilla/4.72 [en] (X11)', '', '1'],
    ['/m', 'Links (2.1)', '', '1'],
    ['/m', 'Lynx', 'new', ''],
    ['/m', null, 'new', ''],
    ['/m/in', 'Lynx', '', 'old'],
    ['/m/in', 'Links (2.1)', 'new', ''],
    ['/u', 'Mozilla/5.0 (X11; U; rv:1.0) Gecko', '1', ''],
    ['/o', 'Opera/9.10 (X11)', '1', ''],
    ['/o', 'Opera/9.1 (X11)', '1', ''],
    ['/o', 'Opera/9.0.99 (X11)', '', '1'],
  ])('in %s with %j are modern %j or ancient %j', (location, agent, modern, ancient) => {
    expect(value(location, agent)).toEqual([modern, ancient]);
  });
});
