import type { DirectiveLowering, Lowerings } from './lowering.ts';
import { parseNumber } from '../../nginx/values/number.ts';
import { parseSeconds } from '../../text/time.ts';
import type { Template } from '../schema/setting.ts';
import { parseTemplate } from '../template-text.ts';
import { confCommand } from './conf-command.ts';
import { credentialPath, option, word, words } from './lowering.ts';

const path =
  (name: string): DirectiveLowering =>
  (cx, level, directive) =>
    level.set('ssl', name, credentialPath(cx, word(directive, 0)), directive);

const paths =
  (name: string): DirectiveLowering =>
  (cx, level, directive) => {
    level.list<string>('ssl', name, directive).push(credentialPath(cx, word(directive, 0)));
  };

const templates =
  (name: string): DirectiveLowering =>
  (cx, level, directive) => {
    level.list<Template>('ssl', name, directive).push(parseTemplate(credentialPath(cx, word(directive, 0))));
  };

/** `ssl_certificate_cache` and `proxy_ssl_certificate_cache` and its like. */
export function certificateCache(module: 'ssl' | 'proxy' | 'uwsgi'): DirectiveLowering {
  return (_cx, level, directive) => {
    const value = (name: string): string => option(words(directive), name) ?? '';
    const max = parseNumber(value('max'));
    const cache = {
      max: max ?? 0,
      inactive: parseSeconds(value('inactive')) ?? 10,
      valid: parseSeconds(value('valid')) ?? 60,
    };
    level.set(module, directive.name, max === null ? null : cache, directive);
  };
}

/** ngx_http_ssl_module. */
export const sslLowerings: Lowerings = {
  ssl_certificate: templates('ssl_certificate'),
  ssl_certificate_key: templates('ssl_certificate_key'),
  ssl_session_ticket_key: paths('ssl_session_ticket_key'),
  ssl_certificate_cache: certificateCache('ssl'),
  ssl_password_file: path('ssl_password_file'),
  ssl_stapling_file: path('ssl_stapling_file'),
  ssl_dhparam: path('ssl_dhparam'),
  ssl_client_certificate: path('ssl_client_certificate'),
  ssl_trusted_certificate: path('ssl_trusted_certificate'),
  ssl_conf_command: confCommand('ssl'),
  ssl_crl: path('ssl_crl'),
  ssl_session_cache: (_cx, level, directive) =>
    level.set('ssl', 'ssl_session_cache', words(directive), directive),
};
