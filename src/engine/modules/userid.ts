import type { AllSettings } from '../compiled.ts';
import { decodeBase64 } from '../algorithms/base64.ts';
import { printCookieDate } from '../algorithms/http-date.ts';
import { parseIpv4, parseIpv6 } from '../algorithms/inet.ts';
import type { EngineContext } from '../context.ts';
import type { Request } from '../request.ts';
import { cookie } from '../variables/headers.ts';
import type { HeadFilter } from './module.ts';
import type { Getter } from '../variables/variables.ts';
import { holds } from '../template.ts';

type Settings = AllSettings['userid'];

/** What is known of a client's identifier; 16 bytes each, all zero while there is none. */
interface UserId {
  /** The cookie as sent, '' without one. */
  readonly sent: string;
  readonly got: Buffer;
  set: Buffer;
  reset: boolean;
}

/** Counters that make identifiers of one worker differ. */
interface Sequence {
  readonly start: number;
  v1: number;
  v2: number;
}

const firstV2 = 0x03030302;
/** nginx reads 22 digits, since the padding may be a mark or garbage. */
const digits = 22;
const none = Buffer.alloc(16);

/** Whether an identifier is there: its last word is never zero. */
const isSet = (uid: Buffer): boolean => uid.readUInt32LE(12) !== 0;

/** `$uid_got`, `$uid_set`, `$uid_reset` (ngx_http_userid_filter_module.c). */
export function defineUserid(cx: EngineContext): void {
  const { variables } = cx;
  variables.define('uid_reset', { cached: true, get: () => '' });
  const shown = (kind: 'got' | 'set'): Getter => {
    return ({ main }) => {
      const { userid } = main.location;
      if (userid.userid === 'off' || (kind === 'set' && userid.userid === 'log')) return null;
      const id = userIdOf(cx, main);
      if (kind === 'set') createUid(cx, main, id);
      return isSet(id[kind]) ? `${userid.userid_name}=${hexWords(id[kind])}` : null;
    };
  };
  variables.define('uid_got', { cached: true, get: shown('got') });
  variables.define('uid_set', { cached: true, get: shown('set') });
}

/** Sends the cookie (ngx_http_userid_filter). */
export function useridFilter(cx: EngineContext, { userid }: AllSettings): HeadFilter | null {
  if (userid.userid === 'off' || userid.userid === 'log') return null;
  return (request) => {
    if (request !== request.main) return;
    const id = userIdOf(cx, request);
    createUid(cx, request, id);
    if (!isSet(id.set)) return;
    request.headersOut.push('Set-Cookie', setCookie(userid, id, cx.world.now()));
    if (userid.userid_p3p !== 'none') request.headersOut.push('P3P', userid.userid_p3p);
  };
}

/** The identifier that the client sent (ngx_http_userid_get_uid). */
function userIdOf(cx: EngineContext, request: Request): UserId {
  request.modules ??= new Map();
  let id = request.modules.get('userid') as UserId | undefined;
  if (id === undefined) {
    const sent = cookie(request.headers, request.location.userid.userid_name);
    id = {
      sent: sent ?? '',
      got: sent === null ? none : decodeUid(cx, request, sent),
      set: none,
      reset: false,
    };
    request.modules.set('userid', id);
  }
  return id;
}

function decodeUid(cx: EngineContext, request: Request, sent: string): Buffer {
  const bytes = sent.length < digits ? null : decodeBase64(sent.slice(0, digits));
  if (bytes === null) {
    const fault = sent.length < digits ? 'too short' : 'invalid';
    cx.world.log('error', `client sent ${fault} userid cookie "${sent}"`, request);
    return none;
  }
  const uid = Buffer.alloc(16);
  uid.write(bytes, 'latin1');
  return uid;
}

/** Decides whether the client gets a new identifier, or its own once more with the mark (ngx_http_userid_create_uid). */
function createUid(cx: EngineContext, request: Request, id: UserId): void {
  if (isSet(id.set)) return;
  const { userid } = request.location;
  if (isSet(id.got)) {
    const reset = cx.variables.evaluator('uid_reset')(request);
    if (!holds(reset)) {
      const marked = userid.userid_mark === 'off' || id.sent.startsWith(`${userid.userid_mark}=`, digits);
      if (!marked) id.set = id.got;
      return;
    }
    id.reset = true;
    if (reset === 'log') {
      const text = `userid cookie "${userid.userid_name}=${hexWords(id.got)}" was reset`;
      cx.world.log('notice', text, request);
    }
  }
  const sequence = cx.once('userid sequence', () => ({
    start: Math.floor(cx.world.random() * 0x10000) * 0x10000 + (cx.world.pid & 0xffff),
    v1: 1,
    v2: firstV2,
  }));
  id.set = newUid(userid, request, sequence, cx.seconds);
}

/** Version 1 keeps its words in the order of the machine, version 2 in that of networks. */
function newUid(userid: Settings, request: Request, sequence: Sequence, now: number): Buffer {
  const uid = Buffer.alloc(16);
  const service = userid.userid_service;
  if (userid.userid === 'v1') {
    uid.writeUInt32LE(service === -1 ? 0 : service, 0);
    uid.writeUInt32LE(now % 0x1_0000_0000, 4);
    uid.writeUInt32LE(sequence.start, 8);
    uid.writeUInt32LE(sequence.v1, 12);
    sequence.v1 = (sequence.v1 + 0x100) % 0x1_0000_0000;
    return uid;
  }
  uid.writeUInt32BE(service === -1 ? addressWord(request.connection.serverAddress) : service, 0);
  uid.writeUInt32BE(now % 0x1_0000_0000, 4);
  uid.writeUInt32BE(sequence.start, 8);
  uid.writeUInt32BE(sequence.v2, 12);
  sequence.v2 = (sequence.v2 + 0x100) % 0x1_0000_0000;
  if (sequence.v2 < firstV2) sequence.v2 = firstV2;
  return uid;
}

/** The local address: of IPv6 its last four bytes, 0 for unix sockets. */
function addressWord(address: string): number {
  const v4 = parseIpv4(address);
  if (v4 !== null) return v4;
  const v6 = parseIpv6(address);
  return v6 === null ? 0 : Buffer.from(v6).readUInt32BE(12);
}

/** Four words as the machine (little-endian) reads them, in hexadecimal digits. */
function hexWords(uid: Buffer): string {
  return [0, 4, 8, 12].map((at) => uid.readUInt32LE(at).toString(16).toUpperCase().padStart(8, '0')).join('');
}

/** ngx_http_userid_set_uid. */
function setCookie(userid: Settings, id: UserId, now: number): string {
  const { userid_mark: mark, userid_domain: domain, userid_expires: expires, userid_flags: flags } = userid;
  const value = isSet(id.got) && !id.reset ? id.sent : id.set.toString('base64');
  const padding = mark === 'off' ? '=' : mark;
  let line = `${userid.userid_name}=${value.slice(0, digits)}${padding}=`;
  if (expires === 'max') line += '; expires=Thu, 31-Dec-37 23:55:55 GMT';
  else if (expires !== 0) line += `; expires=${printCookieDate(Math.floor(now / 1000) + expires)}`;
  if (domain !== 'none') line += `; domain=${domain}`;
  line += `; path=${userid.userid_path}`;
  for (const flag of ['secure', 'httponly', 'samesite=strict', 'samesite=lax', 'samesite=none'])
    if (flags.includes(flag)) line += `; ${flag}`;
  return line;
}
