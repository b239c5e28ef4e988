import { z } from './z.ts';
import { custom, enumeration, flag, ignored, number, origin, regex, string, text } from './setting.ts';

const logLevels = ['info', 'notice', 'warn', 'error'] as const;

/** One `limit_req`; `zone` is a name in `http.zones`. Counts in thousandths of a request; `delay` -1 is `nodelay`. */
export const requestLimit = z.strictObject({
  zone: z.string(),
  burst: z.int(),
  delay: z.int(),
  origin,
});

/** ngx_http_limit_req_module. */
export const limitReqTable = {
  limit_req: custom(z.array(requestLimit), []),
  limit_req_log_level: enumeration(logLevels, 'error'),
  limit_req_status: number(503),
  limit_req_dry_run: flag(false),
};

/** One `limit_conn`; `zone` is a name in `http.zones`. */
const connectionLimit = z.strictObject({ zone: z.string(), connections: z.int(), origin });

/** ngx_http_limit_conn_module. */
export const limitConnTable = {
  limit_conn: custom(z.array(connectionLimit), []),
  limit_conn_log_level: enumeration(logLevels, 'error'),
  limit_conn_status: number(503),
  limit_conn_dry_run: flag(false),
};

/** ngx_http_realip_module. Networks are `unix:`, addresses, CIDR ranges or host names. */
export const realipTable = {
  set_real_ip_from: custom(z.array(z.string()), []),
  real_ip_header: string('X-Real-IP'),
  real_ip_recursive: flag(false),
};

/** `valid_referers`: hosts with the path that must follow ('' for any), lower case. */
export const validReferers = z.strictObject({
  none: z.boolean(),
  blocked: z.boolean(),
  serverNames: z.boolean(),
  hosts: z.array(z.strictObject({ name: z.string(), path: z.string() })),
  patterns: z.array(regex),
  origin,
});

/** ngx_http_referer_module. */
export const refererTable = {
  valid_referers: custom(validReferers.nullable(), null),
  referer_hash_bucket_size: ignored(),
  referer_hash_max_size: ignored(),
};

/** One `modern_browser`: its name in lower case and the least version as written, or `unlisted` and ''. */
export const modernBrowser = z.strictObject({ browser: z.string(), version: z.string() });

/** ngx_http_browser_module. `ancient_browser` holds parts of `User-Agent`, and `netscape4`. */
export const browserTable = {
  modern_browser: custom(z.array(modernBrowser), []),
  ancient_browser: custom(z.array(z.string()), []),
  modern_browser_value: string('1'),
  ancient_browser_value: string('1'),
};

/** ngx_http_secure_link_module: either the two with variables, or the secret. */
export const secureLinkTable = {
  secure_link: text(''),
  secure_link_md5: text(''),
  secure_link_secret: string(''),
};
