import path from 'node:path';
import { requestForUrl, type ExplainedRequest, type RequestOptions } from '../../explain/request.ts';
import { CliError } from '../cli-error.ts';
import type { ExplainOptions } from '../commands/explain.ts';
import { readBytes } from '../lint/inputs.ts';
import type { Terminal } from '../terminal.ts';

/** A request of `--requests`, with the name that its answer goes by. */
export interface NamedRequest {
  readonly name: string;
  readonly request: ExplainedRequest;
}

/** What is asked about: every location, one request, or a file of them. */
export type Asked =
  | { readonly kind: 'locations' }
  | { readonly kind: 'request'; readonly request: ExplainedRequest }
  | { readonly kind: 'requests'; readonly requests: readonly NamedRequest[] };

/**
 * What the command line asks about.
 *
 * @throws CliError when it asks in two ways at once, or of something that is no request
 */
export function askedOf(url: string | undefined, options: ExplainOptions, terminal: Terminal): Asked {
  const { raw, requests } = options;
  const ways = [
    url !== undefined && 'a URL',
    raw !== undefined && '--raw',
    requests !== undefined && '--requests',
  ].filter((way) => way !== false);
  if (ways.length > 1) throw new CliError(`give only one of ${ways.join(' and ')}`);
  if (raw !== undefined) {
    const bytes = readBytes(path.resolve(terminal.cwd, raw), raw);
    return { kind: 'request', request: rawRequest(bytes) };
  }
  if (requests !== undefined) return { kind: 'requests', requests: readRequests(requests, terminal) };
  if (url === undefined || options.all === true) return { kind: 'locations' };
  const request = requestForUrl(url, requestOptions(options));
  if ('error' in request) throw new CliError(request.error);
  return { kind: 'request', request };
}

/** The request that the options describe, but for its address. */
export function requestOptions(options: ExplainOptions): RequestOptions {
  return {
    headers: options.header ?? [],
    method: options.method ?? 'GET',
    http: options.http ?? '1.1',
    plain: options.plain === true,
  };
}

function rawRequest(raw: string): ExplainedRequest {
  return { raw, hostname: '', port: null, tls: null };
}

/** JSON lines `{"name","raw"}`; `raw` holds one character per byte. */
function readRequests(file: string, terminal: Terminal): NamedRequest[] {
  const bytes = readBytes(path.resolve(terminal.cwd, file), file);
  const text = Buffer.from(bytes, 'latin1').toString('utf8');
  return text.split('\n').flatMap((line, index) => {
    if (line.trim() === '') return [];
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      throw new CliError(`${file}:${index + 1}: not JSON; each line has to be {"name": …, "raw": …}`);
    }
    const { name, raw } = (value ?? {}) as { name?: unknown; raw?: unknown };
    if (typeof raw !== 'string' || /[^\x00-\xff]/.test(raw)) {
      throw new CliError(
        `${file}:${index + 1}: "raw" has to be the request's bytes, one character (up to U+00FF) for each`,
      );
    }
    return [{ name: typeof name === 'string' ? name : '', request: rawRequest(raw) }];
  });
}
