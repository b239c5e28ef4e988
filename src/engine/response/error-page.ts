import type { ErrorPage } from '../../3-plan/schema/core.ts';
import type { EngineContext } from '../context.ts';
import { escapeUri } from '../algorithms/escape-uri.ts';
import { errorPageBody } from '../http/status.ts';
import { internalRedirect, namedLocation } from '../phases/redirect.ts';
import { ok } from '../phases/phase.ts';
import type { Request } from '../request.ts';
import type { CompiledTemplate } from '../template.ts';
import { traceAs } from '../trace.ts';
import { splitArgs } from '../uri.ts';
import { setRedirect } from './redirect-host.ts';
import { documentRedirects, endsKeepalive } from './statuses.ts';
import { changeValidators } from './entity.ts';

export interface CompiledErrorPage {
  readonly codes: readonly number[];
  readonly overwrite: number;
  readonly to: CompiledTemplate;
  readonly args: string;
  readonly origin: number;
}

/** `error_page` of a location with its templates compiled. */
export function compileErrorPages(cx: EngineContext, pages: readonly ErrorPage[]): CompiledErrorPage[] {
  return pages.map(({ codes, overwrite, to, args, origin }) => ({
    codes,
    overwrite,
    to: cx.template(to),
    args,
    origin,
  }));
}

/** Codes that no client gets: they tell kinds of 400 apart. */
const ownCodes: ReadonlySet<number> = new Set([494, 495, 496, 497]);

/**
 * Ends a request with a status of 300 and more, 201 or 204 (ngx_http_special_response_handler): an `error_page` that applies, or
 * the built-in page. {@link ok} when the answer is ready, `restart` when the phases have to run again.
 */
export function specialResponse(cx: EngineContext, request: Request, status: number): number {
  request.errStatus = status;
  if (endsKeepalive.has(status)) request.keepalive = false;
  request.contentType = '';
  request.charset = '';
  const { location } = request;
  if (!request.errorPage && location.errorPages.length > 0 && request.uriChanges !== 0) {
    if (!location.core.recursive_error_pages) request.errorPage = true;
    const page = location.errorPages.find(({ codes }) => codes.includes(status));
    if (page !== undefined) return sendErrorPage(cx, request, page);
  }
  if (refreshes(request) && (status === 301 || status === 302)) return sendRefresh(request);
  return sendBuiltinPage(cx, request, status);
}

/** ngx_http_send_error_page. */
function sendErrorPage(cx: EngineContext, request: Request, page: CompiledErrorPage): number {
  if (page.overwrite >= 0) request.errStatus = page.overwrite;
  else if (ownCodes.has(request.errStatus)) request.errStatus = 400;
  // The body that a client waits with is read without a word, unless the page is a success.
  if (page.overwrite !== 0 && page.overwrite !== 200 && !request.expectTested) request.expectContinue = false;
  const target = page.to.evaluate(request);
  if (request.trace !== null)
    traceAs(request, 'error-page', page.origin, `error_page sends the request to "${target}"`);
  if (target.startsWith('/')) {
    const { uri, args } = page.to.constant === null ? splitArgs(target) : { uri: target, args: page.args };
    if (request.method !== 'HEAD') request.method = 'GET';
    return internalRedirect(cx, request, uri, args);
  }
  if (target.startsWith('@')) return namedLocation(cx, request, target);
  if (!documentRedirects.has(page.overwrite)) request.errStatus = 302;
  setRedirect(request, target);
  return refreshes(request) ? sendRefresh(request) : sendBuiltinPage(cx, request, request.errStatus);
}

/** `msie_refresh` applies. */
function refreshes({ location, msie }: Request): boolean {
  return msie && location.core.msie_refresh;
}

/** A page that makes MSIE go to the target of a redirect (ngx_http_send_refresh). */
function sendRefresh(request: Request): number {
  const url = escapeUri(request.redirect ?? '', 'refresh');
  const page = `<html><head><meta http-equiv="Refresh" content="0; URL=${url}"></head><body></body></html>\r\n`;
  setRedirect(request, null);
  request.errStatus = 200;
  sendPage(request, page);
  return ok;
}

/** ngx_http_send_special_response. */
function sendBuiltinPage(cx: EngineContext, request: Request, status: number): number {
  const body = errorPageBody(status, request.location.serverToken, cx.since);
  const hasPage = body !== '' && status !== 204 && status !== 201;
  if (ownCodes.has(status)) request.errStatus = 400;
  sendPage(request, hasPage ? body : '');
  if (hasPage) padForMsie(request, status, body);
  return ok;
}

/** Makes `page` the answer, or an answer without a body when it is ''. */
function sendPage(request: Request, page: string): void {
  // The body is thrown away without a word to a client that waits with it (r->expect_tested).
  if (!request.expectTested) request.expectContinue = false;
  request.status = request.errStatus;
  request.acceptRanges = false;
  removeLastAcceptRanges(request);
  changeValidators(request, false);
  if (page !== '') request.contentType = 'text/html';
  request.contentLengthOut = page.length;
  request.body = page === '' ? null : page;
}

/** ngx_http_clear_accept_ranges: of several lines that upstreams gave before X-Accel-Redirect the last one goes. */
function removeLastAcceptRanges({ headersOut }: Request): void {
  for (let at = headersOut.length - 2; at >= 0; at -= 2) {
    if (headersOut[at]!.toLowerCase() !== 'accept-ranges') continue;
    headersOut.splice(at, 2);
    return;
  }
}

const padding = '<!-- a padding to disable MSIE and Chrome friendly error page -->\r\n'.repeat(6);

/** `msie_padding`: for MSIE and Chrome, on HTTP/1.0 and later, with statuses of 400 and more. */
function padForMsie(request: Request, status: number, body: string): void {
  if (!request.location.core.msie_padding || status < 400 || request.httpVersion < 1000) return;
  if (!request.msie && !request.chrome) return;
  request.body = body + padding;
  request.contentLengthOut = body.length + padding.length;
}
