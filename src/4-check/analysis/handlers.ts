import type { ResolvedBlock } from '../../2-resolve/resolved-config.ts';

/** Directives that hand the request to something else than files. */
export const passDirectives: readonly string[] = [
  'proxy_pass',
  'fastcgi_pass',
  'uwsgi_pass',
  'scgi_pass',
  'grpc_pass',
  'memcached_pass',
];

/** Whether the block has a content handler of its own, or answers by itself, so that no file is served from it. */
export function hasHandler(block: ResolvedBlock): boolean {
  return (
    passDirectives.some((name) => block.own(name).length > 0) ||
    block.directives.some(
      (one) =>
        one.name === 'return' ||
        one.name === 'stub_status' ||
        one.name === 'empty_gif' ||
        one.name.startsWith('content_by_') ||
        one.name === 'js_content' ||
        one.name === 'perl',
    )
  );
}
