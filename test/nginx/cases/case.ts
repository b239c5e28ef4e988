/**
 * A hand-written case: a piece of configuration in the context where it belongs. What nginx says of it stands in
 * `answers.json`, written by `node test/nginx/record.ts` and never by hand.
 */
export type CaseContext = keyof typeof wrappers;

/** What stands around a piece, on its first and last line, so that lines count as in the piece. */
export const wrappers = {
  bare: ['', ''],
  main: ['', ' events { }'],
  events: ['events { ', ' }'],
  http: ['events { } http { ', ' }'],
  upstream: ['events { } http { upstream u { ', ' } server { location / { proxy_pass http://u; } } }'],
  server: ['events { } http { server { ', ' } }'],
  location: ['events { } http { server { location / { ', ' } } }'],
  regex: ['events { } http { server { location ~ ^/(a)(b) { ', ' } } }'],
  named: ['events { } http { server { location @n { ', ' } } }'],
  if: ['events { } http { server { location / { if ($uri) { ', ' } } } }'],
  'server if': ['events { } http { server { if ($uri) { ', ' } } }'],
  limit_except: ['events { } http { server { location / { limit_except GET { ', ' } } } }'],
  map: ['events { } http { map $uri $mapped { ', ' } }'],
  geo: ['events { } http { geo $geo { ', ' } }'],
  split: ['events { } http { split_clients $uri $split { ', ' } }'],
  types: ['events { } http { types { ', ' } }'],
  stream: ['load_module modules/ngx_stream_module.so; events { } stream { ', ' }'],
  'stream.upstream': [
    'load_module modules/ngx_stream_module.so; events { } stream { upstream u { ',
    ' } server { listen 8100; proxy_pass u; } }',
  ],
  'stream.server': ['load_module modules/ngx_stream_module.so; events { } stream { server { ', ' } }'],
  'stream.map': [
    'load_module modules/ngx_stream_module.so; events { } stream { map $remote_addr $m { ',
    ' } }',
  ],
  mail: ['load_module modules/ngx_mail_module.so; events { } mail { ', ' }'],
  'mail.server': [
    'load_module modules/ngx_mail_module.so; events { } mail { auth_http 127.0.0.1:9000/auth; server { ',
    ' } }',
  ],
} as const;

/** Pieces by context. */
export type Cases = Partial<Record<CaseContext, readonly string[]>>;

/** The whole text of a case. */
export function caseText(context: CaseContext, piece: string): string {
  const [before, after] = wrappers[context];
  return `${before}${piece}${after}`;
}
