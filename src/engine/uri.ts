import type { Request } from './request.ts';

/** Changes the path, and with it the extension (ngx_http_set_exten). */
export function setUri(request: Request, uri: string): void {
  request.uri = uri;
  const dot = uri.includes('.') ? uri.lastIndexOf('.') : -1;
  request.exten = dot > 0 && uri.indexOf('/', dot) === -1 && uri[dot - 1] !== '/' ? uri.slice(dot + 1) : '';
}

/** Splits a URI with arguments (ngx_http_split_args). */
export function splitArgs(text: string): { uri: string; args: string } {
  const question = text.indexOf('?');
  return question === -1
    ? { uri: text, args: '' }
    : { uri: text.slice(0, question), args: text.slice(question + 1) };
}
