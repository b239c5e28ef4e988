import type { Condition, RewriteStep } from '../../3-plan/schema.ts';
import { unescapeRedirect } from '../algorithms/escape-uri.ts';
import type { EngineContext } from '../context.ts';
import { declined } from '../phases/phase.ts';
import { updateLocation } from '../phases/update-location.ts';
import type { Request } from '../request.ts';
import { setRedirect } from '../response/redirect-host.ts';
import { sendText } from '../response/send.ts';
import { trace } from '../trace.ts';
import { setUri } from '../uri.ts';
import { fileTest } from './file-test.ts';
import type { Replacement } from './replacement.ts';
import { compileQuoting, compileReplacement } from './replacement.ts';
import { holds } from '../template.ts';

/** The rewrite module's steps of one level; {@link declined} to go on, else a result that ends the phase. */
export type RewriteProgram = (request: Request) => number;

/** What a step says: go on with the next one, stop reading steps, or a result for the phase. */
type Step = (request: Request) => number;
const next = -100;
const stop = -101;

/** ngx_http_rewrite_handler over compiled steps; null when there are none. */
export function compileRewrite(cx: EngineContext, steps: readonly RewriteStep[]): RewriteProgram | null {
  if (steps.length === 0) return null;
  const run = compileSteps(cx, steps);
  return (request) => {
    request.quoteCaptures = true;
    const result = run(request);
    return result === next || result === stop ? declined : result;
  };
}

function compileSteps(cx: EngineContext, steps: readonly RewriteStep[]): Step {
  const compiled = steps.map((step) => compileStep(cx, step));
  return (request) => {
    for (const step of compiled) {
      const result = step(request);
      if (result !== next) return result;
    }
    return next;
  };
}

function compileStep(cx: EngineContext, step: RewriteStep): Step {
  switch (step.op) {
    case 'set': {
      const set = cx.variables.setter(step.variable);
      const value = compileQuoting(cx, step.value);
      return (request) => {
        const text = value(request);
        set(request, text);
        if (request.trace !== null) trace(request, step.origin, `set $${step.variable} to "${text}"`);
        return next;
      };
    }
    case 'break':
      return (request) => {
        if (request.uriChanged) request.validLocation = false;
        request.uriChanged = false;
        if (request.trace !== null)
          trace(request, step.origin, 'break: the remaining rewrite directives are skipped');
        return stop;
      };
    case 'return':
      return compileReturn(cx, step);
    case 'rewrite':
      return compileRewriteStep(cx, step);
    case 'if':
      return compileIf(cx, step);
  }
}

/** ngx_http_script_return_code. */
function compileReturn(cx: EngineContext, step: Extract<RewriteStep, { op: 'return' }>): Step {
  const text = step.text === null ? null : cx.template(step.text);
  const make = (request: Request): string => (text === null ? '' : text.evaluate(request));
  const { status, origin } = step;
  return (request) => {
    if (request.trace !== null) trace(request, origin, `return ${status}`, status);
    if (status < 400 || (text !== null && text.constant !== '')) return sendText(request, status, make, '');
    return status;
  };
}

function compileIf(cx: EngineContext, step: Extract<RewriteStep, { op: 'if' }>): Step {
  const test = compileCondition(cx, step.condition);
  const steps = compileSteps(cx, step.steps);
  const { location, origin } = step;
  return (request) => {
    const holds = test(request);
    if (request.trace !== null)
      trace(request, origin, holds ? 'the condition of "if" holds' : 'the condition of "if" does not hold');
    if (!holds) return next;
    if (location !== -1) {
      request.location = cx.location(location);
      updateLocation(cx, request);
    }
    return steps(request);
  };
}

function compileCondition(cx: EngineContext, condition: Condition): (request: Request) => boolean {
  const value = compileQuoting(cx, condition.value);
  switch (condition.test) {
    case 'set':
      return (request) => holds(value(request));
    case 'equal': {
      const other = compileQuoting(cx, condition.other);
      const { negate } = condition;
      return (request) => (value(request) === other(request)) !== negate;
    }
    case 'match': {
      const regex = cx.regex(condition.regex);
      const { negate } = condition;
      return (request) => {
        const matches = regex.exec(request, value(request));
        if (!matches) request.captures = null;
        return matches !== negate;
      };
    }
    case 'file': {
      const { file, negate } = condition;
      return (request) => fileTest(cx, request, file, value(request)) !== negate;
    }
  }
}

/** ngx_http_script_regex_start_code and …_end_code. */
function compileRewriteStep(cx: EngineContext, step: Extract<RewriteStep, { op: 'rewrite' }>): Step {
  const regex = cx.regex(step.regex);
  const make = compileReplacement(cx, step.replacement, step.redirect !== 0);
  const { pattern } = step.regex;
  return (request) => {
    const matches = regex.exec(request, request.uri);
    if (request.location.log.rewrite_log)
      cx.world.log(
        'notice',
        `"${pattern}" ${matches ? 'matches' : 'does not match'} "${request.uri}"`,
        request,
      );
    if (!matches) {
      request.captures = null;
      return next;
    }
    const made = make(request);
    request.quoteCaptures = false;
    request.internal = true;
    request.validUnparsedUri = false;
    if (step.redirect !== 0) return redirectTo(request, made, step);
    return rewriteTo(cx, request, made, step);
  };
}

type RewriteOp = Extract<RewriteStep, { op: 'rewrite' }>;

function rewriteTo(cx: EngineContext, request: Request, made: Replacement, step: RewriteOp): number {
  if (step.break) {
    request.validLocation = false;
    request.uriChanged = false;
  } else request.uriChanged = true;
  if (made.args !== null) {
    request.args = step.keepArgs && request.args !== '' ? `${made.args}&${request.args}` : made.args;
  } else if (!step.keepArgs) request.args = '';
  if (request.location.log.rewrite_log)
    cx.world.log('notice', `rewritten data: "${made.path}", args: "${request.args}"`, request);
  setUri(request, made.path);
  if (request.trace !== null)
    trace(
      request,
      step.origin,
      `rewritten to "${made.path}"${request.args === '' ? '' : ` with arguments "${request.args}"`}`,
    );
  if (made.path === '') {
    cx.world.log('error', 'the rewritten URI has a zero length', request);
    return 500;
  }
  return step.last || step.break ? stop : next;
}

function redirectTo(request: Request, made: Replacement, step: RewriteOp): number {
  const { decoded, rest } = unescapeRedirect(made.path);
  let target = decoded + rest;
  if (step.keepArgs && request.args !== '') target += `${made.hasArgs ? '&' : '?'}${request.args}`;
  setRedirect(request, target);
  if (request.trace !== null) trace(request, step.origin, `rewrite redirects to "${target}"`, step.redirect);
  return step.redirect;
}
