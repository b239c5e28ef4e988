import { isMachineReason } from '../judgement.ts';
import type { Judgement } from '../judgement.ts';

/** Why we judge a case otherwise than nginx, on purpose; see docs/nginx-differences.md. */
interface KnownDifference {
  readonly reason: string;
  readonly applies: (real: Judgement) => boolean;
}

const says =
  (pattern: RegExp) =>
  ({ message }: Judgement): boolean =>
    message !== null && pattern.test(message);

const knownDifferences: readonly KnownDifference[] = [
  { reason: 'depends on the machine: only checked with an environment', applies: isMachineReason },
  {
    reason: 'nginx was built without the module, or it was not loaded',
    applies: says(
      /^unknown directive "(?:stream|mail|google_perftools_profiles|degradation|(?:image_filter|xslt|perl|geoip|more|lua|echo|auth_pam|fair|proxy_cache_purge|content_by_lua|ssl_certificate_by_lua|cache_purge|sub_).*)"$/,
    ),
  },
  {
    reason: 'variables of a module that was not loaded',
    applies: says(/^unknown "geoip_/),
  },
  {
    reason: "the add-on's own code, or a library, decides",
    applies: says(
      /^(?:eval_pv|xmlParse|xsltParse|ENGINE_by_id|invalid nchan_subscriber_first|track_uploads |"track_uploads"|unknown state|Invalid `fair'|"lua_capture_error_log")/,
    ),
  },
  {
    reason: 'event methods and asynchronous files depend on how nginx was built',
    applies: says(/^invalid event type "select"|^"aio on" is unsupported/),
  },
];

/** The reason why we may judge otherwise than nginx here; null when we have to agree. */
export function knownReason(real: Judgement): string | null {
  return knownDifferences.find(({ applies }) => applies(real))?.reason ?? null;
}
