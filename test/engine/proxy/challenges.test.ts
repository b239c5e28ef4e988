import { expect, it } from 'vitest';
import type { EngineContext } from '../../../src/engine/context.ts';
import { copyUpstreamChallenges } from '../../../src/engine/proxy/challenges.ts';
import type { Request } from '../../../src/engine/request.ts';

const name = 'WWW-Authenticate';
const lower = 'www-authenticate';
const headers = ['X-A', 'x-a', '1', name, lower, 'Basic', name, lower, 'Bearer'];

it.each([
  ['all of them', true, [name, 'Basic', name, 'Bearer']],
  ['before 1.23.0 the first', false, [name, 'Basic']],
] as const)("an upstream's challenges go to the client: %s", (_, duplicatesIgnored, expected) => {
  const request = { headersOut: [] as string[] } as Request;
  copyUpstreamChallenges({ rules: { duplicatesIgnored } } as EngineContext, request, headers);
  expect(request.headersOut).toEqual(expected);
});
