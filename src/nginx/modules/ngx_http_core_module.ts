import { mentions, type BlockState, type CheckContext } from '../check-context.ts';
import { duplicate, invalidValue, timeDetail } from '../generic-slots.ts';
import { aio, directio, disableSymlinks, openFileCache } from '../http/file-access.ts';
import { checkHash, hasUsualSizes, sizedHash } from '../http/hash.ts';
import { addListen, defaultListen, defaultOptions, listenPorts } from '../http/listen.ts';
import { checkListen } from '../http/listen-parameters.ts';
import { enclosingLocation, isRegex, locationName } from '../http/location-name.ts';
import { checkDuplicateLocations } from '../http/location-tree.ts';
import { checkPoolSize } from '../http/pool-size.ts';
import { checkServerName } from '../http/server-name.ts';
import { checkServerNames } from '../http/server-names.ts';
import { checkErrorLog } from '../log-target.ts';
import type { ModuleChecks } from '../module-checks.ts';
import type { Problem } from '../problem.ts';
import { problem } from '../problem.ts';
import { compileRegex } from '../regex.ts';
import { checkResolver } from '../resolver.ts';
import { compileScript } from '../script.ts';
import { Slot } from '../store.ts';
import { reportUnknownVariables } from '../unknown-variables.ts';
import { parseNumber } from '../values/number.ts';
import { parseSize } from '../values/size.ts';
import { parseMilliseconds, parseSeconds } from '../../text/time.ts';
import { variablesOf } from '../variables.ts';

/** ngx_http_core_server, at its end: a server without `listen` takes port 80. One that was refused is none the less there. */
function endOfServer(cx: CheckContext): Problem | null {
  if (cx.block.first('listen') !== undefined || mentions(cx.block, 'listen')) return null;
  return addListen(cx, defaultListen, 80, defaultOptions, cx.block);
}

/** ngx_http_core_location */
function location(cx: CheckContext): Problem | null {
  const node = cx.node;
  if (node.type !== 'location') return null;
  const { pattern } = node;
  const modifiers = ['=', '^~', '~', '~*'];
  if (cx.values.length === 2 && !modifiers.includes(cx.arg(0)))
    return problem('invalid-location-modifier', `invalid location modifier "${cx.arg(0)}"`, {
      word: 0,
      detail: 'It is one of =, ^~, ~ and ~*.',
    });
  const name = { modifier: node.modifier, name: pattern ?? '' };
  const word = cx.values.length - 1;
  if (isRegex(name)) {
    const refused = compileRegex(cx, name.name, { caseless: name.modifier === '~*', word });
    if (refused !== null) return refused;
  }
  const outer = cx.block.context === 'location' ? locationName(cx.block) : null;
  if (outer === null) return null;
  const refuse = (message: string): Problem => problem('location-nesting', message, { word });
  if (outer.modifier === '=')
    return refuse(`location "${name.name}" cannot be inside the exact location "${outer.name}"`);
  if (outer.modifier === '@')
    return refuse(`location "${name.name}" cannot be inside the named location "${outer.name}"`);
  if (name.modifier === '@') return refuse(`named location "${name.name}" can be on the server level only`);
  if (!isRegex(name) && !name.name.startsWith(outer.name))
    return refuse(`location "${name.name}" is outside location "${outer.name}"`);
  return null;
}

const forbiddenInRoot = ['document_root', 'realpath_root'];

/** ngx_http_core_root: `root` and `alias` */
function root(cx: CheckContext): Problem | null {
  const other = cx.name === 'alias' ? 'root' : 'alias';
  if (cx.block.first(cx.name) !== undefined) return duplicate(cx);
  if (cx.block.first(other) !== undefined)
    return problem(
      'duplicate',
      `"${cx.name}" directive is duplicate, "${other}" directive was specified earlier`,
    );
  const at = enclosingLocation(cx.block);
  if (cx.name === 'alias' && at?.modifier === '@')
    return problem(
      'alias-in-named-location',
      'the "alias" directive cannot be used inside the named location',
    );
  const path = cx.arg(0);
  for (const name of forbiddenInRoot)
    if (path.includes(`$${name}`) || path.includes(`\${${name}}`))
      return problem(
        'invalid-variable',
        `the $${name} variable cannot be used in the "${cx.name}" directive`,
        { word: 0 },
      );
  return compileScript(cx, path, 0);
}

const methods: ReadonlySet<string> = new Set([
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'DELETE',
  'MKCOL',
  'COPY',
  'MOVE',
  'OPTIONS',
  'PROPFIND',
  'PROPPATCH',
  'LOCK',
  'UNLOCK',
  'PATCH',
]);

function limitExcept(cx: CheckContext): Problem | null {
  const refused = duplicate(cx);
  if (refused !== null) return refused;
  for (let word = 0; word < cx.values.length; word++)
    if (!methods.has(cx.arg(word).toUpperCase()))
      return problem('invalid-value', `invalid method "${cx.arg(word)}"`, { word });
  return null;
}

/** ngx_http_core_error_page */
function errorPage(cx: CheckContext): Problem | null {
  const last = cx.values.length - 1;
  const before = cx.arg(last - 1);
  const overwrites = before.startsWith('=');
  const invalid = (word: number): Problem =>
    problem('invalid-value', `invalid value "${cx.arg(word)}"`, { word });
  if (overwrites && (last - 1 === 0 || (before.length > 1 && parseNumber(before.slice(1)) === null)))
    return invalid(last - 1);
  const refused = compileScript(cx, cx.arg(last), last);
  if (refused !== null) return refused;
  const codes = overwrites ? last - 1 : last;
  for (let word = 0; word < codes; word++) {
    const code = parseNumber(cx.arg(word));
    if (code === null || code === 499) return invalid(word);
    if (code < 300 || code > 599)
      return problem('invalid-value', `value "${cx.arg(word)}" must be between 300 and 599`, { word });
  }
  return null;
}

