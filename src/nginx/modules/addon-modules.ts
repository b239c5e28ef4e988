import type { BlockState, CheckContext } from '../check-context.ts';
import { compiled, each, words } from '../addon-slots.ts';
import { defineVariable } from '../define-variable.ts';
import { duplicate, invalidValue } from '../generic-slots.ts';
import type { Handler, ModuleChecks } from '../module-checks.ts';
import type { Problem } from '../problem.ts';
import { problem } from '../problem.ts';
import { captureCount, compileRegex } from '../regex.ts';
import { compileArgument, compileArguments } from '../script.ts';
import { parseCidr } from '../values/address.ts';
import { parseOffset, parseSize } from '../values/size.ts';
import { warnLowBits } from '../access-rules.ts';
import { headersMoreModule } from '../headers-more.ts';
import { passUpstream } from '../upstreams.ts';
import { variablesOf } from '../variables.ts';
import { addZone, zonesOf } from '../zones.ts';

/** `geoip_proxy`, `geoip2_proxy` */
function trustedProxy(cx: CheckContext): Problem | null {
  const text = cx.arg(0);
  if (text === '255.255.255.255') return null;
  const cidr = parseCidr(text);
  if (cidr === null) return problem('invalid-value', `invalid network "${text}"`, { word: 0 });
  if (cidr.lowBits) warnLowBits(cx, 0);
  return null;
}

/** An entry of `geoip2`: `$variable [default=…] [source=$…] path…`, or `auto_reload TIME`. */
function geoip2Entry(cx: CheckContext): Problem | null {
  if (!cx.name.startsWith('$')) return null;
  return defineNamed(cx, -1);
}

function defineNamed(cx: CheckContext, word: number): Problem | null {
  const { values } = cx;
  cx.values = [cx.name, ...values];
  const refused = defineVariable(cx, 0);
  cx.values = values;
  return refused === null ? null : { ...refused, word };
}

/** `upload_progress ZONE SIZE` */
function uploadProgress(cx: CheckContext): Problem | null {
  const size = parseSize(cx.arg(1));
  if (size === null || size === 0)
    return problem('invalid-value', `invalid size of track_uploads "${cx.arg(1)}"`, { word: 1 });
  const added = addZone(cx, cx.arg(0), size, 'ngx_http_uploadprogress_module');
  return 'refused' in added ? added.refused : null;
}

/** `subs_filter SOURCE TARGET [gior…]` */
function subsFilter(cx: CheckContext): Problem | null {
  const [source, target, options] = [cx.arg(0), cx.arg(1), cx.arg(2)];
  const caseless = options.includes('i');
  const pattern = options.includes('r');
  const refused = pattern ? compileRegex(cx, source, { caseless, word: 0, variables: false }) : null;
  if (refused !== null) return refused;
  if (!pattern) return compileArgument(cx, 1);
  const captures = captureCount(cx, source, caseless);
  const greatest = Math.max(0, ...[...target.matchAll(/\$(\d)/g)].map(([, digit]) => Number(digit)));
  if (greatest > captures) {
    const message = `You want to capture too many regex substrings, more than ${captures} in "${target}"`;
    return problem('invalid-value', message, { word: 1 });
  }
  return compileArgument(cx, 1);
}

function fancyIgnore(cx: CheckContext): Problem | null {
  for (let word = 0; word < cx.values.length; word++) {
    const refused = compileRegex(cx, cx.arg(word), { caseless: false, word, variables: false });
    if (refused !== null) return refused;
  }
  return null;
}

/** Refers to a shared memory zone that another directive has to define. */
function referTo(cx: CheckContext, name: string, owner: string): Problem | null {
  const added = addZone(cx, name, 0, owner);
  return 'refused' in added ? added.refused : null;
}

/** `proxy_cache_purge ZONE KEY`, or `proxy_cache_purge on|off|METHOD [from ADDRESS…]` */
function cachePurge(cx: CheckContext): Problem | null {
  if (cx.values.length === 2) {
    const prefix = cx.name.replace(/_cache_purge$/, '');
    return referTo(cx, cx.arg(0), `ngx_http_${prefix}_module`) ?? compileArgument(cx, 1);
  }
  for (let word = 2; word < cx.values.length; word++)
    if (cx.arg(word) !== 'all' && parseCidr(cx.arg(word)) === null)
      return problem('invalid-parameter', `invalid parameter "${cx.arg(word)}"`, { word });
  return null;
}

function mergeCachePurge(cx: CheckContext, level: BlockState): void {
  for (const prefix of ['proxy', 'fastcgi', 'uwsgi', 'scgi']) {
    const node = level.first(`${prefix}_cache_purge`);
    const zone = node?.values.length === 2 ? node.values[0]! : undefined;
    if (zone === undefined || zonesOf(cx).get(zone)?.data !== null) continue;
    const message = `"${prefix}_cache" zone "${zone}" is unknown`;
    cx.report(problem('zone-undefined', message, { node, word: 0 }));
  }
}

/** `fancyindex_header URI [subrequest|local]` */
function fancyKind(cx: CheckContext): Problem | null {
  const refused = duplicate(cx);
  if (refused !== null) return refused;
  return cx.values.length < 2 || ['subrequest', 'local'].includes(cx.arg(1))
    ? null
    : problem('invalid-value', `unknown header/footer kind "${cx.arg(1)}"`, { word: 1 });
}

const publishers = ['http', 'ws', 'websocket', 'websockets'];
const subscribers = [
  ...publishers,
  'es',
  'sse',
  'eventsource',
  'event-source',
  'longpoll',
  'long-poll',
  'poll',
  'intervalpoll',
  'interval-poll',
  'chunked',
  'http-chunked',
  'multipart',
  'http-multipart',
  'multipart-mixed',
  'multipart/mixed',
  'http-raw-stream',
  'off',
  'none',
  'disabled',
];

