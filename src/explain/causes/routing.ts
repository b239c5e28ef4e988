import { replaceWord } from '../../1-syntax/edit.ts';
import type { ResolvedBlock } from '../../2-resolve/resolved-config.ts';
import { statusOf } from '../handshake.ts';
import { locationOf } from './set-headers.ts';
import { levelName, placeOf, relatedTo, textOf, type Cause, type Scene } from './cause.ts';

/** The upstream switched protocols, but the client is told the status of an `error_page`. */
export function stuckCauses({ outcome, block }: Scene): Cause[] {
  if (outcome.end !== 'stuck') return [];
  const status = String(statusOf(outcome.responseHead));
  const pages = errorPagesAround(outcome, block).filter(({ values }) => values.includes(status));
  const page = pages.at(-1) ?? null;
  const target = page?.args.at(-1);
  return [
    {
      code: 'ws/error-page',
      message: `the upstream switches protocols, but error_page keeps the status ${status} for the client: both wait`,
      symptom: 'a handshake that hangs until a timeout',
      ...placeOf(page ?? block.directive),
      related: [],
      help: `Write "=" before the target: "error_page ${status} = ${target?.value ?? '@name'};".`,
      fix:
        page === null || target === undefined
          ? null
          : {
              title: 'Let error_page take the status of the answer',
              edits: [
                { ...replaceWord(page.node.file, target, target.value), end: target.start, text: '= ' },
              ],
            },
    },
  ];
}

/** `error_page` directives of the location that was asked, and of the levels around the one that answered. */
function errorPagesAround({ request }: Scene['outcome'], block: ResolvedBlock) {
  if (request === null) return [];
  let top = block;
  while (top.parent !== null && top.context !== 'server') top = top.parent;
  const found = [...top.effective('error_page').directives];
  const open = [...top.children];
  for (let level = open.pop(); level !== undefined; level = open.pop()) {
    found.push(...level.own('error_page'));
    open.push(...level.children);
  }
  return found;
}

/** Another location answered than the one that was meant. Only known where the location was chosen first. */
export function shadowCauses({ outcome, block, asked }: Scene): Cause[] {
  if (asked == null || outcome.visits.some(({ hop }) => hop > 0)) return [];
  // The address made for a regular expression is one of many.
  const own = asked.directive?.node;
  if (own?.type !== 'location' || own.modifier.startsWith('~')) return [];
  const answering = locationOf(block);
  if (answering === null || answering === asked || isInside(answering, asked)) return [];
  const node = answering.directive?.node;
  // Named locations and internal redirects are where the asked one sent the request itself.
  if (node?.type !== 'location' || node.modifier === '@' || outcome.request?.internal === true) return [];
  if (asked.own('try_files').length > 0 || asked.own('error_page').length > 0) return [];
  return [
    {
      code: 'ws/shadowed',
      message: `${levelName(answering)} takes the handshakes of ${levelName(asked)}`,
      symptom: '404 or 400',
      ...placeOf(answering.directive),
      related: asked.directive === null ? [] : [relatedTo(asked.directive, 'never asked')],
      help: node.modifier.startsWith('~')
        ? `Write "location ^~ ${textOf(asked.directive!).split(' ').at(-1)}", so that regular expressions are not tried.`
        : 'Give the addresses of sockets to one location.',
      fix: null,
    },
  ];
}

function isInside(inner: ResolvedBlock, outer: ResolvedBlock): boolean {
  for (let level: ResolvedBlock | null = inner; level !== null; level = level.parent)
    if (level === outer) return true;
  return false;
}

/** Causes at a server of this configuration that got the request from another one. */
export function atNextHop({ visit, outcome }: Scene, causes: readonly Cause[]): readonly Cause[] {
  const hops = outcome.visits.filter(({ hopAnswer, subrequest }) => hopAnswer !== null && !subrequest);
  const last = hops.at(-1);
  // A hop that got no upgrade is not to blame: the one before it is.
  if (last === undefined || (visit !== null && visit.hop === 0) || last.faults.length > 0) return causes;
  return causes.map((cause) => ({
    ...cause,
    code: 'ws/next-hop',
    message: `at the next hop ${last.address}: ${cause.message}`,
  }));
}
