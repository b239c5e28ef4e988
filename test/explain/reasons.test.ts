import { describe, expect, it } from 'vitest';
import { explainRequest } from '../../src/explain/explain-request.ts';
import { defaultRequestOptions, requestForUrl, type ExplainedRequest } from '../../src/explain/request.ts';
import { situationOf } from '../../src/explain/situation.ts';
import { SourceFile } from '../../src/text/source-file.ts';

/** A location whose upgrade works, on lines 4 to 7 of {@link configuration}. */
const working = `location /ws/ { proxy_pass http://127.0.0.1:9000; proxy_http_version 1.1;
proxy_set_header Upgrade $http_upgrade;
proxy_set_header Connection "upgrade";
#here
}`;

interface Written {
  /** Inside the location, on line 7. */
  readonly here?: string;
  /** In the server, after the location. */
  readonly server?: string;
  readonly http?: string;
  readonly location?: string;
}

function configuration({ here = '', server = '', http = '', location = working }: Written): string {
  return `events {}\nhttp { ${http}\nserver { listen 80; server_name localhost;\n${location.replace('#here', here)}\n${server}\n}\n}\n`;
}

const targets = ['1.22.1', '1.31.5'] as const;

function explanation(text: string, target: string, url: string, headers: readonly string[]) {
  const { situation } = situationOf(new SourceFile('/c/nginx.conf', text), { target });
  const request = requestForUrl(url, { ...defaultRequestOptions, headers }) as ExplainedRequest;
  return explainRequest(situation!, request).explanation;
}

/** Verdict and first reason, the same for both versions. */
function first(text: string, url = 'ws://localhost/ws/chat', headers: readonly string[] = []) {
  const found = targets.map((target) => {
    const { verdict, reasons } = explanation(text, target, url, headers);
    return { verdict, ...reasons![0] };
  });
  expect(found[0]).toEqual(found[1]);
  return found[0]!;
}

describe('the first reason names the line that refuses a handshake', () => {
  it.each([
    ['deny all;', 'ws/refused', 'deny all', 'allow all; deny all;'],
    ['auth_basic "x"; auth_basic_user_file f;', 'ws/auth', '401', 'auth_basic off;'],
    ['return 403;', 'ws/refused', 'return 403', ''],
    ['internal;', 'ws/refused', 'internal', ''],
    ['try_files $uri =404;', 'ws/not-proxied', 'try_files', ''],
    [
      'limit_except POST { deny all; }',
      'ws/refused',
      'deny all',
      'limit_except POST { allow all; deny all; }',
    ],
  ])('%s', (here, code, message, mended) => {
    const reason = first(configuration({ here }));
    expect(reason).toMatchObject({ verdict: 'fails', code, line: 7 });
    expect(reason.message).toContain(message);
    expect(first(configuration({ here: mended }))).toEqual({ verdict: 'upgrades' });
  });

  it('in the server, and says that the location can say otherwise', () => {
    for (const [server, mended] of [
      ['allow 10.0.0.0/8; deny all;', 'allow all;'],
      ['auth_basic "x"; auth_basic_user_file f;', 'auth_basic off;'],
    ] as const) {
      const reason = first(configuration({ server }));
      expect(reason).toMatchObject({ verdict: 'fails', line: 9 });
      expect(reason.fix).toContain(mended);
      expect(reason.fix).toContain('in location /ws/');
      expect(first(configuration({ server, here: mended }))).toEqual({ verdict: 'upgrades' });
    }
  });

  it('auth_basic, of which "satisfy any" lets known addresses off', () => {
    const here = 'satisfy any;\ndeny all;\nauth_basic "x";\nauth_basic_user_file f;';
    const reason = first(configuration({ here }));
    expect(reason).toMatchObject({ code: 'ws/auth', line: 9 });
    expect(reason.fix).toContain('allow ADDRESS');
    expect(first(configuration({ here: here.replace('deny', 'allow 127.0.0.1; deny') }))).toEqual({
      verdict: 'upgrades',
    });
  });

  it.each([
    ['401', '401'],
    ['403', '403'],
    ['404', '500'],
  ])('auth_request, when its location answers %s', (inner, status) => {
    const server = `location = /auth { internal; return ${inner}; }`;
    const reason = first(configuration({ here: 'auth_request /auth;', server }));
    expect(reason).toMatchObject({ code: 'ws/refused', line: 7 });
    expect(reason.message).toContain(`answers ${status}`);
    expect(
      first(configuration({ here: 'auth_request /auth;', server: server.replace(inner, '204') })),
    ).toEqual({
      verdict: 'upgrades',
    });
  });

  it('even when error_page gives another status', () => {
    const server = 'error_page 403 /denied.html;';
    expect(first(configuration({ here: 'deny all;', server }))).toMatchObject({
      code: 'ws/refused',
      line: 7,
    });
  });

  it('but not a refusal that "satisfy any" makes good', () => {
    const here = 'satisfy any; deny all;\nauth_request /auth;\ntry_files $uri =403;';
    const server = 'location = /auth { return 204; }';
    expect(first(configuration({ here, server }))).toMatchObject({ code: 'ws/not-proxied', line: 9 });
  });

  it('limit_req, for the request that is one too many', () => {
    const http = 'limit_req_zone $host zone=z:1m rate=1r/m;';
    const source = new SourceFile('/c/nginx.conf', configuration({ here: 'limit_req zone=z;', http }));
    const { situation } = situationOf(source, { target: '1.31.5' });
    const request = requestForUrl('/ws/', defaultRequestOptions) as ExplainedRequest;
    const answers = [1, 2].map(() => explainRequest(situation!, request).explanation);
    expect(answers.map(({ verdict }) => verdict)).toEqual(['upgrades', 'fails']);
    expect(answers[1]!.reasons![0]).toMatchObject({ code: 'ws/refused', line: 7 });
    expect(answers[1]!.reasons![0]!.fix).toContain('burst');
  });

  it('limit_conn, where a second server of the configuration counts the same socket again', () => {
    const http = 'limit_conn_zone $remote_addr zone=z:1m; limit_conn z 1;';
    const server = `}\nserver { listen 127.0.0.1:9000; ${working}`;
    const reason = first(configuration({ http, server }));
    expect(reason).toMatchObject({ verdict: 'fails', code: 'ws/next-hop', line: 2 });
    expect(reason.message).toContain('"limit_conn z 1" in http answers 503');
  });
});

