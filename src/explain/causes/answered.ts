import type { ResolvedBlock, ResolvedDirective } from '../../2-resolve/resolved-config.ts';
import { statusOf } from '../handshake.ts';
import { placeOf, levelName, type Cause, type Scene } from './cause.ts';
import { askedBy } from './conditions.ts';
import { decisionOf, refusalCause } from './decision.ts';

interface Meaning {
  readonly code: string;
  readonly what: string;
  readonly help: string;
}

const redirect: Meaning = {
  code: 'ws/redirect',
  what: 'a redirect, which browsers do not follow on a socket',
  help: 'Connect to the address it points to, or proxy this one.',
};

const fromFiles: Meaning = {
  code: 'ws/not-proxied',
  what: 'an answer from files: this location passes nothing on',
  help: 'Add proxy_pass to this location, or connect to one that has it.',
};

/** What nginx's own answer means for a browser's socket, by status. */
const meanings: Readonly<Record<number, Meaning>> = {
  301: redirect,
  302: redirect,
  303: redirect,
  307: redirect,
  308: redirect,
  400: { code: 'ws/refused', what: 'a refusal of the request itself', help: 'Mend the request.' },
  401: {
    code: 'ws/auth',
    what: 'a demand for credentials, which a browser cannot give on a socket (and Safari never sends)',
    help: 'Authenticate by cookie or token instead, or let this location through with "auth_basic off;".',
  },
  403: { code: 'ws/refused', what: 'a denial by access rules', help: 'Allow the client here.' },
  404: fromFiles,
  405: fromFiles,
  502: { code: 'ws/upstream', what: 'that no upstream could be used', help: 'Look at the upstream.' },
  503: {
    code: 'ws/refused',
    what: 'a limit or a missing upstream',
    help: 'Look at limit_req, limit_conn and the upstream.',
  },
};

const otherwise: Meaning = {
  code: 'ws/not-proxied',
  what: 'an answer without the upstream',
  help: 'Let a location with proxy_pass handle this address.',
};

/** The status by which nginx closes without an answer. */
const closed = 444;

/** nginx goes on ten times within itself, then it answers 500. */
function circleOf({ outcome, block }: Scene): { meaning: Meaning; by: ResolvedDirective | null } | null {
  if (outcome.request?.uriChanges !== 0) return null;
  const by = block.own('try_files').at(-1) ?? null;
  const what =
    by === null
      ? 'a rewrite or an internal redirect leads back here, ten times'
      : `"try_files" ends in "${by.values.at(-1)!}", which leads here again: that file is not there`;
  return { meaning: { ...otherwise, what }, by };
}

/** What a status means; one that the configuration writes itself comes neither from files nor from access rules. */
function meaningOf(status: number, written: ResolvedDirective | null): Meaning {
  const meaning = meanings[status] ?? otherwise;
  if (written?.name !== 'return' || meaning.code === 'ws/redirect') return meaning;
  return {
    code: meaning.code,
    what: `"return ${written.values[0]!}" comes before any upstream`,
    help: 'Let this address through to a location with proxy_pass.',
  };
}

/** nginx answered itself, so nothing reached a socket server. */
export function answeredCauses(scene: Scene): Cause[] {
  const { outcome, block, visit } = scene;
  if (outcome.end === 'forwarded' && visit === null) return [otherProtocol(scene)];
  if (outcome.end === 'tunnel' || outcome.end === 'forwarded' || outcome.end === 'stuck') return [];
  const status = statusOf(outcome.responseHead);
  // An `if` is told of as the reason.
  const where = levelName(block.context === 'if in location' ? (block.parent ?? block) : block);
  if (outcome.end === 'closed' || outcome.end === 'incomplete') return [closedCause(scene, where)];
  if (visit !== null && (visit.status === status || visit.faults.includes('version'))) return [];
  const decision = decisionOf(scene, status);
  const refusal = decision === null ? null : refusalCause(scene, decision, status);
  if (refusal !== null) return [refusal];
  const written = decision?.directive ?? null;
  if (written === null && passedOtherwise(block) !== null) return [otherProtocol(scene)];
  const circle = circleOf(scene);
  const meaning = circle?.meaning ?? meaningOf(status, written);
  const asked = written === null ? null : askedBy(scene, written);
  const target = /^Location: (.*)$/im.exec(outcome.responseHead)?.[1]?.trim();
  return [
    {
      code: meaning.code,
      message: `${where} answers ${status} itself${target === undefined ? '' : ` (to ${target})`}: ${meaning.what}${asked === null ? '' : `, because ${asked.why}`}`,
      symptom: `"Unexpected response code: ${status}", close code 1006`,
      ...placeOf(written ?? circle?.by ?? block.directive),
      related: asked?.related ?? [],
      help: helpFor(scene, meaning, written, target) ?? asked?.help ?? meaning.help,
      fix: null,
    },
  ];
}

/** The connection ends without an answer. */
function closedCause(scene: Scene, where: string): Cause {
  const incomplete = scene.outcome.end === 'incomplete';
  return {
    code: 'ws/refused',
    message: incomplete
      ? 'the request head is not complete'
      : `${where} closes the connection without an answer`,
    symptom: 'close code 1006',
    ...placeOf(decisionOf(scene, closed)?.directive ?? scene.block.directive),
    related: [],
    help: incomplete ? 'End the head with an empty line.' : 'Let another location or server answer.',
    fix: null,
  };
}

/** What is known better than by the status alone. */
function helpFor(
  { block }: Scene,
  { code, help }: Meaning,
  written: ResolvedDirective | null,
  target: string | undefined,
): string | null {
  if (code === 'ws/redirect')
    return target !== undefined && /^https?:/.test(target)
      ? `Connect to ${target.replace(/^http/, 'ws')} right away, or proxy this address.`
      : help;
  if (code === 'ws/not-proxied' && written === null && block.context === 'server')
    return 'Add a location with proxy_pass that covers this address: none does.';
  return null;
}

const otherPasses = ['fastcgi_pass', 'uwsgi_pass', 'scgi_pass', 'grpc_pass', 'memcached_pass'] as const;

/** What passes the request on in a protocol without an upgrade. */
function passedOtherwise(block: ResolvedBlock): ResolvedDirective | null {
  return otherPasses.map((name) => block.own(name).at(-1)).find((one) => one !== undefined) ?? null;
}

/** Whether nginx makes a tunnel of a 101 from what this directive passes to (ngx_http_uwsgi_process_header). */
export function takesUpgrade(pass: string): boolean {
  return pass === 'uwsgi_pass' || pass === 'scgi_pass';
}

/** Programs behind FastCGI and its like get a request like any other. */
function otherProtocol({ block }: Scene): Cause {
  const pass = passedOtherwise(block);
  const name = pass?.name ?? 'another protocol';
  const why = takesUpgrade(name) ? 'where hardly a program answers 101' : 'which has no upgrade';
  return {
    code: 'ws/other-protocol',
    message: `${levelName(block)} passes the request on by ${name}, ${why}`,
    symptom: '"Unexpected response code: 200" or 404, close code 1006',
    ...placeOf(pass ?? block.directive),
    related: [],
    help: 'Let the application listen for HTTP as well, and use proxy_pass for its sockets.',
    fix: null,
  };
}
