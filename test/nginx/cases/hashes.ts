import type { Cases } from './case.ts';

/** 50 characters: too many for a bucket of 64 bytes. */
const long = 'a'.repeat(50);
/** 46 characters: what just fits. */
const fits = 'a'.repeat(46);

/** Hashes that nginx builds at the end: their sizes, and names that do not fit (ngx_hash_init). */
export const hashes: Cases = {
  http: [
    ...['0', '70000', '65472', '65473', '33'].flatMap((size) => [
      `server_names_hash_bucket_size ${size}; server { listen 8099; server_name a; } server { listen 8099; server_name b; }`,
      `map_hash_bucket_size ${size}; map $uri $x { a b; }`,
      `variables_hash_bucket_size ${size};`,
      `types_hash_bucket_size ${size}; server { listen 8099; }`,
      `proxy_headers_hash_bucket_size ${size}; server { listen 8099; }`,
      `server { listen 8099; valid_referers a.com; referer_hash_bucket_size ${size}; }`,
    ]),
    'server_names_hash_max_size 0; server { listen 8099; server_name a; } server { listen 8099; server_name b; }',
    'server_names_hash_max_size 0; server { listen 8099; server_name a; }',
    'server_names_hash_max_size 0; server { listen 8099; server_name *.a; } server { listen 8099; server_name *.b; }',
    'map_hash_max_size 0; map $uri $x { a b; }',
    'map_hash_max_size 0; map $uri $x { default b; ~a c; }',
    'map_hash_max_size 0; map $uri $x { hostnames; *.a b; }',
    'variables_hash_max_size 0;',
    'types_hash_max_size 0;',
    'types_hash_max_size 0; server { listen 8099; }',
    'types_hash_max_size 0; types { } server { listen 8099; }',
    'proxy_headers_hash_max_size 0;',
    'proxy_headers_hash_max_size 0; server { listen 8099; }',
    'server { listen 8099; valid_referers a.com; referer_hash_max_size 0; }',
    'server { listen 8099; valid_referers ~a; referer_hash_max_size 0; }',
    `types { text/x ${fits}; } server { listen 8099; }`,
    `types { text/x ${long}; } server { listen 8099; }`,
    `types { text/x ${long}; }`,
    `types_hash_bucket_size 128; types { text/x ${long}; } server { listen 8099; }`,
    ...['gzip_types', 'ssi_types', 'charset_types', 'sub_filter_types', 'addition_types'].flatMap((name) => [
      `${name} text/${long}; server { listen 8099; }`,
      `${name} text/${long} *; server { listen 8099; }`,
    ]),
    `gzip_types text/${long};`,
    `gzip_types ${fits}; server { listen 8099; }`,
    `proxy_set_header ${long} 1; server { listen 8099; }`,
    `server { listen 8099; server_name .${long}.com; } server { listen 8099; server_name b; }`,
    `server { listen 8099; server_name www.${long}.*; } server { listen 8099; server_name b; }`,
    `map $uri $x { hostnames; *.${long}.com b; }`,
  ],
  server: [
    `valid_referers *.${long}.com;`,
    `valid_referers .${long}${long}.com;`,
    `referer_hash_bucket_size 128; location /a { valid_referers www.${long}.com; }`,
  ],
  location: [
    `proxy_set_header ${fits} 1;`,
    `proxy_set_header ${long} 1;`,
    `proxy_headers_hash_bucket_size 128; proxy_set_header ${long} 1;`,
    `proxy_headers_hash_bucket_size 0; proxy_pass http://127.0.0.1:1;`,
    `proxy_headers_hash_bucket_size 0; proxy_set_header a b;`,
    `proxy_hide_header ${long};`,
    `proxy_hide_header ${long}; proxy_pass_header ${long.toUpperCase()};`,
    ...['fastcgi', 'uwsgi', 'scgi'].flatMap((name) => [
      `${name}_param HTTP_${long} 1;`,
      `${name}_param HTTP_${fits} 1;`,
      `${name}_param ${long} 1;`,
      `${name}_hide_header ${long};`,
    ]),
    `grpc_set_header ${long} 1;`,
    `grpc_hide_header ${long};`,
  ],
  stream: [
    'variables_hash_bucket_size 0;',
    'variables_hash_max_size 0;',
    'map_hash_max_size 0; map $remote_addr $x { a b; }',
    `map $remote_addr $x { ${long} b; }`,
  ],
};
