import type { ResolvedDirective } from '../../2-resolve/resolved-config.ts';
import { insertAfter, removeDirective, replaceWord } from '../../1-syntax/edit.ts';
import { isOff } from '../../nginx/values/flag.ts';
import { parseRequestHead, valuesOf } from '../handshake.ts';
import type { UpstreamVisit } from '../drive.ts';
import { placeOf, relatedTo, textOf, type Cause, type Scene } from './cause.ts';
import { headerOf, passOf } from './set-headers.ts';

/** HTTP/1.0 (or 2) towards the upstream: a server may not switch protocols then (RFC 9110 section 7.8). */
export function versionCauses(scene: Scene): Cause[] {
  const { visit, block, config } = scene;
  if (visit === null || !visit.faults.includes('version')) return [];
  const [set] = block.effective('proxy_http_version').directives.slice(-1);
  const pass = passOf(block);
  if (set !== undefined) {
    const value = set.values[0] ?? '';
    return [
      {
        code: 'ws/http-version',
        message: `"${textOf(set)}" asks the upstream over HTTP/${value}, which has no upgrade${value === '2' ? ' path in nginx' : ''}`,
        symptom: '400 or 426 from the upstream',
        ...placeOf(set),
        related: [],
        help: 'Write "proxy_http_version 1.1;".',
        fix: {
          title: 'Set proxy_http_version to 1.1',
          edits: set.args[0] === undefined ? [] : [replaceWord(set.node.file, set.args[0], '1.1')],
        },
      },
    ];
  }
  return [
    {
      code: 'ws/http-version',
      message: `the upstream is asked over HTTP/1.0: proxy_http_version is not set, and 1.1 is its default only since nginx 1.29.7 (this is ${config.target})`,
      symptom: '400 or 426 from the upstream',
      ...placeOf(pass),
      related: [],
      help: 'Add "proxy_http_version 1.1;".',
      fix:
        pass === null
          ? null
          : {
              title: 'Add proxy_http_version 1.1',
              edits: [insertAfter(outOfIf(pass).node, ['proxy_http_version 1.1;'])],
            },
    },
  ];
}

/** `proxy_http_version` is not allowed inside `if`: the line goes behind the `if`. */
function outOfIf(pass: ResolvedDirective): ResolvedDirective {
  const { block } = pass;
  return block.context === 'if in location' && block.directive !== null
    ? (block.directive as typeof pass)
    : pass;
}

/** nginx opens the tunnel, but what a browser looks for in the 101 (RFC 6455 section 4.1) was taken out of it. */
export function hiddenCauses({ outcome, block }: Scene): Cause[] {
  const answer = parseRequestHead(outcome.responseHead);
  return ['Upgrade', 'Sec-WebSocket-Accept']
    .filter((name) => valuesOf(answer, name).length === 0)
    .flatMap((name) => {
      const hide = block
        .effective('proxy_hide_header')
        .directives.findLast((one) => headerOf(one) === name.toLowerCase());
      if (hide === undefined) return [];
      return {
        code: 'ws/hidden-response-header',
        message: `"${textOf(hide)}" takes ${name} out of the 101: nginx opens the tunnel, and the browser closes it`,
        symptom: '"Error during WebSocket handshake", close code 1006',
        ...placeOf(hide),
        related: [],
        help: 'Remove it.',
        fix: { title: `Remove "${textOf(hide)}"`, edits: [removeDirective(hide.node)] },
      };
    });
}

/** Faults of the rest of the head: method, Host, Sec-WebSocket-*. */
export function otherCauses(scene: Scene): Cause[] {
  const { visit } = scene;
  if (visit === null) return [];
  return [
    ...(visit.faults.includes('method') ? [methodCause(scene, visit)] : []),
    ...(visit.faults.includes('host') ? [hostCause(scene, visit)] : []),
    ...handshakeCauses(scene, visit),
    ...(scene.outcome.request?.upgrade === false ? [noUpgradeCause] : []),
  ];
}

