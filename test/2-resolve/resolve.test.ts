import fc from '../property.ts';
import { describe, expect, it } from 'vitest';
import { memoryReader } from '../../src/2-resolve/file-reader.ts';
import { glob } from '../../src/2-resolve/glob.ts';
import { resolveAny } from '../../src/2-resolve/resolve-any.ts';
import type { ResolveOptions } from '../../src/2-resolve/resolve.ts';
import { resolve } from '../../src/2-resolve/resolve.ts';
import type { ResolvedBlock, ResolvedConfig } from '../../src/2-resolve/resolved-config.ts';
import { SourceFile } from '../../src/text/source-file.ts';

const path = '/etc/nginx/nginx.conf';

function read(
  text: string,
  options: ResolveOptions & { files?: Record<string, string> } = {},
): ResolvedConfig {
  const { files = {}, ...rest } = options;
  return resolve(new SourceFile(path, text), { reader: memoryReader(files), ...rest });
}

/** The verdict as nginx prints it. */
function verdict(config: ResolvedConfig): string {
  if (config.verdict.ok) return 'ok';
  const { message, file, line } = config.verdict;
  return file === null ? message : `${message} in ${file.path}:${line}`;
}

function find(block: ResolvedBlock, context: string): ResolvedBlock {
  if (block.context === context) return block;
  for (const child of block.children) {
    const found = findMaybe(child, context);
    if (found !== null) return found;
  }
  throw new Error(`no ${context}`);
}

function findMaybe(block: ResolvedBlock, context: string): ResolvedBlock | null {
  if (block.context === context) return block;
  for (const child of block.children) {
    const found = findMaybe(child, context);
    if (found !== null) return found;
  }
  return null;
}

describe('the order of checking', () => {
  it('takes the first error in the order of reading, whatever its kind', () => {
    expect(verdict(read('events {}\nhttp {\n gzip maybe;\n foo;\n }}'))).toBe(
      `invalid value "maybe" in "gzip" directive, it must be "on" or "off" in ${path}:3`,
    );
    expect(verdict(read('events {}\nhttp { "a"b; gzip maybe; }'))).toBe(`unexpected "b" in ${path}:2`);
  });

  it('asks about variables only at the end of http, in the order of use', () => {
    const text = 'events {} http { server { location / { return 200 $second; } set $x $first; } }';
    expect(verdict(read(text))).toBe('unknown "second" variable');
  });

  it('puts the end of a block before the end of http', () => {
    const text = 'events {}\nhttp {\n upstream u {\n }\n server { return 200 $nope; }\n}\n';
    expect(verdict(read(text))).toBe(`no servers are inside upstream in ${path}:4`);
  });

  it('counts the line of the terminator', () => {
    expect(verdict(read('events {}\nhttp {\n gzip\n  on\n  off\n  ;\n}'))).toBe(
      `invalid number of arguments in "gzip" directive in ${path}:6`,
    );
  });

  it('reports everything after the first error too', () => {
    const { diagnostics } = read('events {} http { gzip maybe; sendfile maybe; server { foo; } }');
    expect(diagnostics.map(({ code }) => code)).toEqual([
      'nginx/invalid-value',
      'nginx/invalid-value',
      'nginx/unknown-directive',
    ]);
  });
});

