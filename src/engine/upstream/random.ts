import { peerAt } from './hash-methods.ts';
import { isAvailable } from './peers.ts';
import { roundRobin } from './round-robin.ts';
import type { Pick } from './selection.ts';
import { markChosen, wantedPeer } from './selection.ts';

const maxTries = 20;

/** `random`: a server by chance and weight. `random` gives numbers in [0, 1). */
export function randomChoice(random: () => number): Pick {
  let misses = 0;
  return (selection, now) => {
    const { group, tried } = selection;
    if (misses > maxTries || group.peers.length < 2) return roundRobin(selection, now);
    const wanted = wantedPeer(selection, now);
    if (wanted !== -1) return markChosen(selection, wanted, now);
    for (;;) {
      const index = peerAt(group, Math.floor(random() * group.totalWeight));
      if (!tried.includes(index) && isAvailable(group.peers[index]!, now))
        return markChosen(selection, index, now);
      if (++misses > maxTries) return roundRobin(selection, now);
    }
  };
}

/** `random two least_conn`: of two servers drawn, the one with fewer connections for its weight. */
export function randomOfTwo(random: () => number): Pick {
  let misses = 0;
  return (selection, now) => {
    const { group, tried } = selection;
    if (misses > maxTries || group.peers.length < 2) return roundRobin(selection, now);
    const wanted = wantedPeer(selection, now);
    if (wanted !== -1) return markChosen(selection, wanted, now);
    let first = -1;
    for (;;) {
      const index = peerAt(group, Math.floor(random() * group.totalWeight));
      const peer = group.peers[index]!;
      if (index !== first && !tried.includes(index) && isAvailable(peer, now)) {
        if (first !== -1) {
          const other = group.peers[first]!;
          const heavier = peer.conns * other.settings.weight > other.conns * peer.settings.weight;
          return markChosen(selection, heavier ? first : index, now);
        }
        first = index;
      }
      if (++misses > maxTries) return roundRobin(selection, now);
    }
  };
}
