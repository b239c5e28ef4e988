import { describe, expect, test } from 'vitest';
import { resolve } from '../../src/2-resolve/resolve.ts';
import { applyEdits } from '../../src/diagnostics/edits.ts';
import { SourceFile } from '../../src/text/source-file.ts';

const good = `worker_processes 1;
events {}
http {
    upstream app {
        server 127.0.0.1:3000 weight=2;
    }
    map $host $b {
        default up;
        ''      close;
    }
    server {
        listen 80 default_server;
        keepalive_timeout 10s;
        root /var/www;
        location / {
            add_header X "a";
        }
        location ~ "^/[0-9]{3}$" {
            return 404;
        }
        if ($host = a) {
            return 200;
        }
    }
}
`;

const broken = (part: string, by: string): SourceFile => {
  expect(good).toContain(part);
  return new SourceFile(
    '/etc/nginx/nginx.conf',
    good.replace(part, () => by),
  );
};

describe('one mistake is told once, with a fix that mends it', () => {
  test.each([
    ['a missing ";" before a block', '/var/www;', '/var/www', 'directive "root" is not terminated by ";"'],
    [
      'a missing ";" before events',
      'processes 1;',
      'processes 1',
      'directive "worker_processes" is not terminated by ";"',
    ],
    ['a missing ";" in a map', 'up;', 'up', 'invalid number of the map parameters'],
    ['a missing "{"', 'server {\n', 'server\n', 'directive "server" has no opening "{"'],
    ['an expression with "{" without quotes', '"^/[0-9]{3}$"', '^/[0-9]{3}$', 'unknown directive "3}$"'],
    ['no space behind "if"', 'if ($host', 'if($host', 'unknown directive "if($host"'],
    ['a proxy_pass without a scheme', 'add_header X "a"', 'proxy_pass app', 'invalid URL prefix'],
    ['"==" in a condition', '($host = a)', '($host == a)', 'unexpected "==" in condition'],
    [
      'typographic quotes',
      'return 404',
      'return 404 \xe2\x80\x9cnot here\xe2\x80\x9d',
      'invalid number of arguments in "return" directive',
    ],
    ['a slip in a variable', '"a"', '"${hots}-a"', 'unknown "hots" variable'],
    ['"=" behind a name', 'root /var/www', 'root=/var/www', 'unknown directive "root=/var/www"'],
  ])('%s', (_, part, by, message) => {
    const file = broken(part, by);
    const { diagnostics, verdict } = resolve(file);
    expect(diagnostics.map((one) => one.message)).toEqual([message]);
    expect(verdict).toMatchObject({ ok: false, message });
    const mended = new SourceFile(file.path, applyEdits(file.text, diagnostics[0]!.fixes[0]!.edits));
    expect(resolve(mended).verdict).toEqual({ ok: true });
  });
});

describe('one mistake is told once, with what to do', () => {
  test.each([
    ['weight=2', 'wieght=2', 'Did you mean "weight="?'],
    ['default_server', 'defualt_server', 'Did you mean "default_server"?'],
    ['listen 80 ', 'listen 80000 ', 'A port is a number from 1 to 65535.'],
    ['10s', '10sec', 'A time is a whole number of seconds or has units'],
    ['"a"', '"a"$host', 'Behind a closing quote there must be white space'],
    ['return 404', 'return http//x', 'It takes a status of at most three digits'],
    ['200;\n        }', '200;\n        } else { }', 'nginx has no "else"'],
  ])('%j for %j', (part, by, detail) => {
    const { diagnostics } = resolve(broken(part, by));
    expect(diagnostics.map((one) => one.detail)).toEqual([expect.stringContaining(detail)]);
  });
});

test('a "}" too many is taken away with the line that it stands on alone', () => {
  const mended = (config: string): string => {
    const file = new SourceFile('/etc/nginx/nginx.conf', config);
    return applyEdits(file.text, resolve(file).diagnostics[0]!.fixes[0]!.edits);
  };
  expect(mended('events {}\nhttp {\n}\n}\n')).toBe('events {}\nhttp {\n}\n');
  expect(mended('events {}\nhttp {\n    server { listen 80; }\n    }\n}\n')).toBe(
    'events {}\nhttp {\n    server { listen 80; }\n}\n',
  );
  expect(mended('events {}\nhttp { } }\n')).toBe('events {}\nhttp { } \n');
});

describe('text behind a quote that is left open', () => {
  const lines = (line: string, count: number): string =>
    Array.from({ length: count }, (_, at) => line.replace('#', String(at))).join('\n');
  const told = (config: string): string[] =>
    resolve(new SourceFile('/etc/nginx/nginx.conf', config)).diagnostics.map(({ message }) => message);
  const open = 'unexpected end of file, expecting ";" or "}"';

  test('is not told of as unknown directives', () => {
    const long = lines('lorem ipsum # dolor;', 3000);
    const missing = 'too long parameter, probably missing terminating """ character';
    expect(told(`events {}\nhttp { log_format x "abc;\n${long}\n}`)).toEqual([missing]);
    expect(told(`events {}\nhttp { log_format x 'abc;\n${lines('lorem # ipsum;', 3)}\n}`)).toEqual([open]);
  });

  test('is not told of as entries of a map', () => {
    expect(told(`events {}\nhttp { map $host $x {\na "b;\n${lines('lorem # dolor;', 9)}\n}}`)).toEqual([
      open,
    ]);
  });

  test('is still told of where it resembles a directive', () => {
    const config = "events {}\nhttp { log_format x 'abc;\nserver { lisen 80; lorem; }\n}";
    expect(told(config)).toEqual([open, 'unknown directive "lisen"']);
  });
});

test('a second default server is told with the first, and its server has no other address for it', () => {
  const servers = ['listen 80', 'listen 80 default_server', 'listen 80 default_server']
    .map((listen, at) => `server { ${listen}; server_name s${at}; }\n`)
    .join('');
  const file = new SourceFile('/etc/nginx/nginx.conf', `events {}\nhttp {\n${servers}}`);
  const { diagnostics } = resolve(file);
  expect(diagnostics.map(({ message }) => message)).toEqual(['a duplicate default server for 0.0.0.0:80']);
  expect(diagnostics[0]!.related.map(({ span }) => file.lineAt(span.start))).toEqual([4]);
});

test('a variable that does not exist is marked where the text mentions it', () => {
  const file = broken('"a"', '"$host and $hosting"');
  const { diagnostics } = resolve(file);
  expect(diagnostics.map(({ span }) => file.text.slice(span.start, span.end))).toEqual(['$hosting']);
});

test('a file with nothing of nginx in it is not told to have an events block', () => {
  const messages = (text: string): string[] =>
    resolve(new SourceFile('/etc/nginx/nginx.conf', text)).diagnostics.map(({ message }) => message);
  expect(messages('root:*:20228\n')).toEqual(['unexpected end of file, expecting ";" or "}"']);
  expect(messages('# nothing\n')).toEqual(['no "events" section in configuration']);
});
