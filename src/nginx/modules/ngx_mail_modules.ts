import type { Directive } from '../../1-syntax/ast.ts';
import { checkTrustedAddress } from '../access-rules.ts';
import type { BlockState, CheckContext } from '../check-context.ts';
import { mentions } from '../check-context.ts';
import { checkGeneric, duplicate } from '../generic-slots.ts';
import { effective } from '../http/effective.ts';
import { checkErrorLog } from '../log-target.ts';
import type { ModuleChecks } from '../module-checks.ts';
import type { Problem } from '../problem.ts';
import { problem } from '../problem.ts';
import { reportAt } from '../report-at.ts';
import { checkResolver } from '../resolver.ts';
import { checkSessionCache } from '../ssl-cache.ts';
import { checkListen, sslListen } from '../stream/listen.ts';
import { checkPasswordFile } from '../tls-files.ts';
import { mergeCertificates, mergeClientVerification } from '../tls-merge.ts';
import { isUrlError, parseUrl } from '../url.ts';
import { isOn } from '../values/flag.ts';

/** The modules below src/mail. */

const protocols: readonly string[] = ['pop3', 'imap', 'smtp'];
/** Ports that imply a protocol (ngx_mail_core_listen asks ngx_mail_module_t for them). */
const wellKnownPorts: Readonly<Record<string, string>> = {
  '110': 'pop3',
  '995': 'pop3',
  '143': 'imap',
  '993': 'imap',
  '25': 'smtp',
  '465': 'smtp',
  '587': 'smtp',
};

/** ngx_mail_core_server, at its end. */
function endOfServer(cx: CheckContext): Problem | null {
  if (cx.block.first('listen') !== undefined || mentions(cx.block, 'listen')) return null;
  reportAt(cx, cx.node, problem('no-listen', 'no "listen" is defined for server', { word: -1 }));
  return null;
}

/** ngx_mail_core_protocol */
function protocol(cx: CheckContext): Problem | null {
  return protocols.includes(cx.arg(0))
    ? null
    : problem('invalid-value', `unknown protocol "${cx.arg(0)}"`, {
        word: 0,
        detail: `It is one of ${protocols.join(', ')}.`,
      });
}

/** The port that the last `listen` of a server names, which may imply the protocol. */
function impliesProtocol(server: BlockState): boolean {
  return server.all('listen').some(({ values }) => {
    const port = /(?:^|:)(\d+)$/.exec(values[0]!)?.[1];
    return port !== undefined && Object.hasOwn(wellKnownPorts, port);
  });
}

/** ngx_mail_auth_http */
function authHttp(cx: CheckContext): Problem | null {
  const text = cx.arg(0).replace(/^http:\/\//, '');
  const url = parseUrl(text, { defaultPort: 80, uriPart: true }, cx);
  return isUrlError(url)
    ? problem('invalid-host-port', `${url.error} in auth_http "${text}"`, { word: 0 })
    : null;
}

const isStarttls = (node: Directive | undefined): boolean =>
  node !== undefined && node.values[0]!.toLowerCase() !== 'off';

/** ngx_mail_ssl_enable, ngx_mail_ssl_starttls */
function exclusive(cx: CheckContext): Problem | null {
  const refused = checkGeneric(cx, cx.spec!);
  if (refused !== null) return refused;
  if (cx.name === 'ssl')
    return isOn(cx.node) && isStarttls(cx.block.first('starttls'))
      ? problem('conflict', '"starttls" directive conflicts with "ssl on"')
      : null;
  return isStarttls(cx.node) && isOn(cx.block.first('ssl'))
    ? problem('conflict', '"ssl" directive conflicts with "starttls"')
    : null;
}

/** ngx_mail_ssl_merge_conf */
function mergeSsl(cx: CheckContext, server: BlockState): void {
  const listen = server.store.peek(sslListen) ?? null;
  const enable = effective(server, 'ssl');
  const starttls = effective(server, 'starttls');
  let mode: string;
  let at: Directive;
  if (listen !== null) [mode, at] = ['listen ... ssl', listen];
  else if (isOn(enable)) [mode, at] = ['ssl', enable!];
  else if (isStarttls(starttls)) [mode, at] = ['starttls', starttls!];
  else return;
  if (mergeCertificates(cx, server, mode, at)) mergeClientVerification(cx, server);
}

/** In nginx's order (auto/modules). */
export const mailModules: readonly ModuleChecks[] = [
  {
    module: 'ngx_mail_module',
    directives: {
      mail: (cx) => duplicate(cx),
    },
  },
  {
    module: 'ngx_mail_core_module',
    directives: {
      server: () => null,
      listen: (cx) => checkListen(cx, 'mail'),
      protocol,
      error_log: checkErrorLog,
      resolver: checkResolver,
    },
    closing: { server: endOfServer },
    mergeServer(cx, server) {
      if (server.first('protocol') !== undefined || mentions(server, 'protocol') || impliesProtocol(server))
        return;
      const message = 'unknown mail protocol for server';
      reportAt(cx, server.opener!, problem('no-protocol', message, { word: -1 }));
    },
  },
  {
    module: 'ngx_mail_ssl_module',
    directives: {
      ssl: exclusive,
      starttls: exclusive,
      ssl_session_cache: (cx) => checkSessionCache(cx, 'ngx_mail_ssl_module'),
      ssl_password_file: checkPasswordFile,
    },
    mergeServer: mergeSsl,
  },
  {
    module: 'ngx_mail_auth_http_module',
    directives: { auth_http: authHttp },
    mergeServer(cx, server) {
      if (effective(server, 'auth_http') !== undefined || mentions(server, 'auth_http')) return;
      const message = 'no "auth_http" is defined for server';
      reportAt(cx, server.opener!, problem('no-auth-http', message, { word: -1 }));
    },
  },
  { module: 'ngx_mail_realip_module', directives: { set_real_ip_from: checkTrustedAddress } },
];