function keepaliveTimeout(cx: CheckContext): Problem | null {
  const refused = duplicate(cx);
  if (refused !== null) return refused;
  const invalid = (word: number): Problem => invalidValue(cx, word, 'invalid value', timeDetail);
  if (parseMilliseconds(cx.arg(0)) === null) return invalid(0);
  return cx.values.length > 1 && parseSeconds(cx.arg(1)) === null ? invalid(1) : null;
}

function gzipDisable(cx: CheckContext): Problem | null {
  for (let word = 0; word < cx.values.length; word++) {
    const value = cx.arg(word);
    if (value === 'msie6' || value === 'degradation') continue;
    const refused = compileRegex(cx, value, { caseless: true, word, variables: false });
    if (refused !== null) return refused;
  }
  return null;
}

/** ngx_http_core_pool_size_p */
function poolSize(cx: CheckContext): Problem | null {
  const refused = duplicate(cx);
  if (refused !== null) return refused;
  const size = parseSize(cx.arg(0));
  if (size === null) return invalidValue(cx);
  return checkPoolSize(size);
}

/** Extensions that the `types` of one level map, with their types. */
const extensionsSlot = new Slot('types', () => new Map<string, string>());

function typesEntry(cx: CheckContext): Problem | null {
  if (cx.name === 'include') {
    if (cx.values.length !== 1)
      return problem('invalid-number-of-arguments', 'invalid number of arguments in "include" directive');
    return cx.include();
  }
  const extensions = cx.block.parent!.store.get(extensionsSlot);
  for (let word = 0; word < cx.values.length; word++) {
    const extension = cx.arg(word).toLowerCase();
    const before = extensions.get(extension);
    if (before !== undefined) {
      const message = `duplicate extension "${extension}", content type: "${cx.name}", previous content type: "${before}"`;
      cx.warn('duplicate-extension', message, { word });
    }
    extensions.set(extension, cx.name);
  }
  return null;
}

const variablesHash = sizedHash('variables_hash', 1024);
const typesHash = sizedHash('types_hash', 1024);

/** Extensions of a level without `types` (ngx_http_core_default_types). */
const defaultExtensions = ['html', 'gif', 'jpg'];

/** The part of ngx_http_core_merge_loc_conf about `types`. */
function mergeTypesOfFiles(cx: CheckContext, level: BlockState): void {
  if (!cx.seen.has('types') && hasUsualSizes(cx, typesHash)) return;
  if (level.context !== 'server' && level.first('types') === undefined) return;
  const holder = level.first('types') === undefined ? level.parent : level;
  const extensions = holder?.first('types') === undefined ? null : holder.store.get(extensionsSlot);
  checkHash(cx, typesHash, level, extensions?.keys() ?? defaultExtensions, () => ({
    node: holder?.first('types'),
    word: -1,
  }));
}

/** src/http/ngx_http_core_module.c and ngx_http.c */
export const httpCoreModule: ModuleChecks = {
  module: 'ngx_http_core_module',
  directives: {
    server_name: checkServerName,
    listen: checkListen,
    location,
    root,
    alias: root,
    limit_except: limitExcept,
    aio,
    directio,
    error_page: errorPage,
    error_log: checkErrorLog,
    open_file_cache: openFileCache,
    keepalive_timeout: keepaliveTimeout,
    resolver: checkResolver,
    gzip_disable: gzipDisable,
    disable_symlinks: disableSymlinks,
    connection_pool_size: poolSize,
    request_pool_size: poolSize,
    types: () => null,
    server: () => null,
  },
  entries: { types: typesEntry },
  closing: { server: endOfServer },
  mergeServer(cx, server, main) {
    if (!cx.seen.has('large_client_header_buffers') && !cx.seen.has('connection_pool_size')) return;
    const buffers = server.first('large_client_header_buffers') ?? main.first('large_client_header_buffers');
    const pool = server.first('connection_pool_size') ?? main.first('connection_pool_size');
    const bufferSize = buffers === undefined ? 8192 : (parseSize(buffers.values[1]!) ?? 8192);
    const poolBytes = pool === undefined ? 512 : (parseSize(pool.values[0]!) ?? 512);
    if (bufferSize < poolBytes)
      cx.report(
        problem(
          'conflict',
          'the "large_client_header_buffers" size must be equal to or greater than "connection_pool_size"',
          { node: buffers ?? pool },
        ),
      );
  },
  mergeLocation: mergeTypesOfFiles,
  locationTrees(cx, main) {
    for (const server of main.children) if (server.context === 'server') checkDuplicateLocations(cx, server);
  },
  finish(cx, main) {
    reportUnknownVariables(cx, 'http');
    checkHash(cx, variablesHash, main, variablesOf(cx, 'http').hashedNames());
    checkServerNames(cx, main, cx.cycle.get(listenPorts));
  },
};

/** `"http" directive is duplicate` */
export const httpModule: ModuleChecks = {
  module: 'ngx_http_module',
  directives: {
    http: (cx) => duplicate(cx),
  },
};