describe('includes', () => {
  it('are read where they stand, those of a pattern in the order of their bytes', () => {
    const files = {
      '/etc/nginx/conf.d/b.conf': 'server { listen 81; }',
      '/etc/nginx/conf.d/B.conf': 'server { listen 80; }',
      '/etc/nginx/conf.d/.c.conf': 'nonsense',
    };
    const config = read('events {} http { include conf.d/*.conf; }', { files });
    expect(verdict(config)).toBe('ok');
    expect(config.files.map((file) => file.path)).toEqual([
      path,
      '/etc/nginx/conf.d/B.conf',
      '/etc/nginx/conf.d/b.conf',
    ]);
    const http = find(config.main, 'http');
    expect(http.directives[1]!.includedBy).toHaveLength(1);
  });

  it('name the file and line of an error inside', () => {
    const files = { '/etc/nginx/x': 'gzip on;\ngzip on;' };
    expect(verdict(read('events {} http { include x; }', { files }))).toBe(
      '"gzip" directive is duplicate in /etc/nginx/x:2',
    );
  });

  it('that are missing are told as nginx does; a pattern without files is fine', () => {
    expect(verdict(read('events {}\nhttp { include x; }'))).toBe(
      `open() "/etc/nginx/x" failed (2: No such file or directory) in ${path}:2`,
    );
    expect(verdict(read('events {} http { include x/*; }'))).toBe('ok');
  });

  it('that include themselves end', () => {
    const files = { '/etc/nginx/x': 'include y;', '/etc/nginx/y': 'include x;' };
    expect(verdict(read('events {} http { include x; }', { files }))).toBe(
      'open() "/etc/nginx/x" failed (24: Too many open files) in /etc/nginx/y:1',
    );
  });

  it('are looked up below a root', () => {
    const reader = memoryReader({ '/image/etc/nginx/x': 'gzip on;', '/image/opt/y': 'sendfile on;' });
    const entry = new SourceFile(
      '/image/etc/nginx/nginx.conf',
      'events {} http { include x; include /opt/*; }',
    );
    expect(verdict(resolve(entry, { reader, root: '/image' }))).toBe('ok');
  });

  it('keep the root out of what nginx says', () => {
    const entry = new SourceFile('/image/etc/nginx/nginx.conf', 'events {} http { include x; }');
    const { verdict } = resolve(entry, { reader: memoryReader({}), root: '/image' });
    expect(verdict).toMatchObject({ message: 'open() "/etc/nginx/x" failed (2: No such file or directory)' });
  });

  it('match names as glob(3) does', () => {
    const reader = memoryReader({ '/a/x1.conf': '', '/a/x2.conf': '', '/a/y.txt': '', '/b/x1.conf': '' });
    expect(glob('/a/x[12].conf', reader)).toEqual(['/a/x1.conf', '/a/x2.conf']);
    expect(glob('/*/x1.conf', reader)).toEqual(['/a/x1.conf', '/b/x1.conf']);
    expect(glob('/a/[!x]*', reader)).toEqual(['/a/y.txt']);
  });
});

describe('levels', () => {
  const config = read(`events {} http {
    proxy_set_header A 1; proxy_read_timeout 5s; root /srv;
    server {
      proxy_read_timeout 7s;
      location / { proxy_set_header B 2; proxy_pass http://127.0.0.1;
        if ($host) { add_header X y; }
        location /in/ { alias /x; } } } }`);
  const location = find(config.main, 'location');

  it('inherit values from the nearest level that has them', () => {
    const timeout = location.effective('proxy_read_timeout');
    expect(timeout.directives[0]!.args[0]!.value).toBe('7s');
    expect(timeout.from?.context).toBe('server');
  });

  it('replace lists as a whole', () => {
    const headers = location.effective('proxy_set_header').directives;
    expect(headers.map(({ args }) => args[0]!.value)).toEqual(['B']);
  });

  it('drop one directive of a group when another one is given', () => {
    const inner = location.children.find(({ context }) => context === 'location')!;
    expect(inner.effective('root').directives).toEqual([]);
    expect(inner.effective('root').from).toBe(inner);
  });

  it('pass handlers on to if but not to nested locations', () => {
    const [branch, inner] = location.children;
    expect(branch!.effective('proxy_pass').directives).toHaveLength(1);
    expect(inner!.effective('proxy_pass').directives).toHaveLength(0);
  });
});