describe('an "if" that answered', () => {
  it('is named beside its return, with what it asks for', () => {
    const here = 'valid_referers server_names; if ($invalid_referer) { return 403; }';
    const reason = first(configuration({ here }));
    expect(reason).toMatchObject({ verdict: 'fails', line: 7 });
    expect(reason.message).toContain('if ($invalid_referer)');
    expect(reason.fix).toContain('"none"');
    expect(first(configuration({ here: here.replace('server_names', 'none server_names') }))).toEqual({
      verdict: 'upgrades',
    });
  });

  it('is told from a request without the header it looks at', () => {
    const text = configuration({ here: 'if ($http_origin !~ "^https://a$") { return 403; }' });
    expect(first(text).fix).toContain("-H 'Origin: …'");
    expect(first(text, 'ws://localhost/ws/', ['Origin: https://a'])).toEqual({ verdict: 'upgrades' });
  });
});

describe('an "if" that a handshake misses by upper and lower case', () => {
  const location = working.replace('proxy_pass http://127.0.0.1:9000;', '');
  it.each([
    ['$http_upgrade = "WebSocket"', '$http_upgrade ~* ^websocket$'],
    ['$http_upgrade ~ WebSocket', '$http_upgrade ~* ^websocket$'],
    ['$http_connection = upgrade', '$http_connection ~* upgrade'],
  ])('%s is the first reason', (condition, better) => {
    const here = `if (${condition}) { proxy_pass http://127.0.0.1:9000; }`;
    const reason = first(configuration({ location, here }));
    expect(reason).toMatchObject({ verdict: 'fails', code: 'ws/if-case', line: 7 });
    expect(reason.fix).toContain(`if (${better})`);
    expect(first(configuration({ location, here: here.replace(condition, better) }))).toEqual({
      verdict: 'upgrades',
    });
  });

  it('is also one that holds because it is negated', () => {
    const here = 'if ($http_upgrade != WebSocket) { return 426; }';
    expect(first(configuration({ here }))).toMatchObject({ code: 'ws/if-case', line: 7 });
  });

  it('is no reason where the upgrade works, or where the value is another', () => {
    expect(first(configuration({ here: 'if ($http_upgrade = "WebSocket") { set $a 1; }' }))).toEqual({
      verdict: 'upgrades',
    });
    const here = 'if ($http_upgrade = "h2c") { set $a 1; } return 404;';
    expect(first(configuration({ here }))).toMatchObject({ code: 'ws/not-proxied' });
  });
});

