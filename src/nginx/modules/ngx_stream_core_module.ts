import type { CheckContext } from '../check-context.ts';
import { mentions } from '../check-context.ts';
import { duplicate } from '../generic-slots.ts';
import { checkErrorLog } from '../log-target.ts';
import type { ModuleChecks } from '../module-checks.ts';
import type { Problem } from '../problem.ts';
import { problem } from '../problem.ts';
import { reportAt } from '../report-at.ts';
import { checkResolver } from '../resolver.ts';
import { checkHash, sizedHash } from '../http/hash.ts';
import { checkServerName } from '../http/server-name.ts';
import { checkNamesOfAddress } from '../http/server-names.ts';
import { checkListen, streamAddresses } from '../stream/listen.ts';
import { reportUnknownVariables } from '../unknown-variables.ts';
import { variablesOf } from '../variables.ts';

/** ngx_stream_core_server, at its end. */
function endOfServer(cx: CheckContext): Problem | null {
  if (cx.block.first('listen') !== undefined || mentions(cx.block, 'listen')) return null;
  reportAt(cx, cx.node, problem('no-listen', 'no "listen" is defined for server', { word: -1 }));
  return null;
}

/** What gives a stream server something to do (`cscf->handler`). */
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
    server_name: checkServerName,
    error_log: checkErrorLog,
    resolver: checkResolver,
  },
  closing: { server: endOfServer },
  mergeServer(cx, server) {
    // With virtual servers (1.25.5) one without a handler is found out only by connections.
    if (cx.since('1.25.5')) return;
    if (handlers.some((name) => server.first(name) !== undefined) || mentions(server, ...handlers)) return;
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
    // Before 1.25.5 an address has one server.
    for (const address of streamAddresses(cx))
      if (address.servers.size > 1) checkNamesOfAddress(cx, main, address);
  },
};

/** `"stream" directive is duplicate` */
export const streamModule: ModuleChecks = {
  module: 'ngx_stream_module',
  directives: {
    stream: (cx) => duplicate(cx),
  },
};
