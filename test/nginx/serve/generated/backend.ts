import type { UpstreamHead } from '../../../runtime/truth/recorded.ts';
import { Backend } from '../../../runtime/truth/backends.ts';
import { answers } from './answers.ts';
import { fill, type Ports } from './placeholders.ts';

/** The modes of the recorded truth, and those that only a broken server has. */
export const backendModes = [
  'strict',
  'always-101',
  'always-200',
  'status-403',
  'refuse',
  'silent',
  'closes',
] as const;

/**
 * A backend of the mode, unless the request asks for one of {@link answers} with `X-Answer: name` or `?answer=name`;
 * null where nothing is to listen.
 *
 * @param pause milliseconds between the pieces of an answer
 */
export function scriptedBackend(
  name: string,
  mode: string,
  ports: Ports,
  seen: (head: UpstreamHead) => void,
  pause: number,
): Backend | null {
  if (mode === 'refuse' || mode === 'nginx') return null;
  return new Backend(name, mode, seen, (head) => {
    const wanted = /^x-answer: *([\w-]+)/im.exec(head)?.[1] ?? /[?&]answer=([\w-]+)/.exec(head)?.[1];
    const script = answers[wanted ?? ''];
    return script && { ...script, pause, pieces: script.pieces.map((piece) => fill(piece, ports)) };
  });
}