describe('another one than was meant', () => {
  it('is a regular expression: "^~" keeps the handshake', () => {
    const server = 'location ~ ^/ws/ { root /nowhere; }';
    const reason = first(configuration({ server }));
    expect(reason).toMatchObject({ verdict: 'fails', code: 'ws/shadowed', line: 9 });
    expect(reason.fix).toContain('location ^~ /ws/');
    const location = working.replace('location /ws/', 'location ^~ /ws/');
    expect(first(configuration({ location, server }))).toEqual({ verdict: 'upgrades' });
  });

  it('is the default server, when no server_name is the host', () => {
    const other = (names: string) =>
      configuration({
        server: `}\nserver { listen 80 default_server; server_name ${names}; location / { root /nowhere; }`,
      });
    const url = 'ws://www.example.com/ws/';
    const reason = first(other('other'), url);
    expect(reason).toMatchObject({ verdict: 'fails', code: 'ws/other-server', line: 10 });
    expect(reason.fix).toContain('server_name localhost www.example.com;');
    const mended = other('other').replace('server_name localhost', 'server_name localhost www.example.com');
    expect(first(mended, url)).toEqual({ verdict: 'upgrades' });
    expect(first(other('*.example.com'), url)).toMatchObject({ code: 'ws/not-proxied' });
  });

  it('is try_files, whose fallback is a file', () => {
    const reason = first(configuration({ here: 'try_files $uri /index.html;' }));
    expect(reason).toMatchObject({ verdict: 'fails', code: 'ws/not-proxied', line: 7 });
    expect(reason.fix).toContain('Remove it');
  });

  it.each(['uwsgi_pass', 'scgi_pass', 'fastcgi_pass', 'grpc_pass'])('is %s', (pass) => {
    const reason = first(configuration({ location: `location /ws/ {\n${pass} 127.0.0.1:9000;\n}` }));
    expect(reason).toMatchObject({ verdict: 'fails', code: 'ws/other-protocol', line: 5 });
    expect(reason.message).toContain(pass);
  });
});

describe('a redirect', () => {
  it.each([
    ['return 301 https://localhost$request_uri;', 'wss://localhost/ws/chat'],
    ['rewrite ^ /other redirect;', 'ws://localhost/other'],
  ])('%s: the socket connects to its target', (here, target) => {
    const reason = first(configuration({ here }));
    expect(reason).toMatchObject({ verdict: 'fails', code: 'ws/redirect', line: 7 });
    expect(reason.fix).toContain(`Connect to ${target} `);
  });

  it('of an "if" points at the return in it', () => {
    const reason = first(configuration({ server: 'if ($scheme = http) {\nreturn 301 https://a/; }' }));
    expect(reason).toMatchObject({ code: 'ws/redirect', line: 10 });
    expect(reason.message).toContain('if ($scheme = http)');
  });
});

describe('HTTP/2', () => {
  it('to the upstream is the one reason', () => {
    const text = configuration({ here: 'set $a 1;' }).replace(
      'proxy_http_version 1.1',
      'proxy_http_version 2',
    );
    const { reasons } = explanation(text, '1.31.5', '/ws/', []);
    expect(reasons!.map(({ code, line }) => [code, line])).toEqual([['ws/http-version', 4]]);
  });

  it('alone on a listener answers no handshake before 1.25.1', () => {
    const text = configuration({}).replace('listen 80;', 'listen 80 http2;');
    const old = explanation(text, '1.22.1', '/ws/', []);
    expect(old).toMatchObject({ verdict: 'fails', upstream: null });
    expect(old.reasons![0]).toMatchObject({ code: 'ws/h2-only', line: 3 });
    expect(explanation(text, '1.31.5', '/ws/', []).verdict).toBe('upgrades');
  });
});

it('a map of another variable is told apart from one without a default', () => {
  const location = working.replace('"upgrade"', '$connection_upgrade');
  const map = 'map $http_host $connection_upgrade { websocket upgrade; "" close; }';
  const reason = first(configuration({ location, http: map }));
  expect(reason).toMatchObject({ verdict: 'fails', code: 'ws/map', line: 2 });
  const http = map.replace('$http_host', '$http_upgrade');
  expect(reason.fix).toContain('map $http_upgrade $connection_upgrade');
  expect(first(configuration({ location, http }))).toEqual({ verdict: 'upgrades' });
});

it('a header hidden from the browser is told beside the tunnel that nginx opens', () => {
  expect(first(configuration({ here: 'proxy_hide_header Upgrade;' }))).toMatchObject({
    verdict: 'upgrades',
    code: 'ws/hidden-response-header',
    line: 7,
  });
});

describe('a location that is a way of its own', () => {
  it('names the try_files that leads back to where it stands', () => {
    const server = 'root /nowhere;\nlocation / {\ntry_files $uri /index.html;\n}';
    const reason = first(configuration({ server }), 'ws://localhost/chat');
    expect(reason).toMatchObject({ verdict: 'fails', code: 'ws/not-proxied', line: 11 });
    expect(reason.message).toContain('answers 500 itself: "try_files" ends in "/index.html"');
  });
});

describe('a next hop in the same configuration', () => {
  const http = 'server { listen 127.0.0.1:81; location / { proxy_pass http://127.0.0.1:9000; } }';
  const text = configuration({ http, location: working.replace(':9000', ':81') });

  it('does not tell its own server for the one that the client came to', () => {
    const { server, location } = explanation(text, '1.31.5', 'ws://localhost/ws/chat', []);
    expect(server!.why).toContain('server "localhost"');
    expect(location).toMatchObject({ pattern: '/' });
  });
});
