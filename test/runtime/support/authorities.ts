import { spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

const keys = {
  rsa: ['-newkey', 'rsa:2048'],
  ec: ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'],
} as const;

/** What certificates say of themselves. */
export const extension = {
  authority: 'basicConstraints = critical,CA:TRUE\n',
  ocspSigning: 'extendedKeyUsage = OCSPSigning\n',
} as const;

/** Certificates made with openssl, in a folder of their own: `NAME.crt` and `NAME.key`. */
export class Authorities {
  readonly folder = mkdtempSync(join(tmpdir(), 'authorities-'));

  at(name: string): string {
    return join(this.folder, name);
  }

  openssl(...words: readonly string[]): void {
    const { status, stderr } = spawnSync('openssl', words, { cwd: this.folder });
    if (status !== 0) throw new Error(`${words.join(' ')}: ${String(stderr)}`);
  }

  /** A certificate that has issued itself. */
  root(name: string): void {
    const files = ['-keyout', `${name}.key`, '-out', `${name}.crt`];
    this.openssl('req', '-x509', ...keys.ec, '-nodes', '-days', '2', '-subj', `/CN=${name}`, ...files);
  }

  /** A certificate that `issuer` has issued; `file` names its files, where they are not to be named as it is. */
  issue(
    name: string,
    issuer: string,
    serial: string,
    kind: keyof typeof keys,
    extensions = '',
    file = name,
  ): void {
    writeFileSync(this.at(`${file}.ext`), extensions);
    const made = ['-keyout', `${file}.key`, '-out', `${file}.csr`];
    this.openssl('req', ...keys[kind], '-nodes', '-subj', `/CN=${name}`, ...made);
    const by = ['-CA', `${issuer}.crt`, '-CAkey', `${issuer}.key`, '-set_serial', `0x${serial}`];
    const files = ['-in', `${file}.csr`, '-extfile', `${file}.ext`, '-out', `${file}.crt`];
    this.openssl('x509', '-req', ...by, '-days', '2', ...files);
  }

  /** What authorities know of certificates: by serial number, whether they are revoked. */
  index(states: Readonly<Record<string, 'good' | 'revoked'>>): void {
    const lines = Object.entries(states).map(([serial, state]) => {
      const revoked = state === 'revoked' ? '250101000000Z' : '';
      return `${revoked === '' ? 'V' : 'R'}\t350101000000Z\t${revoked}\t${serial}\tunknown\t/CN=${serial}\n`;
    });
    writeFileSync(this.at('index'), lines.join(''));
  }

  /** What a responder with the certificate `signer` says of a certificate that `issuer` has issued. */
  respond(name: string, issuer: string, signer: string, ...options: readonly string[]): Buffer {
    const by = ['-CA', `${issuer}.crt`, '-rsigner', `${signer}.crt`, '-rkey', `${signer}.key`];
    const question = ['-issuer', `${issuer}.crt`, '-cert', `${name}.crt`];
    this.openssl(
      'ocsp',
      '-index',
      'index',
      ...by,
      ...question,
      '-ndays',
      '1',
      '-respout',
      'answer',
      ...options,
    );
    return readFileSync(this.at('answer'));
  }

  certificate(name: string): X509Certificate {
    return new X509Certificate(readFileSync(this.at(`${name}.crt`)));
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}

/** A responder that says what it is told to. */
export class Responder {
  /** The heads that came. */
  readonly asked: string[] = [];
  /** By the serial number that is asked about; null, and what is not here, is another kind of page. */
  answers: Record<string, Buffer | null | 'silence'> = {};
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', (bytes: Buffer) => {
        const head = bytes.toString('latin1');
        this.asked.push(head);
        const query = Buffer.from(decodeURIComponent(/^GET \/ocsp\/(\S*) /.exec(head)?.[1] ?? ''), 'base64');
        const answer = Object.entries(this.answers).find(([serial]) =>
          query.includes(Buffer.from(serial, 'hex')),
        );
        if (answer?.[1] === 'silence') return;
        if (!answer?.[1]) socket.end('HTTP/1.0 200 OK\nContent-Type: text/html\n\nno');
        else {
          socket.write('HTTP/1.1 200 OK\nContent-Type: application/ocsp-response\n\n');
          socket.end(answer[1]);
        }
      });
    });
  }

  static async start(): Promise<Responder> {
    const responder = new Responder();
    await new Promise<void>((done) => responder.#server.listen(0, '127.0.0.1', done));
    return responder;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** For a certificate that names it. */
  get extension(): string {
    return `authorityInfoAccess = OCSP;URI:http://127.0.0.1:${this.port}/ocsp\n`;
  }

  close(): void {
    this.#server.close();
  }
}
