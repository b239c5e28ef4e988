import { again, ok } from '../phases/phase.ts';
import type { Request } from '../request.ts';
import { setRedirect } from './redirect-host.ts';
import { documentRedirects } from './statuses.ts';

const defaultTypes: Readonly<Record<string, string>> = {
  html: 'text/html',
  gif: 'image/gif',
  jpg: 'image/jpeg',
};

/** The type of the extension, else `default_type` (ngx_http_set_content_type). */
export function contentTypeOf(request: Request): string {
  // A type that an upstream gave with X-Accel-Redirect stays.
  if (request.contentType !== '') return request.contentType;
  const { types, default_type: fallback } = request.location.core;
  if (request.exten === '') return fallback;
  const extension = request.exten.toLowerCase();
  const known = types ?? defaultTypes;
  // Clients choose the name: `/a.constructor` is no type that every object has.
  return Object.hasOwn(known, extension) ? known[extension]! : fallback;
}

/**
 * Answers with a text (ngx_http_send_response), when the client's body has been thrown away: for redirects the text is the target,
 * and the status has to be finished like an error. `contentType` '' takes the one of the URI.
 */
export function sendText(
  request: Request,
  status: number,
  text: (request: Request) => string,
  contentType: string,
): number {
  if (!request.hasBody) return answerWith(request, status, text, contentType);
  return discardBody(request, () => answerWith(request, status, text, contentType));
}

/** Throws the client's body away if nobody has read it, and goes on with what `answer` gives (ngx_http_discard_request_body). */
export function discardBody(request: Request, answer: () => number): number {
  if (!request.hasBody || request.requestBody !== null || request !== request.main) return answer();
  request.answering = answer;
  request.action = 'discard-body';
  return again;
}

function answerWith(
  request: Request,
  status: number,
  make: (request: Request) => string,
  contentType: string,
): number {
  // `$status` in the text is the one being sent.
  request.status = status;
  request.expectTested = true;
  const text = make(request);
  if (documentRedirects.has(status)) {
    setRedirect(request, text);
    return status;
  }
  request.contentLengthOut = text.length;
  request.contentType = contentType === '' ? contentTypeOf(request) : contentType;
  request.body = text === '' ? null : text;
  return ok;
}
