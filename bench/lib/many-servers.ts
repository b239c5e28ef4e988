/**
 * Eleven lines a server: the how-to's location and a header more.
 *
 * @param ownUpstreams each server passes requests to another address
 */
export function manyServers(count: number, { ownUpstreams = false } = {}): string {
  const head = [
    'events {}',
    'http {',
    "map $http_upgrade $connection_upgrade { default upgrade; '' close; }",
    'upstream backend { server 127.0.0.1:9000; }',
    'server_names_hash_max_size 65536;',
    'server_names_hash_bucket_size 128;',
  ];
  const servers = Array.from({ length: count }, (_, index) =>
    [
      'server {',
      '    listen 127.0.0.1:8080;',
      `    server_name s${index}.example.com;`,
      '    location /chat/ {',
      `        proxy_pass http://${ownUpstreams ? `127.0.0.1:${10_000 + index}` : 'backend'};`,
      '        proxy_http_version 1.1;',
      '        proxy_set_header Upgrade $http_upgrade;',
      '        proxy_set_header Connection $connection_upgrade;',
      '        proxy_set_header Host $host;',
      '    }',
      '}',
    ].join('\n'),
  );
  return [...head, ...servers, '}', ''].join('\n');
}
