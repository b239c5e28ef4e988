import { describe, expect, it } from 'vitest';
import {
  beginRequest,
  nameValue,
  record,
  recordTypes,
  stderrText,
} from '../../../src/engine/gateways/fastcgi/records.ts';
import { fastcgi } from '../../../src/engine/gateways/fastcgi/fastcgi.ts';
import { defineFastcgiVariables } from '../../../src/engine/gateways/fastcgi/variables.ts';
import { Exchange } from '../../../src/engine/proxy/exchange.ts';
import { engineOf } from '../modules/engine-of.ts';

describe('records', () => {
  it('are filled up to a multiple of eight', () => {
    expect(record(recordTypes.stdin, 'abc')).toBe('\x01\x05\0\x01\0\x03\x05\0abc\0\0\0\0\0');
    expect(record(recordTypes.params, '')).toBe('\x01\x04\0\x01\0\0\0\0');
    expect(beginRequest(true)).toBe('\x01\x01\0\x01\0\x08\0\0\0\x01\x01\0\0\0\0\0');
  });
  it('tell lengths above 127 in four bytes', () => {
    expect(nameValue('a', 'b'.repeat(127)).slice(0, 3)).toBe('\x01\x7fa');
    expect(nameValue('a', 'b'.repeat(300)).slice(0, 6)).toBe('\x01\x80\0\x01\x2ca');
  });
  it('have messages that lose what ends them', () => {
    expect(stderrText('PHP message: no. \r\n')).toBe('PHP message: no');
    expect(stderrText('\n')).toBe('\n');
  });
  it('have messages that are read once, whatever they are full of', () => {
    const started = performance.now();
    expect(stderrText(`${' '.repeat(65_000)}x`)).toHaveLength(65_001);
    expect(performance.now() - started).toBeLessThan(500);
  });
});

describe('parameters', () => {
  const engine = engineOf(`server {
    location /php {
      fastcgi_pass 127.0.0.1:9; fastcgi_index index.php; fastcgi_split_path_info ^(.+?\\.php)(/.*)$;
      fastcgi_param SCRIPT $fastcgi_script_name; fastcgi_param INFO $fastcgi_path_info if_not_empty;
      fastcgi_param HTTP_X_OWN own; fastcgi_param HTTP_PROXY "";
    }
    location /bare { fastcgi_pass 127.0.0.1:9; fastcgi_pass_request_headers off; fastcgi_param HTTP_HOST a; }
  }`);
  defineFastcgiVariables(engine.cx);
  const params = (location: string, uri: string, headers: readonly string[] = []): string[] => {
    const request = engine.request(location);
    Object.assign(request, { uri, host: 'h' });
    for (let at = 0; at < headers.length; at += 2)
      request.headers.push(headers[at]!, headers[at]!.toLowerCase(), headers[at + 1]!);
    const bytes = fastcgi.compileHead(engine.cx, engine.settings(location)).write(request, {} as Exchange)!;
    const content = bytes.slice(24, 24 + bytes.charCodeAt(20) * 256 + bytes.charCodeAt(21));
    const found: string[] = [];
    for (let at = 0; at < content.length;) {
      const [name, value] = [content.charCodeAt(at), content.charCodeAt(at + 1)];
      found.push(
        `${content.slice(at + 2, at + 2 + name)}=${content.slice(at + 2 + name, at + 2 + name + value)}`,
      );
      at += 2 + name + value;
    }
    return found;
  };

  it('are those of the configuration, then the headers', () => {
    expect(params('/php', '/a.php', ['User-Agent', 'x', 'X-Own', 'no', 'Proxy', 'no'])).toEqual([
      'SCRIPT=/a.php',
      'HTTP_X_OWN=own',
      'HTTP_HOST=h',
      'HTTP_USER_AGENT=x',
    ]);
  });
  it('split the URI, and name the index', () => {
    expect(params('/php', '/a.php/b').slice(0, 2)).toEqual(['SCRIPT=/a.php', 'INFO=/b']);
    expect(params('/php', '/d/')[0]).toBe('SCRIPT=/d/index.php');
  });
  it('join the lines of one header', () => {
    const lines = ['X-A', '1', 'Cookie', 'a', 'x-a', '2', 'cookie', 'b'];
    expect(params('/php', '/', lines).slice(-2)).toEqual(['HTTP_X_A=1, 2', 'HTTP_COOKIE=a; b']);
  });
  it('leave headers out where they are told to', () => {
    expect(params('/bare', '/', ['X', 'y'])).toEqual(['HTTP_HOST=a']);
  });
  it('fit into one record', () => {
    const request = engine.request('/php', { Long: 'x'.repeat(70_000) });
    expect(fastcgi.compileHead(engine.cx, engine.settings('/php')).write(request, {} as Exchange)).toBeNull();
  });
});
