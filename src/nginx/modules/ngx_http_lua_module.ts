import { effective } from '../http/effective.ts';
import type { ModuleChecks } from '../module-checks.ts';
import { luaDirectives } from '../lua-directives.ts';
import { problem } from '../problem.ts';
import { hasCertificate, rejectsHandshakes } from '../tls-merge.ts';

const handshakeDirectives = [
  'ssl_client_hello_by_lua_block',
  'ssl_client_hello_by_lua_file',
  'ssl_certificate_by_lua_block',
  'ssl_certificate_by_lua_file',
];

/** lua-nginx-module: hooks of the TLS handshake need a server that has one. */
export const httpLuaModule: ModuleChecks = {
  module: 'ngx_http_lua_module',
  directives: luaDirectives,
  mergeServer(cx, server) {
    const name = handshakeDirectives.find(
      (each) => cx.seen.has(each) && effective(server, each) !== undefined,
    );
    if (name === undefined) return;
    if (rejectsHandshakes(server) || hasCertificate(server)) return;
    cx.report(
      problem('no-certificate', 'no ssl configured for the server', {
        node: effective(server, name),
        word: -1,
        placeless: true,
        detail:
          'A server without ssl_certificate makes no TLS handshake; the Lua code may replace a placeholder.',
      }),
    );
  },
};
