import type { Socket } from 'node:net';

const fastcgiEnd = '\x01\x05\0\x01\0\0\0\0';

/** How each protocol is known by its first bytes, and where a request in it ends (-1: not yet). */
const protocols: readonly {
  readonly first: RegExp;
  end(input: string): number;
  answer(text: string): string;
}[] = [
  {
    first: /^\x01\x01/,
    end: (input) => (input.endsWith(fastcgiEnd) ? input.length : -1),
    answer: (text) =>
      `\x01\x06\0\x01${size(text)}\0\0${text}\x01\x06\0\x01\0\0\0\0\x01\x03\0\x01\0\x08\0\0${'\0'.repeat(8)}`,
  },
  {
    first: /^get /,
    end: (input) => (input.endsWith('\r\n') ? input.length : -1),
    answer: (text) => text,
  },
  {
    first: /^\d+:/,
    end: (input) => {
      const head = input.slice(0, input.indexOf(':') + 1);
      return head.length + Number(head.slice(0, -1)) + 1 + bodyLength(input);
    },
    answer: (text) => text,
  },
  {
    first: /^[^]{4}/,
    end: (input) => 4 + input.charCodeAt(1) + input.charCodeAt(2) * 256 + bodyLength(input),
    answer: (text) => text,
  },
];

function size({ length }: string): string {
  return String.fromCharCode(length >> 8, length & 0xff);
}

function bodyLength(input: string): number {
  return Number(/CONTENT_LENGTH[\0-\x1f]*(\d+)/.exec(input)?.[1] ?? 0);
}

/** What programs answer, by the parameter `ANSWER`. */
const programAnswers: Readonly<Record<string, string>> = {
  plain: 'Content-Type: text/plain\r\nX-Backend: yes\r\nServer: program\r\n\r\nhello\n',
  status: 'Status: 404 Gone Far\r\nX-A: 1\r\nX-A: 2\r\n\r\nno\n',
  number: 'Status: 503\r\n\r\nno\n',
  line: 'HTTP/1.1 201 Made\r\nStatus: 404 Not\r\nDate: then\r\n\r\nmade\n',
  location: 'Location: /there\r\n\r\n',
  length: 'Content-Length: 2\n\nlong',
  exact: 'Content-Length: 5\nLast-Modified: Wed, 01 Jan 2020 00:00:00 GMT\nETag: "e"\n\nexact',
  short: 'Content-Length: 9\n\nshort',
  cookies: 'Set-Cookie: a=b; path=/\nSet-Cookie: c=d\nExpires: Thu, 01 Jan 1970 00:00:01 GMT\n\nx',
  invalid: 'X y\n\nbody',
  unfinished: 'X: y\n',
  accel: 'X-Accel-Redirect: /inner\nSet-Cookie: a=b\nX-Gone: 1\n\nunseen',
  buffering:
    'X-Accel-Buffering: no\nX-Accel-Expires: 60\nX-Accel-Charset: utf-8\nContent-Type: text/html\n\nx',
  nothing: 'Status: 204 No Content\n\n',
  unchanged: 'Status: 304 Not Modified\nETag: "e"\n\n',
  upgrade: 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n',
};

/** What memcached answers, by key. */
const values: Readonly<Record<string, string>> = {
  plain: 'VALUE plain 0 5\r\nhello\r\nEND\r\n',
  empty: 'VALUE empty 0 0\r\n\r\nEND\r\n',
  'page.html': 'VALUE page.html 0 5\r\nhello\r\nEND\r\n',
  'a%20b': 'VALUE a%20b 0 5\r\nspace\r\nEND\r\n',
  gzip: 'VALUE gzip 2 4\r\nzzzz\r\nEND\r\n',
  flags: 'VALUE flags x 4\r\nzzzz\r\nEND\r\n',
  bad: 'VALUE bad 0 5\r\nhello and more\r\nEND\r\n',
  other: 'VALUE another 0 5\r\nhello\r\nEND\r\n',
  error: 'ERROR\r\n',
};

/**
 * A program or store that is spoken with by FastCGI, uwsgi, SCGI or the protocol of memcached; `requests` collects what came.
 *
 * @param first what has come before the call
 */
export function serveProgram(socket: Socket, requests: string[], first: Buffer): void {
  let pending = '';
  let tunnel = false;
  const take = (bytes: Buffer): void => {
    if (tunnel) {
      socket.write(bytes);
      return;
    }
    pending += bytes.toString('latin1');
    const protocol = protocols.find(({ first }) => first.test(pending));
    const end = protocol === undefined ? -1 : protocol.end(pending);
    if (protocol === undefined || end === -1 || pending.length < end) return;
    requests.push(pending);
    const key = /^get (.*)\r\n/.exec(pending)?.[1];
    if (key !== undefined) {
      pending = '';
      socket.write(values[key] ?? 'END\r\n', 'latin1');
      return;
    }
    const wanted = /ANSWER[\0-\x1f]*([a-z]+)/.exec(pending)?.[1] ?? 'plain';
    socket.write(protocol.answer(programAnswers[wanted] ?? 'Status: 500\n\n'), 'latin1');
    tunnel = wanted === 'upgrade' && !pending.startsWith('\x01');
    if (!tunnel) socket.end();
  };
  take(first);
  socket.on('data', take);
}
