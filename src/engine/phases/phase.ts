import type { Request } from '../request.ts';

/** nginx's phases (ngx_http_core_module.h). The log phase is `finish`. */
export const phases = {
  postRead: 0,
  serverRewrite: 1,
  findConfig: 2,
  rewrite: 3,
  postRewrite: 4,
  preaccess: 5,
  access: 6,
  postAccess: 7,
  precontent: 8,
  content: 9,
} as const;
export type PhaseName = keyof typeof phases;
export const phaseCount = 10;

/**
 * What a handler says, in nginx's numbers: {@link declined} next handler, {@link ok} phase done, {@link again} suspended (the
 * handler set what the runtime has to do, and is called again), {@link done} taken over (`request.action` is set), a
 * status from 200 to end the request with it.
 */
export type HandlerResult = number;
export const ok = 0;
export const declined = -5;
export const again = -2;
export const done = -4;

export type PhaseHandler = (request: Request) => HandlerResult;
/** Answers the request: {@link ok} after the answer was put into the request, {@link done}, {@link declined} or a status. */
export type ContentHandler = (request: Request) => HandlerResult;
