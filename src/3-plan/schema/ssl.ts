import { z } from './z.ts';
import { confCommands } from './conf-command.ts';
import { bitmask, custom, enumeration, flag, ignored, number, seconds, string, template } from './setting.ts';

/** `…_ssl_certificate_cache`; null = `off`. */
export const certificateCache = () =>
  custom(z.strictObject({ max: z.int(), inactive: z.int(), valid: z.int() }).nullable(), null);

/** ngx_http_ssl_module; used by servers only. */
export const sslTable = {
  /** Paths from the root, `data:` and `store:`; with variables also paths from the configuration on. */
  ssl_certificate: custom(z.array(template), []),
  ssl_certificate_key: custom(z.array(template), []),
  /** Of certificates with variables; `inactive` and `valid` in seconds. */
  ssl_certificate_cache: certificateCache(),
  ssl_certificate_compression: flag(false),
  ssl_password_file: string(''),
  ssl_protocols: bitmask(['SSLv2', 'SSLv3', 'TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'], []),
  ssl_ciphers: string(''),
  ssl_prefer_server_ciphers: flag(false),
  ssl_ecdh_curve: string('auto'),
  ssl_dhparam: string(''),
  ssl_verify_client: enumeration(['off', 'on', 'optional', 'optional_no_ca'], 'off'),
  ssl_verify_depth: number(1),
  ssl_client_certificate: string(''),
  ssl_trusted_certificate: string(''),
  ssl_crl: string(''),
  ssl_session_cache: custom(z.array(z.string()), []),
  ssl_session_tickets: flag(true),
  ssl_session_ticket_key: custom(z.array(z.string()), []),
  ssl_session_timeout: seconds(300),
  /** A response that is sent to who asks, with `ssl_stapling on`, instead of a responder's. */
  ssl_stapling_file: string(''),
  ssl_stapling: flag(false),
  ssl_conf_command: confCommands(),
  ssl_reject_handshake: flag(false),
  ssl_buffer_size: ignored(),
  ssl_stapling_responder: string(''),
  ssl_stapling_verify: flag(false),
  ssl_ocsp: enumeration(['off', 'on', 'leaf'], 'off'),
  ssl_ocsp_responder: string(''),
  /** `off` or `shared:NAME:SIZE`. */
  ssl_ocsp_cache: string('off'),
};
