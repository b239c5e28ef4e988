/** Set in the environment of the processes that a supervisor starts. */
export const workerMark = 'HOPWRIGHT_WORKER';

/** The exit status of a worker that could not serve what it was told to: the next one could not either. */
export const couldNotServe = 2;

/** Whether this process was started as a worker: it runs the same command as its master. */
export function isWorkerProcess(): boolean {
  return process.env[workerMark] !== undefined && process.send !== undefined;
}
