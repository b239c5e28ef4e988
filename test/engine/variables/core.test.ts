import { describe, expect, test } from 'vitest';
import { get, serve } from '../truth/serve.ts';

describe('$remote_user', () => {
  const run = serve('location / { return 200 "[$remote_user]"; }');
  test.each([
    ['Basic dTpw', 'u'],
    ['basic   dTpw', 'u'],
    ['Basic dTpw=x', 'u'],
    ['Basic dTpwA=====', ''],
    ['Basic OnA=', ''],
    ['Basic dQ==', ''],
    ['Bearer dTpw', ''],
  ])('of "%s" is "%s"', (credentials, user) => {
    expect(run(get('/', `Authorization: ${credentials}`)).body).toBe(`[${user}]`);
  });
});
