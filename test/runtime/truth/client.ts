import { connect } from 'node:net';

/** What came back for one request. */
export interface Answer {
  readonly status: number | 'none';
  readonly head: string;
  readonly body: string;
  readonly upgraded: boolean;
  readonly end: 'tunnel' | 'complete' | 'closed' | 'reset' | 'timeout';
  readonly interim: readonly string[];
}

/** Milliseconds without a byte after which nothing more is expected. */
const silence = 1500;

/** Whether `body` is all that `head` announces; false also where only the end of the connection tells. */
function isComplete(method: string, head: string, body: string): boolean {
  const status = Number(head.slice(9, 12));
  if (method === 'HEAD' || status === 204 || status === 304) return true;
  if (/\r\ntransfer-encoding: *chunked\r\n/i.test(head))
    return /(^|\r\n)0\r\n(?:[^\r\n]+\r\n)*\r\n$/.test(body);
  const length = /\r\ncontent-length: *(\d+)\r\n/i.exec(head);
  return length !== null && body.length >= Number(length[1]);
}

/** Sends `raw` on a new connection and collects the answer; after a 101 it tries the tunnel with `PING-BYTES`. */
export function request(port: number, raw: string): Promise<Answer> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const method = raw.slice(0, raw.indexOf(' '));
    const interim: string[] = [];
    let input = '';
    let head = '';
    const finish = (end: Answer['end']): void => {
      clearTimeout(timer);
      socket.destroy();
      const status = head === '' ? 'none' : Number(head.slice(9, 12));
      resolve({ status, head, body: input.slice(0, 200), upgraded: end === 'tunnel', end, interim });
    };
    let timer = setTimeout(() => finish('timeout'), silence);
    const read = (): void => {
      while (head === '') {
        const end = input.indexOf('\r\n\r\n') + 4;
        if (end < 4) return;
        const next = input.slice(0, end);
        input = input.slice(end);
        if (next.startsWith('HTTP/1.1 100')) interim.push(next);
        else {
          head = next;
          if (head.startsWith('HTTP/1.1 101')) socket.write('PING-BYTES');
        }
      }
      if (head.startsWith('HTTP/1.1 101')) {
        if (input.endsWith('PING-BYTES')) finish('tunnel');
      } else if (isComplete(method, head, input)) finish('complete');
    };
    socket.on('data', (bytes) => {
      clearTimeout(timer);
      timer = setTimeout(() => finish('timeout'), silence);
      input += bytes.toString('latin1');
      read();
    });
    socket.on('end', () => finish('closed'));
    socket.on('error', () => finish('reset'));
    socket.write(raw, 'latin1');
  });
}
