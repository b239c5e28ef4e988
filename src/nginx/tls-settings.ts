import type { Directive } from '../1-syntax/ast.ts';
import type { BlockState, CheckContext } from './check-context.ts';
import { effective, effectiveAll } from './http/effective.ts';
import { fullName } from './paths.ts';
import { problem } from './problem.ts';
import { askOpenSsl, cipherError } from './tls-ciphers.ts';
import { openingFailed } from './tls-files.ts';

/**
 * What OpenSSL says of `ssl_ecdh_curve` and `ssl_conf_command` (ngx_ssl_ecdh_curve, ngx_ssl_conf_commands): values that
 * no OpenSSL since 3.0 takes. Which groups there are is asked of the one in Node.
 */

const longestGroup = 49;

/** Whether a list of groups, or one of them, is understood; `auto` is Node's own word. */
function takesGroups(cx: CheckContext, list: string): boolean {
  return list !== 'auto' && askOpenSsl(cx, 'ecdhCurve', list) === null;
}

/** Null when the list is fine; '' where OpenSSL gives no reason. */
function groupError(cx: CheckContext, list: string): string | null {
  if (list === '') return '';
  if (takesGroups(cx, list)) return null;
  for (const item of list.split(':')) {
    const group = item.trim();
    if (group === '' || group.length > longestGroup) return '';
    if (!takesGroups(cx, group))
      return `error:0A080106:SSL routines::passed invalid argument:group '${group}' cannot be set`;
  }
  return '';
}

const words = (...known: readonly string[]) => new Set(known.map((word) => word.toLowerCase()));

/** The words of `Options` up to OpenSSL 3.5. */
const options = words(
  'SessionTicket',
  'EmptyFragments',
  'Bugs',
  'Compression',
  'ServerPreference',
  'NoResumptionOnRenegotiation',
  'DHSingle',
  'ECDHSingle',
  'UnsafeLegacyRenegotiation',
  'UnsafeLegacyServerConnect',
  'ClientRenegotiation',
  'EncryptThenMac',
  'NoRenegotiation',
  'AllowNoDHEKEX',
  'PreferNoDHEKEX',
  'PrioritizeChaCha',
  'MiddleboxCompat',
  'AntiReplay',
  'ExtendedMasterSecret',
  'CANames',
  'KTLS',
  'KTLSTxZerocopySendfile',
  'StrictCertCheck',
  'TxCertificateCompression',
  'RxCertificateCompression',
  'IgnoreUnexpectedEOF',
);
const protocols = words(
  'ALL',
  'SSLv2',
  'SSLv3',
  'TLSv1',
  'TLSv1.1',
  'TLSv1.2',
  'TLSv1.3',
  'DTLSv1',
  'DTLSv1.2',
);
const verifyModes = words(
  'Peer',
  'Request',
  'Require',
  'Once',
  'RequestPostHandshake',
  'RequirePostHandshake',
);
const versions: ReadonlySet<string> = new Set(['None', 'SSLv3', 'TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3']);
const largestRecord = 16_384;

/** Null when the value is fine; '' for `bad value` without more, otherwise the error that comes before it. */
type ValueCheck = (cx: CheckContext, value: string) => string | null;

const listOf =
  (known: ReadonlySet<string>): ValueCheck =>
  (_cx, value) =>
    value.split(',').every((item) => known.has(item.trim().replace(/^[-+]/, '').toLowerCase())) ? null : '';
const version: ValueCheck = (_cx, value) => (versions.has(value) ? null : '');
const anything: ValueCheck = () => null;
const isFile: ValueCheck = () => null;

/** Commands of a configuration file (SSL_CONF_FLAG_FILE), in lower case: OpenSSL ignores it. */
const commands: Readonly<Record<string, ValueCheck>> = {
  signaturealgorithms: anything,
  clientsignaturealgorithms: anything,
  curves: groupError,
  groups: groupError,
  ecdhparameters: groupError,
  cipherstring: cipherError,
  ciphersuites: anything,
  protocol: listOf(protocols),
  minprotocol: version,
  maxprotocol: version,
  options: listOf(options),
  verifymode: listOf(verifyModes),
  certificate: isFile,
  privatekey: isFile,
  serverinfofile: isFile,
  chaincapath: anything,
  chaincafile: anything,
  chaincastore: anything,
  verifycapath: anything,
  verifycafile: anything,
  verifycastore: anything,
  requestcafile: anything,
  requestcapath: anything,
  requestcastore: anything,
  clientcafile: anything,
  clientcapath: anything,
  clientcastore: anything,
  dhparameters: anything,
  recordpadding: (_cx, value) => (Number.parseInt(value, 10) > largestRecord ? '' : null),
  numtickets: anything,
};

/** OpenSSL's complaint about one command; null when it takes it. */
function commandError(cx: CheckContext, { values }: Directive): string | null {
  const [name, given] = [values[0]!, values[1]!];
  const key = name.toLowerCase();
  const failed = (value: string, reason: string): string =>
    `SSL_CONF_cmd("${name}", "${value}") failed (SSL: ${reason})`;
  if (!Object.hasOwn(commands, key))
    return failed(given, `error:0A000182:SSL routines::unknown cmd name:cmd=${name}`);
  const check = commands[key]!;
  const badValue = (value: string): string =>
    `error:0A000180:SSL routines::bad value:cmd=${name}, value=${value}`;
  if (check === isFile && cx.environment !== null) {
    const path = fullName(cx, given, 'configuration');
    const read = cx.environment.readFile(path);
    if (!('error' in read)) return null;
    const opening = openingFailed(path, read.error, true).replace(/^\(SSL: /, '');
    return failed(path, `${opening} error:0A080002:SSL routines::system lib ${badValue(path)}`);
  }
  const error = check(cx, given);
  if (error === null) return null;
  return failed(given, error === '' ? badValue(given) : `${error} ${badValue(given)}`);
}

function report(cx: CheckContext, node: Directive, word: number, message: string): false {
  cx.report(problem('tls-value', message, { node, word, placeless: true }));
  return false;
}

/** `ssl_ecdh_curve` of a server. False when nginx stops there. */
function mergeCurves(cx: CheckContext, server: BlockState): boolean {
  if (!cx.seen.has('ssl_ecdh_curve')) return true;
  const node = effective(server, 'ssl_ecdh_curve');
  const list = node?.values[0];
  const error = list === undefined || list === 'auto' ? null : groupError(cx, list);
  if (error === null) return true;
  const reason = error === '' ? '' : ` (SSL: ${error})`;
  return report(cx, node!, 0, `SSL_CTX_set1_curves_list("${list}") failed${reason}`);
}

/** `ssl_conf_command` and its kin. False when nginx stops there. */
export function mergeCommands(cx: CheckContext, level: BlockState, name: string): boolean {
  if (!cx.seen.has(name)) return true;
  for (const node of effectiveAll(level, name)) {
    const error = commandError(cx, node);
    if (error !== null) return report(cx, node, 1, error);
  }
  return true;
}

/** What comes last when a server with TLS is merged. */
export function mergeSettings(cx: CheckContext, server: BlockState): void {
  if (mergeCurves(cx, server)) mergeCommands(cx, server, 'ssl_conf_command');
}
