import { answeredCauses } from './answered.ts';
import type { Cause, Scene } from './cause.ts';
import { serverCauses } from './chosen.ts';
import { conditionCauses } from './conditions.ts';
import { hiddenCauses, otherCauses, versionCauses } from './exchange.ts';
import { atNextHop, shadowCauses, stuckCauses } from './routing.ts';
import { headerCauses } from './set-headers.ts';

/** In the order of the way of a request: what breaks first comes first. */
const searches: readonly ((scene: Scene) => Cause[])[] = [
  stuckCauses,
  serverCauses,
  conditionCauses,
  shadowCauses,
  answeredCauses,
  versionCauses,
  headerCauses,
  otherCauses,
];

/** Why a handshake did not become a socket, first broken link first: no tunnel, or one that the browser closes at once. */
export function causesOf(scene: Scene): Cause[] {
  if (scene.outcome.end === 'tunnel') return hiddenCauses(scene);
  return [
    ...atNextHop(
      scene,
      searches.flatMap((search) => search(scene)),
    ),
  ];
}
