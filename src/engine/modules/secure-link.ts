import { createHash, timingSafeEqual } from 'node:crypto';
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
  /** Null where behind the comma stands no time. */
  const parts = (request: Request): { hash: string; expires: string | null } | null => {
    const value = text(request.location.secureLink.secure_link, request);
    const comma = value.indexOf(',');
    if (comma === -1) return { hash: value, expires: null };
    const expires = value.slice(comma + 1);
    return /^(?!0+$)\d{1,18}$/.test(expires) ? { hash: value.slice(0, comma), expires } : null;
  };
  variables.define('secure_link', {
    cached: true,
    get: (request) => {
      const settings = request.location.secureLink;
      if (settings.secure_link_secret !== '') return oldLink(request.uri, settings.secure_link_secret);
      if (settings.secure_link === '' || settings.secure_link_md5 === '') return null;
      const given = parts(request);
      if (given === null || given.hash.length > 24) return null;
      const hash = Buffer.from(decodeBase64Url(given.hash) ?? '', 'latin1');
      if (hash.length !== 16) return null;
      if (!timingSafeEqual(hash, md5(text(settings.secure_link_md5, request)))) return null;
      return given.expires !== null && Number(given.expires) < Math.floor(world.now() / 1000) ? '0' : '1';
    },
  });
  variables.define('secure_link_expires', {
    cached: true,
    get: (request) => {
      const settings = request.location.secureLink;
      if (settings.secure_link === '') return null;
      return parts(request)?.expires ?? null;
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