/** The `proxy_set_header` lines that set a header and apply here. */
function settersOf({ block }: Scene, name: string): ResolvedDirective[] {
  const { directives } = block.effective('proxy_set_header');
  return directives.filter((one) => headerOf(one) === name.toLowerCase());
}

function methodCause({ block }: Scene, { head }: UpstreamVisit): Cause {
  const { method } = parseRequestHead(head);
  const set = block.effective('proxy_method').directives.at(-1);
  return {
    code: 'ws/method',
    message:
      set === undefined
        ? `the request arrives with the method ${method}; a handshake is a GET`
        : `"${textOf(set)}" turns the handshake into a ${method}`,
    symptom: '400 or 405 from the upstream',
    ...placeOf(set ?? passOf(block)),
    related: [],
    help: set === undefined ? 'Send the handshake with GET.' : 'Remove it for this location.',
    fix: set === undefined ? null : { title: 'Remove proxy_method', edits: [removeDirective(set.node)] },
  };
}

function hostCause(scene: Scene, { head }: UpstreamVisit): Cause {
  const setters = settersOf(scene, 'Host');
  const others = setters.slice(0, -1);
  const count = valuesOf(parseRequestHead(head), 'Host').length;
  const hosts = count === 0 ? 'no Host' : count === 1 ? 'an empty Host' : `${count} Host lines`;
  return {
    code: 'ws/host-header',
    message: `the request arrives with ${hosts}; HTTP/1.1 wants exactly one`,
    symptom: '400 from the upstream',
    ...placeOf(setters.at(-1) ?? passOf(scene.block)),
    related: others.map((one) => relatedTo(one, 'Host is set here too')),
    help: 'Set Host once: "proxy_set_header Host $host;".',
    fix:
      others.length === 0
        ? null
        : { title: 'Keep one Host', edits: others.map((one) => removeDirective(one.node)) },
  };
}

const handshakeHeaders = { key: 'Sec-WebSocket-Key', 'ws-version': 'Sec-WebSocket-Version' } as const;

/** `Sec-WebSocket-Key` and `Sec-WebSocket-Version` that the configuration takes away, or that the client did not send. */
function handshakeCauses(scene: Scene, { faults }: UpstreamVisit): Cause[] {
  const lost = (['key', 'ws-version'] as const)
    .filter((fault) => faults.includes(fault))
    .map((fault) => handshakeHeaders[fault]);
  if (lost.length === 0) return [];
  const off = scene.block.effective('proxy_pass_request_headers').directives.at(-1);
  const switchedOff = isOff(off) ? off : undefined;
  const taker = switchedOff ?? lost.flatMap((name) => settersOf(scene, name))[0];
  const common = { symptom: '400 from the upstream', related: [] };
  if (taker === undefined)
    return [
      {
        ...common,
        code: 'ws/handshake',
        message: `the client's own ${lost.join(' and ')} ${lost.length === 1 ? 'is' : 'are'} missing or wrong`,
        ...placeOf(passOf(scene.block)),
        help: 'Send a whole handshake (RFC 6455 section 4.1).',
        fix: null,
      },
    ];
  return [
    {
      ...common,
      code: 'ws/handshake-headers',
      message: `"${textOf(taker)}" takes ${lost.join(' and ')} away from the handshake`,
      ...placeOf(taker),
      help: 'Remove it.',
      fix: { title: `Remove "${textOf(taker)}"`, edits: [removeDirective(taker.node)] },
    },
  ];
}

const noUpgradeCause: Cause = {
  code: 'ws/handshake',
  message:
    'the request asks for no upgrade: it has no Upgrade header, and nginx tunnels only where the client asked',
  symptom: 'an ordinary answer instead of 101, or none',
  file: null,
  span: null,
  related: [],
  help: 'Send Upgrade and Connection.',
  fix: null,
};
