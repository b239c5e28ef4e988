import { describe, expect, test } from 'vitest';
import { get, headerOf, serve } from '../truth/serve.ts';

const serving = (format: string) =>
  serve(`root /truth; autoindex on; autoindex_format ${format};`, { files: { 'd/x': 'x' } });
const entry = '{ "name":"x", "type":"file", "mtime":"Wed, 01 Jan 2020 00:00:00 GMT", "size":1 }';
const json = `[\r\n${entry}\r\n]`;

describe('the list of a folder', () => {
  test.each([
    ['json', 'application/json'],
    ['jsonp', 'application/json'],
    ['xml', 'text/xml; charset=utf-8'],
    ['html', 'text/html'],
  ])('as %s is %s', (format, type) => {
    expect(headerOf(serving(format)(get('/d/')).head, 'Content-Type')).toBe(type);
  });

  test.each(['callback=a.b_1', 'x=1&CALLBACK=a.b_1', 'callback=a.b_1&callback=c'])(
    'as jsonp calls the function of ?%s',
    (args) => {
      const { head, body } = serving('jsonp')(get(`/d/?${args}`));
      expect(headerOf(head, 'Content-Type')).toBe('application/javascript');
      expect(body).toContain(`\r\n/* callback */\r\na.b_1(${json});`);
    },
  );

  test.each(['a$b', 'a[0]', '%61', 'a'.repeat(129)])('as jsonp is refused for the name %s', (name) => {
    expect(serving('jsonp')(get(`/d/?callback=${name}`)).status).toBe(400);
  });

  test('as jsonp without a name is JSON', () => {
    expect(serving('jsonp')(get('/d/?callback=')).body).toContain(`\r\n${json}\r\n`);
  });
});
