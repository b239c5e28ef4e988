import type { RequestBody } from './api.ts';
import type { EngineContext } from './context.ts';
import { phases } from './phases/phase.ts';
import { namedLocation, restart } from './phases/redirect.ts';
import { finish, run } from './phases/run.ts';
import { updateLocation } from './phases/update-location.ts';
import { Request } from './request.ts';
import { setUri } from './uri.ts';

const noBody: RequestBody = { length: 0, bytes: () => '', file: '' };

export interface SubrequestOptions {
  /** Its body is thrown away. */
  readonly headOnly: boolean;
  /** Pass the client's method on (mirror); else `GET`. */
  readonly copiesMethod?: boolean;
  /** Has none of the client's body, even if it has been read (auth_request). */
  readonly withoutBody?: boolean;
  /** Goes the parent's way, from the content phase on (NGX_HTTP_SUBREQUEST_CLONE). */
  readonly clones?: boolean;
  /** Nobody waits for its answer. */
  readonly background?: boolean;
  /** Begins when its parent cannot go on for now (`begin`). */
  readonly posted?: boolean;
  /** Goes to this named location (`@name`) with its URI. */
  readonly named?: string;
}

/**
 * Makes and starts a subrequest (ngx_http_subrequest): it has the client's headers and shares the values of variables.
 * Null when there are too many inside one another.
 */
export function startSubrequest(
  cx: EngineContext,
  parent: Request,
  uri: string,
  args: string,
  options: SubrequestOptions,
): Request | null {
  if (parent.subrequestsLeft === 0) {
    cx.world.log('error', `subrequests cycle while processing "${uri}"`, parent);
    return null;
  }
  const child = new Request(parent.connection, parent);
  child.subrequestsLeft = parent.subrequestsLeft - 1;
  child.method = options.copiesMethod === true ? parent.method : 'GET';
  child.requestLine = parent.requestLine;
  child.unparsedUri = parent.unparsedUri;
  child.httpVersion = parent.httpVersion;
  child.protocol = parent.protocol;
  child.host = parent.host;
  child.port = parent.port;
  child.headers = parent.headers;
  child.contentLength = parent.contentLength;
  child.upgrade = parent.upgrade;
  // What has not been read by now is the main request's alone.
  child.requestBody = options.withoutBody === true ? noBody : (parent.requestBody ?? noBody);
  child.variables = parent.variables;
  child.validUnparsedUri = false;
  child.internal = true;
  child.inBackground = options.background === true;
  child.headOnly = options.headOnly;
  child.headerOnly = options.headOnly;
  child.startedAt = cx.world.now();
  child.startedMonotonic = cx.world.monotonic();
  child.server = parent.server;
  child.location = parent.server.root;
  child.args = args;
  child.trace = parent.trace;
  setUri(child, uri);
  if (options.clones === true) cloneWay(child, parent);
  else child.phase = phases.serverRewrite;
  updateLocation(cx, child);
  if (options.posted === true) {
    child.action = 'begin';
    return child;
  }
  child.main.activity = '';
  const result = options.named === undefined ? restart : namedLocation(cx, child, options.named);
  child.action = result === restart ? run(cx, child) : finish(cx, child, result);
  return child;
}

function cloneWay(child: Request, parent: Request): void {
  child.method = parent.method;
  child.location = parent.location;
  child.contentHandler = parent.contentHandler;
  child.validLocation = parent.validLocation;
  child.validUnparsedUri = parent.validUnparsedUri;
  child.quotedUri = parent.quotedUri;
  child.captures = parent.captures;
  child.phase = phases.content;
}
