/**
 * Timeouts for many sockets at the price of one timer per distinct duration. A deadline that is touched (every read, every write)
 * only remembers the time; it moves to the end of its queue when the queue's timer comes by.
 */

import { Clock } from './clock.ts';
import { LinkedList, type Linked } from './linked-list.ts';

/** All deadlines of one duration, the one that was queued longest first. */
class Queue extends LinkedList<Deadline> {
  readonly duration: number;
  timer: NodeJS.Timeout | null = null;

  constructor(duration: number) {
    super();
    this.duration = duration;
  }

  take(deadline: Deadline): void {
    deadline.queuedAt = deadline.touchedAt;
    this.append(deadline);
  }

  drop(deadline: Deadline): void {
    this.remove(deadline);
    deadline.resting = false;
  }
}

/** The deadlines of one worker. */
export class Deadlines {
  readonly #queues = new Map<number, Queue>();
  readonly clock: Clock;

  constructor(clock: Clock = new Clock()) {
    this.clock = clock;
  }

  /** A deadline that is not running yet; `expired` is called once each time it runs out. */
  create(expired: () => void): Deadline {
    return new Deadline(this, expired);
  }

  /** Stops all timers; no deadline runs out any more. */
  close(): void {
    for (const queue of this.#queues.values()) if (queue.timer !== null) clearTimeout(queue.timer);
    this.#queues.clear();
  }

  /** @internal */
  enqueue(deadline: Deadline, duration: number): void {
    let queue = this.#queues.get(duration);
    if (queue === undefined) this.#queues.set(duration, (queue = new Queue(duration)));
    queue.take(deadline);
    if (queue.timer === null) this.#arm(queue, duration);
  }

  /** @internal */
  remove(deadline: Deadline): void {
    // An empty queue keeps its timer: it is used again at once under load, and goes when the timer comes by otherwise.
    deadline.list?.drop(deadline);
  }

  #arm(queue: Queue, delay: number): void {
    queue.timer = setTimeout(() => this.#sweep(queue), delay);
    queue.timer.unref();
  }

  #sweep(queue: Queue): void {
    queue.timer = null;
    const now = this.clock.now();
    for (;;) {
      const deadline = queue.first;
      if (deadline === null) break;
      if (deadline.resting) {
        queue.drop(deadline);
        continue;
      }
      // Touched ones are behind their place in the queue: the first is looked at in the order of queueing.
      const left = deadline.touchedAt + queue.duration - now;
      if (left <= 0.5) {
        queue.drop(deadline);
        deadline.expired();
      } else if (deadline.queuedAt !== deadline.touchedAt) {
        queue.drop(deadline);
        queue.take(deadline);
      } else {
        if (queue.timer === null) this.#arm(queue, Math.ceil(left));
        return;
      }
    }
    if (queue.first === null && this.#queues.get(queue.duration) === queue)
      this.#queues.delete(queue.duration);
  }
}

/** A time limit: it runs out when nothing touched it for as long as it was set to. */
export class Deadline implements Linked<Deadline> {
  /** Milliseconds of the clock: when it last started anew, and when it took its place in the queue. */
  touchedAt = 0;
  queuedAt = 0;
  list: Queue | null = null;
  /** It does not run, and has kept its place in the queue. */
  resting = false;
  previous: Deadline | null = null;
  next: Deadline | null = null;
  readonly expired: () => void;
  readonly #deadlines: Deadlines;

  constructor(deadlines: Deadlines, expired: () => void) {
    this.#deadlines = deadlines;
    this.expired = expired;
  }

  get running(): boolean {
    return this.list !== null && !this.resting;
  }

  /** Runs out `duration` milliseconds from now unless it is set, touched or cleared before. */
  set(duration: number): void {
    this.touchedAt = this.#deadlines.clock.now();
    if (this.list !== null) {
      this.resting = false;
      if (this.list.duration === duration) return;
      this.#deadlines.remove(this);
    }
    this.#deadlines.enqueue(this, duration);
  }

  /** Starts a running deadline anew; does nothing to one that is not running. */
  touch(): void {
    this.touchedAt = this.#deadlines.clock.now();
  }

  /** Stops it for a moment: it will be set again soon, most likely to the same duration, and keeps its place until then. */
  rest(): void {
    this.resting = this.list !== null;
  }

  clear(): void {
    if (this.list !== null) this.#deadlines.remove(this);
  }
}
