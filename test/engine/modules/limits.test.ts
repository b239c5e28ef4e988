import { describe, expect, it } from 'vitest';
import {
  defineLimitConn,
  limitConnHandler,
  releaseConnections,
} from '../../../src/engine/modules/limit-conn.ts';
import { defineLimitReq, limitReqHandler } from '../../../src/engine/modules/limit-req.ts';
import { again, declined } from '../../../src/engine/phases/phase.ts';
import { engineOf } from './engine-of.ts';

describe('limit_req', () => {
  const engine = engineOf(`
    limit_req_zone $http_x_key zone=one:1m rate=1r/s;
    limit_req_zone $http_x_key zone=slow:1m rate=30r/m;
    server {
      location /plain { limit_req zone=one; limit_req_status 429; }
      location /burst { limit_req zone=one burst=1; limit_req_log_level warn; }
      location /dry { limit_req zone=one; limit_req_dry_run on; }
      location /minute { limit_req zone=slow burst=5 delay=1; }
    }`);
  defineLimitReq(engine.cx);
  const status = engine.cx.variables.getter('limit_req_status');
  const ask = (location: string, key: string): { result: number; delay: number; status: string | null } => {
    const request = engine.request(location, { 'X-Key': key });
    const result = engine.handler(limitReqHandler, location)!(request);
    return { result, delay: request.delay, status: status(request) };
  };

  it('answers with its status', () => {
    expect(ask('/plain', 'a')).toMatchObject({ result: declined, status: 'PASSED' });
    expect(ask('/plain', 'a')).toMatchObject({ result: 429, status: 'REJECTED' });
    expect(ask('/plain', 'other')).toMatchObject({ result: declined });
    expect(ask('/plain', '')).toMatchObject({ result: declined, status: null });
    expect(engine.log.splice(0)).toEqual(['error: limiting requests, excess: 1.000 by zone "one"']);
  });
  it('delays what fits into the burst', () => {
    ask('/burst', 'b');
    expect(ask('/burst', 'b')).toEqual({ result: again, delay: 1000, status: 'DELAYED' });
    expect(ask('/burst', 'b')).toMatchObject({ result: 503 });
    expect(engine.log.splice(0)).toEqual([
      'notice: delaying request, excess: 1.000, by zone "one"',
      'warn: limiting requests, excess: 2.000 by zone "one"',
    ]);
  });
  it('only says what it would do in a dry run', () => {
    ask('/dry', 'c');
    expect(ask('/dry', 'c')).toMatchObject({ result: declined, status: 'REJECTED_DRY_RUN' });
    expect(engine.log.splice(0)).toEqual(['error: limiting requests, dry run, excess: 1.000 by zone "one"']);
  });
  it('knows rates per minute and delays after some', () => {
    expect([1, 2, 3].map(() => ask('/minute', 'd').delay)).toEqual([0, 0, 2000]);
  });
});

describe('limit_conn', () => {
  const engine = engineOf(`
    limit_conn_zone $http_x_key zone=one:1m;
    server {
      location / { limit_conn one 1; }
      location /dry { limit_conn one 1; limit_conn_dry_run on; }
    }`);
  defineLimitConn(engine.cx);
  const status = engine.cx.variables.getter('limit_conn_status');

  it('counts requests until they end', () => {
    const enter = engine.handler(limitConnHandler, '/')!;
    const first = engine.request('/', { 'X-Key': 'a' });
    const second = engine.request('/', { 'X-Key': 'a' });
    expect(enter(first)).toBe(declined);
    expect(enter(first)).toBe(declined);
    expect(enter(second)).toBe(503);
    expect([status(first), status(second)]).toEqual(['PASSED', 'REJECTED']);
    releaseConnections(second);
    releaseConnections(first);
    expect(enter(engine.request('/', { 'X-Key': 'a' }))).toBe(declined);
    expect(engine.log.splice(0)).toEqual(['error: limiting connections by zone "one"']);
  });
  it('only says so in a dry run', () => {
    const enter = engine.handler(limitConnHandler, '/dry')!;
    enter(engine.request('/dry', { 'X-Key': 'b' }));
    const request = engine.request('/dry', { 'X-Key': 'b' });
    expect(enter(request)).toBe(declined);
    expect(status(request)).toBe('REJECTED_DRY_RUN');
    expect(engine.log.splice(0)).toEqual(['error: limiting connections, dry run, by zone "one"']);
  });
});
