import type { PeerState } from './peers.ts';
import { isAvailable } from './peers.ts';
import { heaviest, roundRobin } from './round-robin.ts';
import type { Pick, Selection } from './selection.ts';
import { markChosen, useBackups, wantedPeer } from './selection.ts';

/** What `least_time` says. */
export interface LeastTime {
  readonly mode: 'header' | 'last_byte';
  /** Answers that are still waited for count as well. */
  readonly inflight: boolean;
}

/** Milliseconds from which all servers are equally slow. */
const slowest = 5000;
/** Milliseconds within which times count as the same. */
const cluster = 20;
const newShare = 0.05;

/** ngx_http_upstream_response_time_avg. */
function average(before: number, value: number): number {
  return before === 0 ? value : Math.trunc(0.5 + value * newShare + before * (1 - newShare));
}

/**
 * The server that would be through first with what it has to do, round robin among equals
 * (ngx_http_upstream_get_least_time_peer). `clock` gives monotonic milliseconds.
 */
export function leastTime(settings: LeastTime, clock: () => number): Pick {
  const pick: Pick = (selection, now) => {
    if (selection.group.single) return roundRobin(selection, now);
    let index = wantedPeer(selection, now);
    if (index === -1) {
      index = soonest(selection, now, settings, clock());
      if (index === -1) return useBackups(selection) ? pick(selection, now) : null;
    }
    const peer = selection.group.peers[index]!;
    if (settings.inflight) begin(selection, peer, clock());
    return markChosen(selection, index, now);
  };
  return pick;
}

function soonest(selection: Selection, now: number, { mode }: LeastTime, clock: number): number {
  const { group, tried } = selection;
  let best = -1;
  let bestTime = 0;
  let several = false;
  group.peers.forEach((peer, index) => {
    if (tried.includes(index) || !isAvailable(peer, now)) return;
    const { timing } = peer;
    if (timing.inflight > 0) {
      const waited = Math.trunc(timing.inflightWaited / timing.inflight) + (clock - timing.inflightChanged);
      timing.inflightTime = average(timing.inflightTime, waited);
    }
    const time = estimate(peer, mode, now);
    const own = best === -1 ? 0 : time * group.peers[best]!.settings.weight;
    const others = best === -1 ? 1 : bestTime * peer.settings.weight;
    if (own < others) {
      best = index;
      bestTime = time;
      several = false;
    } else if (own === others) several = true;
  });
  if (!several) return best;
  const { weight } = group.peers[best]!.settings;
  return heaviest(selection, now, (candidate) => {
    const peer = group.peers[candidate]!;
    return candidate >= best && estimate(peer, mode, now) * weight === bestTime * peer.settings.weight;
  });
}

/** Milliseconds until a server would be through with one more request (ngx_http_upstream_least_time_eta). */
function estimate({ timing, settings, checked, conns }: PeerState, mode: LeastTime['mode'], now: number) {
  let time = mode === 'header' ? timing.headerTime : timing.responseTime;
  // A slow server gets another chance: its time halves with every `fail_timeout`.
  const idle = now - checked;
  if (idle > settings.failTimeout)
    time = Math.trunc(time / 2 ** Math.trunc(idle / (settings.failTimeout + 1)));
  if (timing.inflight > 0) time = Math.max(time, timing.inflightTime);
  time = time > slowest ? slowest : time + cluster - (time % cluster);
  return time * (1 + conns);
}

function begin(selection: Selection, { timing }: PeerState, clock: number): void {
  if (timing.inflight > 0) timing.inflightWaited += (clock - timing.inflightChanged) * timing.inflight;
  timing.inflightChanged = clock;
  timing.inflight++;
  selection.inflight = true;
}

/** A request that took `time` is not waited for any longer (ngx_http_upstream_least_time_inflight_done). */
function endInflight(selection: Selection, { timing }: PeerState, time: number, clock: number): void {
  if (!selection.inflight) return;
  selection.inflight = false;
  if (timing.inflight === 1) timing.inflightWaited = 0;
  else {
    timing.inflightWaited += (clock - timing.inflightChanged) * timing.inflight - time;
    timing.inflightChanged = clock;
  }
  timing.inflight--;
}

/** The head of an answer came after `time` milliseconds (ngx_http_upstream_least_time_notify). */
export function headArrived(settings: LeastTime, selection: Selection, time: number, clock: number): void {
  const peer = selection.current;
  if (peer === null || !settings.inflight || settings.mode !== 'header') return;
  peer.timing.headerTime = average(peer.timing.headerTime, time);
  endInflight(selection, peer, time, clock);
}

/** Times of an attempt that is over, in milliseconds; `header` -1 when no head came. */
export interface AttemptTimes {
  readonly header: number;
  readonly response: number;
}

/** Takes in the times of an attempt; only of those that did not fail (ngx_http_upstream_free_least_time_peer). */
export function attemptEnded(
  settings: LeastTime,
  selection: Selection,
  { header, response }: AttemptTimes,
  clock: number,
): void {
  const peer = selection.current;
  if (peer === null) return;
  endInflight(selection, peer, Math.max(response, 0), clock);
  if (header < 0) return;
  const { timing } = peer;
  timing.responseTime = average(timing.responseTime, Math.max(response, 0));
  if (!settings.inflight || settings.mode !== 'header')
    timing.headerTime = average(timing.headerTime, header);
}