describe('advice', () => {
  it('finds the semicolon that is missing', () => {
    const { diagnostics } = read('events {} http { server {\n listen 80\n server_name x;\n } }');
    expect(diagnostics).toHaveLength(1);
    expect(diagnostics[0]!.message).toBe('invalid parameter "server_name"');
    expect(diagnostics[0]!.fixes[0]!.edits[0]).toMatchObject({ start: 36, text: ';' });
  });

  it('tells of a directive that silently swallowed the next', () => {
    const config = read('events {} http { server {\n server_name a\n listen 80;\n } }');
    expect(verdict(config)).toBe('ok');
    expect(config.diagnostics.map(({ code }) => code)).toEqual(['syntax/missing-semicolon']);
  });

  it.each([
    ['http { server { proxy_pas http://x; } }', 'proxy_pass'],
    ['http { server { lisen 80; } }', 'listen'],
    ['http { more_set_header x; }', 'more_set_headers'],
  ])('guesses what was meant in %s', (text, meant) => {
    const { diagnostics } = read(`events {} ${text}`);
    expect(diagnostics[0]!.detail).toContain(`"${meant}"`);
  });

  it.each([
    ['\xef\xbb\xbfevents {}', 'a byte order mark (U+FEFF)', 'events {}'],
    [
      'events {}\nhttp {}\n\xc2\xa0worker_processes\xc2\xa01;',
      'a no-break space (U+00A0)',
      'events {}\nhttp {}\n worker_processes 1;',
    ],
  ])('names the character in %j that one does not see', (text, name, mended) => {
    const { diagnostics } = read(text);
    expect(diagnostics.map(({ code }) => code)).toEqual(['nginx/unknown-directive']);
    expect(diagnostics[0]!.detail).toContain(name);
    const [edit] = diagnostics[0]!.fixes[0]!.edits;
    expect(text.slice(0, edit!.start) + edit!.text + text.slice(edit!.end)).toBe(mended);
  });

  it('does not ask for the block whose name is misspelt', () => {
    expect(read('event {}').diagnostics.map(({ message }) => message)).toEqual(['unknown directive "event"']);
  });

  it('tells once of blocks that a missing brace put into the wrong place', () => {
    const { diagnostics } = read('events {}\nhttp {\nserver {\nserver {\n}\nserver {\n}\n}\n');
    expect(diagnostics.map(({ message }) => message)).toEqual([
      '"server" directive is not allowed here',
      'unexpected end of file, expecting "}"',
    ]);
  });

  it.each([
    ['$htp_upgrade', 'Did you mean "$http_upgrade"?'],
    ['$request_prt', 'Did you mean "$request_port"?'],
    ['$connection_upgrade', 'map $http_upgrade $connection_upgrade'],
  ])('guesses which variable was meant by %s', (variable, words) => {
    const { diagnostics } = read(`events {} http { server { return 200 ${variable}; } }`);
    expect(diagnostics[0]!.detail).toContain(words);
  });

  it('says once which add-on is needed, as information, though nginx would stop', () => {
    const config = read('events {} http { js_import a.js; server { location / { js_content a.b; } } }');
    expect(config.diagnostics.map(({ severity, code }) => `${severity} ${code}`)).toEqual([
      'info nginx/needs-module',
    ]);
    expect(verdict(config)).toContain('unknown directive "js_import"');
    const loaded = read('load_module modules/ngx_http_js_module.so; events {} http { js_import a.js; }');
    expect(verdict(loaded)).toBe('ok');
  });
});

describe('parts of a configuration', () => {
  it('are read in the context they belong into', () => {
    const config = read('listen 80; location / { return 200 $from_elsewhere; }', { startContext: 'server' });
    expect(config.diagnostics).toEqual([]);
    expect(verdict(read('listen 80;', { startContext: 'http' }))).toContain('not allowed here');
  });

  it('leave what templates stand for alone', () => {
    const text = 'events {} http { server { listen ${PORT}; proxy_read_timeout ${TIMEOUT}; } }';
    expect(verdict(read(text, { template: true }))).toBe('ok');
    expect(verdict(read(text))).toContain('host not found in "${PORT}" of the "listen" directive');
  });
});

