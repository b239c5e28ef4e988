import type { BlockState, CheckContext } from '../check-context.ts';
import { HostnameKeys } from '../hash-keys.ts';
import { checkHash, sizedHash } from '../http/hash.ts';
import type { ModuleChecks } from '../module-checks.ts';
import type { Problem } from '../problem.ts';
import { problem } from '../problem.ts';
import { compileRegex } from '../regex.ts';
import { Slot } from '../store.ts';

const refererHash = sizedHash('referer_hash', 2048);

/** What the `valid_referers` of one level hold. */
const referersSlot = new Slot('referers', () => ({
  keys: new HostnameKeys(),
  any: false,
  weak: false,
  serverNames: false,
}));

function addKey(keys: HostnameKeys, host: string, word: number): Problem | null {
  const answer = keys.add(host, true);
  if (answer === 'ok') return null;
  return answer === 'declined'
    ? problem('invalid-host-name', `invalid hostname or wildcard "${host}"`, { word })
    : problem('duplicate', `conflicting parameter "${host}"`, { word });
}

/** ngx_http_valid_referers */
function validReferers(cx: CheckContext): Problem | null {
  const state = cx.block.store.get(referersSlot);
  for (let word = 0; word < cx.values.length; word++) {
    const value = cx.arg(word);
    if (value === '') return problem('invalid-value', `invalid referer "${value}"`, { word });
    if (value === 'none' || value === 'blocked') {
      state.weak = true;
      continue;
    }
    if (value === 'server_names') {
      state.serverNames = true;
      continue;
    }
    let refused: Problem | null;
    if (value.startsWith('~')) {
      refused =
        value.length === 1
          ? problem('invalid-regex', `empty regex in "${value}"`, { word })
          : compileRegex(cx, value.slice(1), { caseless: true, word, variables: false });
    } else {
      refused = addKey(state.keys, value.replace(/\/[^]*$/, ''), word);
      state.any ||= refused === null;
    }
    if (refused !== null) return refused;
  }
  return null;
}

/** ngx_http_referer_merge_conf: the names of the server join, then `none` and `blocked` alone are no list. */
function mergeReferers(cx: CheckContext, level: BlockState): void {
  const state = level.store.peek(referersSlot);
  if (state === undefined) return;
  const node = level.first('valid_referers');
  if (node === undefined) return;
  if (state.serverNames) {
    let server: BlockState | null = level;
    while (server !== null && server.context !== 'server') server = server.parent;
    const written = server?.all('server_name').flatMap(({ values }) => values) ?? [];
    for (const name of written.length > 0 ? written : ['']) {
      if (name.startsWith('~')) continue;
      state.any = true;
      const refused = addKey(state.keys, name.toLowerCase(), 0);
      if (refused !== null) return cx.report({ ...refused, node });
    }
  }
  if (state.weak && !state.any)
    return cx.report(
      problem(
        'referers-missing',
        'the "none" or "blocked" referers are specified in the "valid_referers" directive without any valid referer',
        { node, placeless: true },
      ),
    );
  if (!state.keys.empty) checkHash(cx, refererHash, level, state.keys.hashed());
}

/** ngx_http_referer_module.c */
export const httpRefererModule: ModuleChecks = {
  module: 'ngx_http_referer_module',
  directives: { valid_referers: validReferers },
  mergeLocation: mergeReferers,
};