/** `nchan_subscriber websocket longpoll`: ways to publish or to subscribe; the add-on prints the value unquoted. */
const nchanWords =
  (known: readonly string[]): Handler =>
  (cx) => {
    const word = cx.values.findIndex((value) => !known.includes(value.toLowerCase()));
    return word === -1
      ? null
      : problem('invalid-value', `invalid ${cx.name} value: ${cx.arg(word)}`, {
          word,
          detail: `It takes ${known.join(', ')}.`,
        });
  };

/** Variables that echo-nginx-module brings. */
const echoVariables = [
  'echo_it',
  'echo_timer_elapsed',
  'echo_request_body',
  'echo_request_method',
  'echo_request_uri',
  'echo_incr',
  'echo_response_status',
  'echo_cacheable_request_uri',
  'echo_client_request_method',
  'echo_client_request_headers',
];

/** Add-ons that distributions package: what their own parsers refuse, as far as it depends on the text alone. */
export const addonModules: readonly ModuleChecks[] = [
  {
    module: 'ngx_http_echo_module',
    directives: each(
      [
        'echo',
        'echo_before_body',
        'echo_after_body',
        'echo_duplicate',
        'echo_exec',
        'echo_location',
        'echo_location_async',
        'echo_sleep',
        'echo_subrequest',
        'echo_subrequest_async',
        'echo_foreach_split',
      ],
      (cx) => {
        for (const name of echoVariables) variablesOf(cx, 'http').define(name, null, true);
        return compileArguments(cx);
      },
    ),
  },
  headersMoreModule,
  { module: 'ngx_http_geoip_module', directives: { geoip_proxy: trustedProxy } },
  {
    module: 'ngx_http_geoip2_module',
    directives: { geoip2_proxy: trustedProxy },
    entries: { geoip2: geoip2Entry },
  },
  { module: 'ngx_stream_geoip2_module', entries: { geoip2: geoip2Entry } },
  { module: 'ngx_http_subs_filter_module', directives: { subs_filter: subsFilter } },
  {
    module: 'ngx_http_fancyindex_module',
    directives: {
      fancyindex_ignore: fancyIgnore,
      fancyindex_default_sort: words('name', 'size', 'date', 'name_desc', 'size_desc', 'date_desc'),
      fancyindex_header: fancyKind,
      fancyindex_footer: fancyKind,
    },
  },
  {
    module: 'ngx_http_uploadprogress_module',
    directives: {
      upload_progress: uploadProgress,
      report_uploads: (cx) => referTo(cx, cx.arg(0), 'ngx_http_uploadprogress_module'),
    },
  },
  {
    module: 'ngx_http_upstream_fair_module',
    directives: {
      upstream_fair_shm_size: (cx) =>
        parseSize(cx.arg(0)) === null
          ? problem('invalid-value', `Invalid memory area size \`${cx.arg(0)}'`, { word: 0 })
          : null,
    },
  },
  {
    module: 'ngx_nchan_module',
    directives: {
      ...each(
        [
          'nchan_channel_id',
          'nchan_pub_channel_id',
          'nchan_sub_channel_id',
          'nchan_pubsub_channel_id',
          'nchan_publisher_channel_id',
          'nchan_subscriber_channel_id',
        ],
        compiled,
      ),
      ...each(['nchan_publisher', 'push_publisher'], nchanWords(publishers)),
      ...each(['nchan_subscriber', 'nchan_pubsub', 'push_subscriber'], nchanWords(subscribers)),
      nchan_redis_pass: (cx) => {
        const added = passUpstream(cx, cx.arg(0), {}, 0);
        return 'refused' in added ? added.refused : null;
      },
      nchan_max_reserved_memory: (cx) =>
        duplicate(cx) ?? (parseOffset(cx.arg(0)) === null ? invalidValue(cx) : null),
    },
  },
  {
    module: 'ngx_http_js_module',
    directives: {
      js_set: (cx) => defineVariable(cx, 0),
      js_var: (cx) => defineVariable(cx, 0) ?? compileArguments(cx, 1),
    },
  },
  {
    module: 'ngx_stream_js_module',
    directives: {
      js_set: (cx) => defineVariable(cx, 0),
      js_var: (cx) => defineVariable(cx, 0) ?? compileArguments(cx, 1),
    },
  },
  {
    module: 'ngx_http_cache_purge_module',
    directives: each(
      ['proxy_cache_purge', 'fastcgi_cache_purge', 'uwsgi_cache_purge', 'scgi_cache_purge'],
      cachePurge,
    ),
    mergeLocation: mergeCachePurge,
  },
  {
    module: 'ngx_http_dav_ext_module',
    directives: {
      dav_ext_methods: words('PROPFIND', 'OPTIONS', 'LOCK', 'UNLOCK'),
      dav_ext_lock: (cx) => {
        const text = cx.arg(0);
        return text.startsWith('zone=')
          ? referTo(cx, text.slice('zone='.length), 'ngx_http_dav_ext_module')
          : problem('invalid-parameter', `invalid parameter "${text}"`, { word: 0 });
      },
      dav_ext_lock_zone: (cx) => {
        const text = cx.arg(0);
        if (!text.startsWith('zone='))
          return problem('invalid-parameter', `invalid parameter "${text}"`, { word: 0 });
        const [name = '', size = ''] = text.slice('zone='.length).split(':');
        const bytes = parseSize(size);
        if (bytes === null || size === '')
          return problem('invalid-value', `invalid zone size "${text}"`, { word: 0 });
        const added = addZone(cx, name, bytes, 'ngx_http_dav_ext_module');
        return 'refused' in added ? added.refused : null;
      },
    },
  },
];
