import type { ResolvedDirective } from '../../2-resolve/resolved-config.ts';
import type { TraceStep } from '../../engine/api.ts';
import { levelName, placeOf, relatedTo, textOf, type Cause, type Scene } from './cause.ts';
import { locationOf, passOf } from './set-headers.ts';

/** The step that gave the client's status, and the line it stands for. */
export interface Decision {
  readonly step: TraceStep;
  readonly directive: ResolvedDirective;
}

/** The line that decided an answer of nginx itself; null where none did, as with a file that is not there. */
export function decisionOf({ outcome, blocks }: Scene, status: number): Decision | null {
  const trace = outcome.request?.trace ?? [];
  const step = decidingStep(trace, status);
  if (step === undefined) return filesFirst(trace, blocks);
  const directive = blocks.ofOrigin(step.origin);
  return directive === null ? null : { step, directive };
}

/** The `try_files` that took the handshake away from a `proxy_pass`. */
function filesFirst(trace: readonly TraceStep[], blocks: Scene['blocks']): Decision | null {
  for (const step of trace.toReversed()) {
    const directive = step.phase === 'precontent' ? blocks.ofOrigin(step.origin) : null;
    if (directive?.name === 'try_files' && passOf(directive.block) !== null) return { step, directive };
  }
  return null;
}

/** The last step with that status, or the last one that `error_page` gave another. */
function decidingStep(trace: readonly TraceStep[], status: number): TraceStep | undefined {
  const answers: TraceStep[] = [];
  const sentOn = new Set<TraceStep>();
  for (const [at, step] of trace.entries()) {
    // "satisfy any" was satisfied: what refused before does not count.
    if (step.answer === 0) while (answers.at(-1)?.phase === 'access') answers.pop();
    else if (step.answer !== undefined) answers.push(step);
    if (step.answer !== undefined && trace[at + 1]?.phase === 'error-page') sentOn.add(step);
  }
  return answers.findLast(({ answer }) => answer === status) ?? answers.findLast((step) => sentOn.has(step));
}

/** What a directive's refusal is called, and what to write instead; `level` is where the handshake is handled. */
interface Refusal {
  readonly code: string;
  help(directive: ResolvedDirective, level: string, step: TraceStep): string;
}

const refusals: Readonly<Record<string, Refusal>> = {
  deny: {
    code: 'ws/refused',
    help: ({ block }, level) =>
      `Write "allow ADDRESS;" for the clients meant, or "allow all;", ${block.context === 'server' || block.context === 'http' ? `in ${level}` : 'before this line'}.`,
  },
  auth_basic: {
    code: 'ws/auth',
    help: ({ block }, level, { answer }) => {
      if (block.effective('satisfy').directives.at(-1)?.values[0] === 'any')
        return `Write "allow ADDRESS;" in ${level}: with "satisfy any" such clients need no password, which scripts cannot give for a socket.`;
      return answer === 401 || answer === 407
        ? `Write "auth_basic off;" in ${level} and let the application check a cookie or a token: scripts cannot give a password for a socket.`
        : `Give auth_basic_user_file a file that nginx can read, or write "auth_basic off;" in ${level}.`;
    },
  },
  auth_request: {
    code: 'ws/refused',
    help: ({ values }, level, { answer }) =>
      answer === 401 || answer === 403
        ? `Let ${values[0] ?? 'the subrequest'} answer 2xx to this client, or write "auth_request off;" in ${level}.`
        : `Let ${values[0] ?? 'the subrequest'} answer 2xx, 401 or 403: everything else becomes 500.`,
  },
  limit_req: {
    code: 'ws/refused',
    help: () => 'Raise "rate" of the zone, or add "burst=NUMBER nodelay".',
  },
  limit_conn: {
    code: 'ws/refused',
    help: () =>
      'Raise the number: a socket counts as long as it is open, and clients behind one NAT share an address.',
  },
  client_max_body_size: { code: 'ws/refused', help: () => 'Send the handshake without a body.' },
  internal: {
    code: 'ws/refused',
    help: () =>
      'Remove it, or connect to an address that leads here by "rewrite", "try_files" or "error_page".',
  },
  try_files: {
    code: 'ws/not-proxied',
    help: (directive) =>
      directive.block.effective('proxy_pass').directives.length > 0
        ? 'Remove it from this location: it looks for files before proxy_pass is asked.'
        : 'Let its last argument be a named location with proxy_pass, such as "@app".',
  },
};

/** Why the line that decided refuses the handshake; null where it is none that is known to. */
export function refusalCause(scene: Scene, { directive, step }: Decision, status: number): Cause | null {
  const refusal = refusals[directive.name];
  if (refusal === undefined) return null;
  const level = levelName(locationOf(directive.block) ?? locationOf(scene.block) ?? scene.block);
  const other = step.answer === status ? '' : `, which error_page turns into ${status}`;
  const does = step.answer === undefined ? `leads to ${status}` : `answers ${step.answer}${other}`;
  const why = step.message.replace(new RegExp(`^${directive.name}:? `), '');
  return {
    code: refusal.code,
    message: `"${textOf(directive)}" in ${levelName(directive.block)} ${does}: ${why}`,
    symptom: `"Unexpected response code: ${status}", close code 1006`,
    ...placeOf(directive),
    related:
      directive.block === scene.block || scene.block.directive === null
        ? []
        : [relatedTo(scene.block.directive, 'the level that applies')],
    help: refusal.help(directive, level, step),
    fix: null,
  };
}
