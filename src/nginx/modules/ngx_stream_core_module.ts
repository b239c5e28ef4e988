import type { BlockState, CheckContext } from '../check-context.ts';
import { checkErrorLog } from '../log-target.ts';
import type { ModuleChecks } from '../module-checks.ts';
import type { Problem } from '../problem.ts';
import { directiveProblem, problem } from '../problem.ts';
import { compileRegex } from '../regex.ts';
import { reportAt } from '../report-at.ts';
import { checkResolver } from '../resolver.ts';
import { checkHash, sizedHash } from '../http/hash.ts';
import { checkListen } from '../stream/listen.ts';
import { reportUnknownVariables } from '../unknown-variables.ts';
import { variablesOf } from '../variables.ts';

/** ngx_stream_core_server_name */
function serverName(cx: CheckContext): Problem | null {
  for (let word = 0; word < cx.values.length; word++) {
    const name = cx.arg(word);
    if ((name.startsWith('*') && (name.length < 3 || name[1] !== '.')) || name === '.')
      return problem('invalid-server-name', `server name "${name}" is invalid`, { word });
    if (name.includes('/'))
      cx.warn('suspicious-server-name', `server name "${name}" has suspicious symbols`, { word });
    if (!name.startsWith('~')) continue;
    if (name === '~') return problem('invalid-server-name', `empty regex in server name "${name}"`, { word });
    const pattern = name.slice(1);
    const refused = compileRegex(cx, pattern, { caseless: /[A-Z]/.test(pattern), word });
    if (refused !== null) return refused;
  }
  return null;
}

/** ngx_stream_core_server, at its end. */
function endOfServer(cx: CheckContext): Problem | null {
  if (cx.block.first('listen') !== undefined || mentions(cx.block, ['listen'])) return null;
  reportAt(cx, cx.node, problem('no-listen', 'no "listen" is defined for server', { word: -1 }));
  return null;
}

/** Whether a directive of these names stands there, even one that was refused: one mistake, one complaint. */
function mentions(server: BlockState, names: readonly string[]): boolean {
  return server.opener?.block?.items.some(({ keyword }) => names.includes(keyword)) ?? false;
}

/** What gives a stream server something to do; `js_…` and Lua come from add-ons. */
const handlers = [
  'proxy_pass',
  'return',
  'pass',
  'mqtt_preread',
  'content_by_lua_block',
  'content_by_lua_file',
];

const variablesHash = sizedHash('variables_hash', 1024);

/** src/stream/ngx_stream_core_module.c */
export const streamCoreModule: ModuleChecks = {
  module: 'ngx_stream_core_module',
  directives: {
    server: () => null,
    listen: (cx) => checkListen(cx, 'stream'),
    server_name: serverName,
    error_log: checkErrorLog,
    resolver: checkResolver,
  },
  closing: { server: endOfServer },
  mergeServer(cx, server) {
    // With virtual servers (1.25.5) one without a handler is found out only by connections.
    if (cx.since('1.25.5')) return;
    if (handlers.some((name) => server.first(name) !== undefined) || mentions(server, handlers)) return;
    reportAt(
      cx,
      server.opener!,
      problem('no-handler', 'no handler for server', {
        word: -1,
        detail: 'A stream server needs proxy_pass, pass or return.',
      }),
    );
  },
  finish(cx, main) {
    reportUnknownVariables(cx, 'stream');
    checkHash(cx, variablesHash, main, variablesOf(cx, 'stream').hashedNames());
  },
};

/** `"stream" directive is duplicate` */
export const streamModule: ModuleChecks = {
  module: 'ngx_stream_module',
  directives: {
    stream: (cx) =>
      cx.block.first('stream') === undefined ? null : directiveProblem('stream', 'duplicate', 'is duplicate'),
  },
};
