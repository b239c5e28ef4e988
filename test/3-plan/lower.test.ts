import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { resolve } from '../../src/2-resolve/resolve.ts';
import { lower } from '../../src/3-plan/lower.ts';
import type { HttpPlan, Plan } from '../../src/3-plan/schema.ts';
import { parsePlan, planJsonSchema } from '../../src/3-plan/read.ts';
import { SourceFile } from '../../src/text/source-file.ts';

function lowered(http: string, target = '1.31.5') {
  const file = new SourceFile('/etc/nginx/nginx.conf', `events {}\nhttp {\n${http}\n}\n`);
  const config = resolve(file, { target, prefix: '/etc/nginx/' });
  if (!config.verdict.ok) throw new Error(config.verdict.message);
  return lower(config, { prefix: '/etc/nginx' });
}

function settings(plan: Plan, module: keyof HttpPlan['settings'], name: string): Record<string, unknown> {
  const { locations, settings: groups } = plan.http!;
  const index = locations.find((each) => each.name === name)!.settings[module];
  return index === undefined ? {} : (groups[module][index] as unknown as Record<string, unknown>);
}

describe('the plan', () => {
  const text = `proxy_set_header A 1;
    proxy_read_timeout 5m;
    server { listen 8080; location /inherits { proxy_pass http://127.0.0.1; } location /own { proxy_set_header B 2; } }`;

  test('has inheritance applied and shares what is the same', () => {
    const { plan } = lowered(text);
    const [first, own] = ['/inherits', '/own'].map((name) => settings(plan, 'proxy', name));
    expect(first!.proxy_read_timeout).toBe(300_000);
    expect(first!.proxy_set_header).toMatchObject([{ name: 'A', value: '1' }]);
    expect(own!.proxy_set_header).toMatchObject([{ name: 'B', value: '2' }]);
    expect(own!.proxy_read_timeout).toBe(300_000);
    expect(plan.http!.settings.proxy).toHaveLength(2);
  });

  test('says where every value was written', () => {
    const { plan } = lowered(text);
    const { at } = settings(plan, 'proxy', '/inherits') as { at: Record<string, number> };
    const place = plan.origins.slice(at.proxy_read_timeout! * 3, at.proxy_read_timeout! * 3 + 3);
    expect(place).toEqual([0, 4, 5]);
    expect(plan.files[0]).toBe('/etc/nginx/nginx.conf');
  });

  test('knows where answers are kept, and by which rules', () => {
    const { plan, diagnostics } =
      lowered(`proxy_cache_path /data/ levels=1:2 keys_zone=one:10m max_size=1g inactive=1d use_temp_path=off loader_sleep=5;
      proxy_store on;
      server {
        location /kept { proxy_pass http://127.0.0.1; proxy_cache one; proxy_cache_valid 1m; proxy_cache_valid 404 any 5;
          proxy_ignore_headers Expires; proxy_ignore_headers Vary; proxy_no_cache $arg_a $arg_b; }
        location /stored { proxy_pass http://127.0.0.1; proxy_store /data$uri; proxy_store_access group:rw all:r; }
      }`);
    expect(diagnostics).toEqual([]);
    expect(plan.http!.caches).toMatchObject([
      {
        name: 'one',
        size: 10 * 1024 * 1024,
        path: '/data',
        levels: [1, 2],
        maxSize: 1024 ** 3,
        minFree: 0,
        inactive: 86_400,
        useTempPath: false,
        loader: { files: 100, sleep: 5000, threshold: 200 },
        manager: { files: 100, sleep: 50, threshold: 200 },
      },
    ]);
    expect(settings(plan, 'proxy', '/kept')).toMatchObject({
      proxy_cache: 'one',
      proxy_store: null,
      proxy_ignore_headers: ['Expires', 'Vary'],
      proxy_no_cache: [[{ var: 'arg_a' }], [{ var: 'arg_b' }]],
      proxy_cache_valid: [200, 301, 302]
        .map((status) => ({ status, seconds: 60 }))
        .concat([
          { status: 404, seconds: 5 },
          { status: 0, seconds: 5 },
        ]),
    });
    expect(settings(plan, 'proxy', '/stored')).toMatchObject({
      proxy_store: { path: ['/data', { var: 'uri' }] },
      proxy_store_access: 0o664,
    });
  });

  test('can be read back, and nothing unknown is taken', () => {
    const { plan } = lowered(text);
    const copy = JSON.parse(JSON.stringify(plan));
    expect(parsePlan(copy)).toMatchObject({ ok: true });
    expect(parsePlan({ ...copy, extra: 1 })).toMatchObject({ ok: false });
    copy.http.servers[0].location = 'x';
    const result = parsePlan(copy);
    expect(result.ok ? '' : result.message).toContain('servers[0].location');
  });

  test('fits its own JSON Schema', () => {
    const validate = new Ajv2020({ strict: false }).compile(planJsonSchema() as object);
    const { plan } = lowered(text);
    expect(validate(JSON.parse(JSON.stringify(plan)))).toBe(true);
    expect(validate({ planVersion: 1 })).toBe(false);
  });

  test('names what is not implemented, by its effect', () => {
    const { plan, diagnostics } = lowered(
      'server { listen 80; http2 on; location / { grpc_pass 127.0.0.1:9; } }',
    );
    expect(plan.notImplemented.map(({ directive, effect }) => [directive, effect])).toEqual([
      ['http2', 'tuning'],
      ['grpc_pass', 'changes'],
    ]);
    expect(diagnostics.map(({ code, severity }) => [code, severity])).toEqual([
      ['plan/not-implemented', 'info'],
      ['plan/not-implemented', 'error'],
    ]);
  });

  test('takes nothing that protects for tuning, and says nothing where a protection is off', () => {
    const said = (text: string) =>
      lowered(`server { listen 80; ${text} }`).diagnostics.map(
        ({ severity, message }) => `${severity} ${message}`,
      );
    expect(said('ssl_conf_command MinProtocol TLSv1.3; ssl_conf_command Options -ServerPreference;')).toEqual(
      [],
    );
    expect(
      said('ssl_conf_command NumTickets 1; ssl_conf_command Options Compression,KTLS,-MiddleboxCompat;'),
    ).toEqual([
      'error "NumTickets" of "ssl_conf_command" is not implemented by the runtime',
      'error "Compression" of "ssl_conf_command" is not implemented by the runtime',
      'info "KTLS" of "ssl_conf_command" is not implemented by the runtime',
      'error "-MiddleboxCompat" of "ssl_conf_command" is not implemented by the runtime',
    ]);
    expect(
      said('location / { proxy_pass http://127.0.0.1; proxy_ssl_conf_command DHParameters x; }'),
    ).toEqual(['error "DHParameters" of "proxy_ssl_conf_command" is not implemented by the runtime']);
    expect(said('ssl_stapling on; ssl_early_data on; http2 on;')).toEqual([
      'info "ssl_early_data" is not implemented by the runtime',
      'info "http2" is not implemented by the runtime',
    ]);
    expect(said('ssl_stapling off; ssl_early_data OFF; ssl_ocsp off; http2 off; http3 off;')).toEqual([]);
  });

  test.each(['proxy', 'fastcgi', 'tunnel'])('names an address of somebody else in %s_bind', (module) => {
    const { diagnostics } = lowered(
      `server { listen 80; ${module}_bind $remote_addr transparent; location / { ${module}_bind 127.0.0.1; } }`,
    );
    expect(diagnostics.map(({ severity, message }) => [severity, message])).toEqual([
      ['error', `"transparent" of "${module}_bind" is not implemented by the runtime`],
    ]);
  });

  test('names what it cannot set of a socket', () => {
    const { diagnostics } = lowered('server { listen 8080 rcvbuf=64k deferred backlog=5 reuseport; }');
    expect(diagnostics.map(({ severity, message }) => [severity, message])).toEqual([
      ['info', '"rcvbuf" of "listen" is not implemented by the runtime'],
      ['info', '"deferred" of "listen" is not implemented by the runtime'],
    ]);
  });

  test('names logs that go to a unix socket, which cannot be opened', () => {
    const { diagnostics } = lowered(
      'access_log syslog:server=unix:/dev/log; server { listen 80; error_log syslog:server=unix:/dev/log,tag=a; }',
    );
    expect(diagnostics.map(({ severity, message }) => [severity, message])).toEqual([
      ['error', '"syslog:server=unix:" of "access_log" is not implemented by the runtime'],
      ['error', '"syslog:server=unix:" of "error_log" is not implemented by the runtime'],
    ]);
  });

  test('does not listen with TCP for QUIC, and names HTTP/2', () => {
    const keys = 'ssl_certificate x; ssl_certificate_key x;';
    const both = lowered(`server { listen 8443 http2; listen 8444 quic; ${keys} }`);
    expect(both.plan.http!.listens.map(({ port }) => port)).toEqual([8443]);
    expect(both.diagnostics.map(({ severity, message }) => [severity, message])).toEqual([
      ['info', '"http2" of "listen" is not implemented by the runtime'],
      ['info', '"quic" of "listen" is not implemented by the runtime'],
    ]);
    expect(
      lowered(`server { listen 8444 quic; ${keys} }`).diagnostics.map(({ severity }) => severity),
    ).toEqual(['error']);
  });

  test('keeps upstream connections by default since 1.29.7', () => {
    const upstream = 'upstream u { server 127.0.0.1; }';
    expect(lowered(upstream).plan.http!.upstreams[0]!.keepalive).toMatchObject({
      connections: 32,
      local: true,
    });
    expect(lowered(upstream, '1.22.1').plan.http!.upstreams[0]!.keepalive).toBeNull();
  });

  test('gathers servers under their addresses', () => {
    const { plan } = lowered(`server { listen 127.0.0.1:80; listen [::1]:80; }
      server { listen 127.0.0.1:80 default_server; } server { listen 80; }`);
    const listens = plan.http!.listens.map(({ address, servers, default: first, bind }) => ({
      address,
      servers,
      first,
      bind,
    }));
    expect(listens).toEqual([
      { address: '127.0.0.1', servers: [0, 1], first: 1, bind: false },
      { address: '::1', servers: [0], first: 0, bind: true },
      { address: '0.0.0.0', servers: [2], first: 2, bind: true },
    ]);
  });

  test('appends headers with add_header_inherit merge', () => {
    const { plan } = lowered(
      'add_header A 1; server { listen 80; location /m { add_header_inherit merge; add_header B 2; } }',
    );
    expect(settings(plan, 'headers', '/m').add_header).toMatchObject([{ name: 'A' }, { name: 'B' }]);
  });

  test('knows where syslog lines go, and one destination for equal ones', () => {
    const { plan } = lowered(
      `error_log syslog:server=[::1]:5140,facility=local1,severity=warn,tag=edge,nohostname;
      server {
        listen 80;
        error_log memory:32k;
        access_log syslog:server=127.0.0.1;
        location /a { access_log syslog:server=127.0.0.1 combined; }
      }`,
    );
    expect(plan.errorLogs).toMatchObject([
      {
        kind: 'syslog',
        syslog: { address: '::1', port: 5140, facility: 17, severity: 4, tag: 'edge', noHostname: true },
      },
      { kind: 'memory', buffer: 32768, syslog: null },
    ]);
    expect(plan.http!.accessLogs.filter(({ kind }) => kind !== 'file')).toMatchObject([
      {
        kind: 'syslog',
        syslog: {
          address: '127.0.0.1',
          port: 514,
          facility: 23,
          severity: 6,
          tag: 'nginx',
          noHostname: false,
        },
      },
    ]);
  });
});
