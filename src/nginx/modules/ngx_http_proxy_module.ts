import type { BlockState, CheckContext } from '../check-context.ts';
import { duplicate } from '../generic-slots.ts';
import { sizedHash } from '../http/hash.ts';
import { hiddenHeadersMerger, setHeadersMerger } from '../http/header-hashes.ts';
import { isRegex, locationName } from '../http/location-name.ts';
import { mergeCacheZone } from '../http/file-cache.ts';
import { buffersMerger } from '../http/upstream-buffers.ts';
import { sharedDirectives } from '../http/upstream-directives.ts';
import { mergeLateValue, mergeLateValues, mergePassTls } from '../http/upstream-pass.ts';
import type { Handler, ModuleChecks } from '../module-checks.ts';
import { checkCertificateCache } from '../ssl-cache.ts';
import type { Problem } from '../problem.ts';
import { checkPasswordFile } from '../tls-files.ts';
import { directiveProblem, problem } from '../problem.ts';
import { compileRegex } from '../regex.ts';
import { compileArgument, compileArguments, compileScript, hasVariables } from '../script.ts';
import { passUpstream } from '../upstreams.ts';

const schemePattern = /^http(s?):\/\//i;

/** ngx_http_proxy_pass */
function proxyPass(cx: CheckContext): Problem | null {
  const refused = duplicate(cx);
  if (refused !== null) return refused;
  const text = cx.arg(0);
  if (hasVariables(text)) return compileScript(cx, text, 0);
  const scheme = schemePattern.exec(text);
  if (scheme === null)
    return problem('invalid-url-prefix', 'invalid URL prefix', { word: 0, ...schemeAdvice(text, cx) });
  const address = text.slice(scheme[0].length);
  const added = passUpstream(cx, address, { defaultPort: scheme[1] === '' ? 80 : 443, uriPart: true }, 0);
  if ('refused' in added) return added.refused;
  return added.url?.uri !== '' && takesNoUri(cx.block)
    ? problem(
        'uri-not-allowed',
        '"proxy_pass" cannot have URI part in location given by regular expression, or inside named location, or inside "if" statement, or inside "limit_except" block',
        { word: 0, detail: `The URI part is "${added.url?.uri}"; even a single "/" counts.` },
      )
    : null;
}

function schemeAdvice(text: string, cx: CheckContext): Partial<Problem> {
  const word = cx.node.args[0]!;
  const socket = /^ws(s?):\/\//i.exec(text);
  if (socket === null) {
    const detail = 'The address starts with "http://" or "https://".';
    const { file } = cx.node;
    // Without a scheme it is a host or an upstream; quotes and other schemes are left to people.
    if (!/^[\w.-]+(?::\d+)?(?:\/|$)/.test(text) || !file.text.startsWith(text, word.start)) return { detail };
    const edits = [{ file, start: word.start, end: word.start, text: 'http://' }];
    return { detail, fixes: [{ title: 'Write "http://" before it', edits }] };
  }
  const scheme = socket[1] === '' ? 'http://' : 'https://';
  const start = cx.node.file.text.indexOf(socket[0], word.start);
  return {
    detail: `nginx proxies WebSocket connections over "${scheme}"; there is no "${socket[0]}".`,
    fixes: [
      {
        title: `Write "${scheme}"`,
        edits: [{ file: cx.node.file, start, end: start + socket[0].length, text: scheme }],
      },
    ],
  };
}

function takesNoUri(block: BlockState): boolean {
  const name = locationName(block);
  return name === null || isRegex(name) || name.modifier === '@';
}

/** A pattern (after `~`) or text with variables. */
function compilePattern(cx: CheckContext, text: string, word: number): Problem | null {
  if (!text.startsWith('~')) return compileScript(cx, text, word);
  const caseless = text.startsWith('~*');
  return compileRegex(cx, text.slice(caseless ? 2 : 1), { caseless, word });
}

function isDuplicateOff(cx: CheckContext): Problem | null {
  const before = cx.block.all(cx.name);
  const offBefore = before.some(({ values }) => values.length === 1 && values[0] === 'off');
  const off = cx.values.length === 1 && cx.arg(0) === 'off';
  return offBefore || (off && before.length > 0)
    ? directiveProblem(cx.name, 'duplicate', 'is duplicate', {
        detail: '"off" goes with no other at one level.',
      })
    : null;
}

/** ngx_http_proxy_redirect */
function proxyRedirect(cx: CheckContext): Problem | null {
  const refused = isDuplicateOff(cx);
  if (refused !== null) return refused;
  if (cx.values.length === 2) return compilePattern(cx, cx.arg(0), 0) ?? compileArgument(cx, 1);
  if (cx.arg(0) === 'off') return null;
  if (cx.arg(0) !== 'default')
    return problem('invalid-parameter', `invalid parameter "${cx.arg(0)}"`, { word: 0 });
  const pass = cx.block.first('proxy_pass');
  if (pass === undefined)
    return problem('conflict', '"proxy_redirect default" should be placed after the "proxy_pass" directive');
  return hasVariables(pass.values[0]!)
    ? problem(
        'conflict',
        '"proxy_redirect default" cannot be used with "proxy_pass" directive with variables',
      )
    : null;
}

/** ngx_http_proxy_cookie_domain, _path and _flags share their shape. */
function cookieRewrite(compileFirst: (cx: CheckContext) => Problem | null): Handler {
  return (cx) => {
    const refused = isDuplicateOff(cx);
    if (refused !== null) return refused;
    if (cx.values.length === 1)
      return cx.arg(0) === 'off'
        ? null
        : problem('invalid-parameter', `invalid parameter "${cx.arg(0)}"`, { word: 0 });
    return compileFirst(cx) ?? compileArguments(cx, 1);
  };
}

/** A pattern of a cookie's domain or name never minds case. */
function caselessPattern(cx: CheckContext): Problem | null {
  const text = cx.arg(0);
  if (text.startsWith('~')) return compileRegex(cx, text.slice(1), { caseless: true, word: 0 });
  return compileScript(cx, text, 0);
}

const mergeBuffers = buffersMerger('proxy');
const headersHash = sizedHash('proxy_headers_hash', 512);
const mergeHiddenHeaders = hiddenHeadersMerger('proxy', headersHash);
const mergeSetHeaders = setHeadersMerger('proxy_set_header', headersHash);

/** src/http/modules/ngx_http_proxy_module.c */
export const httpProxyModule: ModuleChecks = {
  module: 'ngx_http_proxy_module',
  directives: {
    ...sharedDirectives('proxy'),
    proxy_pass: proxyPass,
    proxy_redirect: proxyRedirect,
    proxy_cookie_domain: cookieRewrite(caselessPattern),
    proxy_cookie_path: cookieRewrite((cx) => compilePattern(cx, cx.arg(0), 0)),
    proxy_cookie_flags: cookieRewrite(caselessPattern),
    proxy_ssl_certificate_cache: checkCertificateCache,
    proxy_ssl_password_file: checkPasswordFile,
  },
  mergeLocation(cx, level) {
    if (!mergeBuffers(cx, level)) return;
    mergeCacheZone(cx, level, 'proxy_cache');
    mergePassTls(cx, level, 'proxy_pass', 'https:');
    if (!mergeHiddenHeaders(cx, level)) return;
    mergeLateValue(cx, level, 'proxy_set_body', 0);
    mergeLateValues(cx, level, 'proxy_set_header');
    mergeSetHeaders(cx, level);
  },
};
