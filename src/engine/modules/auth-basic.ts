import { verifyPassword } from '../algorithms/crypt/verify-password.ts';
import type { AllSettings } from '../compiled.ts';
import type { EngineContext } from '../context.ts';
import type { PhaseHandler } from '../phases/phase.ts';
import { declined, ok } from '../phases/phase.ts';
import { errnoText } from '../../system/errno.ts';
import { trace } from '../trace.ts';
import { basicCredentials } from '../variables/core.ts';

const unauthorized = 401;
const proxyUnauthorized = 407;
const notAllowed = 403;
const internalError = 500;

/** ngx_http_auth_basic_handler; null where `auth_basic` is off or has no file. */
export function authBasicHandler(cx: EngineContext, { authBasic }: AllSettings): PhaseHandler | null {
  const realmText = cx.template(authBasic.auth_basic);
  const fileText = cx.template(authBasic.auth_basic_user_file);
  if (realmText.constant === 'off' || fileText.constant === '') return null;
  const { world } = cx;
  const folder = cx.confPrefix;
  const origin = authBasic.at?.auth_basic ?? -1;
  return (request) => {
    const realm = realmText.evaluate(request);
    if (realm === 'off') return declined;
    const answer = (status: number, why: string): number => {
      if (request.trace !== null) trace(request, origin, `auth_basic: ${why}`, status);
      return status;
    };
    const refuse = (why: string): number => {
      const proxy = request.method === 'CONNECT';
      request.headersOut.push(proxy ? 'Proxy-Authenticate' : 'WWW-Authenticate', `Basic realm="${realm}"`);
      return answer(proxy ? proxyUnauthorized : unauthorized, why);
    };
    const credentials = basicCredentials(request);
    if (credentials === null) {
      world.log('info', 'no user/password was provided for basic authentication', request);
      return refuse('the request has no credentials');
    }
    const name = fileText.evaluate(request);
    const path = name.startsWith('/') ? name : folder + name;
    const file = world.files.read(path);
    if ('error' in file) {
      const missing = file.error === 'ENOENT';
      world.log(missing ? 'error' : 'crit', `open() "${path}" failed ${errnoText(file.error)}`, request);
      return answer(missing ? notAllowed : internalError, `the file "${path}" cannot be read`);
    }
    const { user, password } = credentials;
    const stored = findUser(file.bytes, user);
    if (stored === null) {
      world.log('error', `user "${user}" was not found in "${path}"`, request);
      return refuse('the user is not known');
    }
    const verdict = verifyPassword(password, stored);
    if (verdict === 'match') return ok;
    if (verdict === 'unsupported') {
      world.log('error', `user "${user}": the scheme of the password in "${path}" is not supported`, request);
      return answer(internalError, 'the scheme of the password is not supported');
    }
    world.log('error', `user "${user}": password mismatch`, request);
    return refuse('the password is wrong');
  };
}

/** The password field of the first line for `user` in `name:password[:comment]` lines. */
function findUser(lines: string, user: string): string | null {
  for (const line of lines.split(/[\r\n]+/)) {
    if (!line.startsWith(`${user}:`) || line.startsWith('#')) continue;
    const rest = line.slice(user.length + 1);
    const end = rest.indexOf(':');
    return end === -1 ? rest : rest.slice(0, end);
  }
  return null;
}
