import { verifyPassword } from '../algorithms/crypt/verify-password.ts';
import type { AllSettings } from '../compiled.ts';
import type { EngineContext } from '../context.ts';
import type { PhaseHandler } from '../phases/phase.ts';
import { declined, ok } from '../phases/phase.ts';
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
  return (request) => {
    const realm = realmText.evaluate(request);
    if (realm === 'off') return declined;
    const refuse = (): number => {
      const proxy = request.method === 'CONNECT';
      request.headersOut.push(proxy ? 'Proxy-Authenticate' : 'WWW-Authenticate', `Basic realm="${realm}"`);
      return proxy ? proxyUnauthorized : unauthorized;
    };
    const credentials = basicCredentials(request);
    if (credentials === null) {
      world.log('info', 'no user/password was provided for basic authentication', request);
      return refuse();
    }
    const name = fileText.evaluate(request);
    const path = name.startsWith('/') ? name : folder + name;
    const file = world.files.read(path);
    if ('error' in file) {
      const missing = file.error === 'ENOENT';
      world.log(missing ? 'error' : 'crit', `open() "${path}" failed (${file.error})`, request);
      return missing ? notAllowed : internalError;
    }
    const { user, password } = credentials;
    const stored = findUser(file.bytes, user);
    if (stored === null) {
      world.log('error', `user "${user}" was not found in "${path}"`, request);
      return refuse();
    }
    const verdict = verifyPassword(password, stored);
    if (verdict === 'match') return ok;
    if (verdict === 'unsupported') {
      world.log('error', `user "${user}": the scheme of the password in "${path}" is not supported`, request);
      return internalError;
    }
    world.log('error', `user "${user}": password mismatch`, request);
    return refuse();
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