describe('every version', () => {
  function infos(text: string): string[] {
    const config = resolveAny(new SourceFile(path, text), { reader: memoryReader({}) });
    return config.diagnostics.map(({ severity, message, detail }) => `${severity} ${message}. ${detail}`);
  }

  it('says what older versions refuse', () => {
    expect(infos('events {} http { server { listen 80 reuseport; http2 on; http2 on; } }')).toEqual([
      'error "http2" directive is duplicate. nginx takes it once at each level.',
      'info needs nginx 1.25.1 or later. Older versions refuse it: unknown directive "http2". The rest of the file needs nginx 1.9.1.',
    ]);
  });

  it('says it once for each file, at what came last, with the rest beside it', () => {
    const text = 'events {} http { server { listen 80 reuseport; http2 on; } }';
    const { diagnostics } = resolveAny(new SourceFile(path, text), { reader: memoryReader({}) });
    expect(diagnostics.map(({ related }) => related.map(({ message }) => message))).toEqual([
      ['this needs 1.9.1; older ones say: invalid parameter "reuseport"'],
    ]);
  });

  it('does not ask for another version where all of them refuse', () => {
    expect(infos('')).toEqual([expect.stringMatching(/^error no "events" section/)]);
  });

  it('is silent about what always was', () => {
    expect(infos('events {} http { server { location / { proxy_http_version 1.1; } } }')).toEqual([]);
  });
});

describe('any input', () => {
  const words = fc.constantFrom(
    'http',
    'server',
    'location',
    'if',
    'map',
    'upstream',
    'listen',
    'proxy_pass',
    'types',
    'events',
    'include',
    'ssl_certificate',
    'proxy_set_header',
    'error_page',
    '{',
    '}',
    ';',
    '$',
    '${',
    '"',
    "'",
    '\\',
    '(',
    ')',
    '~',
    '=',
    '80',
    'a',
    '\n',
    '#',
  );

  it('never makes it throw', () => {
    fc.assert(
      fc.property(fc.array(words, { maxLength: 60 }), (parts) => {
        const config = read(parts.join(' '));
        for (const { file, span } of config.diagnostics) {
          expect(span.start).toBeGreaterThanOrEqual(0);
          expect(span.end).toBeLessThanOrEqual(file.text.length);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('may be nested deeply', () => {
    const text = `events {} http { server { ${'location / { '.repeat(20_000)}`;
    expect(read(text).verdict.ok).toBe(false);
  });

  it('may have nothing but unknown names, and guesses at few of them', () => {
    const lines = Array.from({ length: 50_000 }, (_, at) => `server_nam${at} x;`);
    const config = read(`events {}\nhttp {\n${lines.join('\n')}\n}`);
    expect(config.diagnostics.filter(({ detail }) => detail?.startsWith('Did you mean')).length).toBeLessThan(
      1000,
    );
  });

  it('may include files that include files many times over', () => {
    const many = (name: string) => `include ${name}.conf;\n`.repeat(200);
    const config = read(`events {}\nhttp { ${many('a')} }`, {
      files: {
        '/etc/nginx/a.conf': many('b'),
        '/etc/nginx/b.conf': many('c'),
        '/etc/nginx/c.conf': 'add_header a b;',
      },
    });
    expect(config.diagnostics.map(({ code }) => code)).toEqual(['syntax/too-many-directives']);
  });
});

describe('a missing ";"', () => {
  it('is pinned where it is missing even if the swallowed name is misspelt', () => {
    const config = read('events {}\nhttp {\nserver {\nlisten 80\nserver_nam x;\n} }');
    expect(verdict(config)).toBe('invalid parameter "server_nam" in /etc/nginx/nginx.conf:5');
    expect(config.diagnostics).toHaveLength(1);
    expect(config.diagnostics[0]!.detail).toContain('The ";" after "80" on line 4 is missing');
  });
});

describe('a load_module that comes too late', () => {
  it('is the one mistake to people; nginx stops where it first lacks the module', () => {
    const config = read(
      'events {}\nhttp {\nperl_modules x;\n}\nload_module modules/ngx_http_perl_module.so;',
    );
    expect(verdict(config)).toBe('unknown directive "perl_modules" in /etc/nginx/nginx.conf:3');
    expect(config.diagnostics.map(({ message }) => message)).toEqual([
      '"load_module" directive is specified too late',
    ]);
  });
});
