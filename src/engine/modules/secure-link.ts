import { createHash } from 'node:crypto';
import { decodeBase64Url } from '../algorithms/base64.ts';
import type { Request } from '../request.ts';
import type { EngineContext } from '../context.ts';
import type { Template } from '../../3-plan/schema.ts';

const md5 = (text: string): Buffer => createHash('md5').update(Buffer.from(text, 'latin1')).digest();

/** `$secure_link` and `$secure_link_expires` (ngx_http_secure_link_module.c). */
export function defineSecureLink(cx: EngineContext): void {
  const { variables, world } = cx;
  const text = (template: Template, request: Request): string =>
    cx.once(template, () => cx.template(template)).evaluate(request);
  const parts = (request: Request): { hash: string; expires: string } | null => {
    const value = text(request.location.secureLink.secure_link, request);
    const comma = value.indexOf(',');
    return comma === -1
      ? { hash: value, expires: '' }
      : { hash: value.slice(0, comma), expires: value.slice(comma + 1) };
  };
  variables.define('secure_link', {
    cached: true,
    get: (request) => {
      const settings = request.location.secureLink;
      if (settings.secure_link_secret !== '') return oldLink(request.uri, settings.secure_link_secret);
      if (settings.secure_link === '' || settings.secure_link_md5 === '') return null;
      const { hash, expires } = parts(request)!;
      if (expires !== '' && !/^[1-9]\d*$/.test(expires)) return null;
      const wanted = decodeBase64Url(hash);
      if (hash.length > 24 || wanted === null || wanted.length !== 16) return null;
      if (wanted !== md5(text(settings.secure_link_md5, request)).toString('latin1')) return null;
      return expires !== '' && Number(expires) < Math.floor(world.now() / 1000) ? '0' : '1';
    },
  });
  variables.define('secure_link_expires', {
    cached: true,
    get: (request) => {
      const settings = request.location.secureLink;
      if (settings.secure_link === '') return null;
      return parts(request)!.expires || null;
    },
  });
}

/** `/prefix/HASH/link` where HASH is the MD5 of link and secret in hexadecimal digits: the link, or null. */
function oldLink(uri: string, secret: string): string | null {
  const found = /^\/[^/]*\/([^/]*)\/(.*)$/s.exec(uri);
  if (found === null || found[1]!.length !== 32) return null;
  const [, hash, link] = found;
  return md5(link! + secret).toString('hex') === hash!.toLowerCase() ? link! : null;
}
