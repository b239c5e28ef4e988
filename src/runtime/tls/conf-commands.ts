import { constants } from 'node:crypto';
import type { ConfCommand, ConfCommandName } from '../../3-plan/schema/conf-command.ts';
import type { TlsSettings } from './secure-context.ts';
import type { TlsServerSettings } from './tls-server.ts';

/** OpenSSL's flags that node:crypto has no names for (openssl/ssl.h). */
const op = {
  noExtendedMasterSecret: 0x1,
  clientRenegotiation: 0x100,
  disableCaNames: 0x200,
  noEncryptThenMac: 0x80000,
  noAntiReplay: 0x1000000,
};

/** Items of `Options` to OpenSSL's flag; `inverse`: the flag says that the item is off (ssl/ssl_conf.c, cmd_Options). */
const flags: Readonly<Record<string, { readonly flag: number; readonly inverse?: true }>> = {
  emptyfragments: { flag: constants.SSL_OP_DONT_INSERT_EMPTY_FRAGMENTS, inverse: true },
  bugs: { flag: constants.SSL_OP_ALL },
  noresumptiononrenegotiation: { flag: constants.SSL_OP_NO_SESSION_RESUMPTION_ON_RENEGOTIATION },
  unsafelegacyrenegotiation: { flag: constants.SSL_OP_ALLOW_UNSAFE_LEGACY_RENEGOTIATION },
  unsafelegacyserverconnect: { flag: constants.SSL_OP_LEGACY_SERVER_CONNECT },
  clientrenegotiation: { flag: op.clientRenegotiation },
  encryptthenmac: { flag: op.noEncryptThenMac, inverse: true },
  norenegotiation: { flag: constants.SSL_OP_NO_RENEGOTIATION },
  allownodhekex: { flag: constants.SSL_OP_ALLOW_NO_DHE_KEX },
  prioritizechacha: { flag: constants.SSL_OP_PRIORITIZE_CHACHA },
  antireplay: { flag: op.noAntiReplay, inverse: true },
  extendedmastersecret: { flag: op.noExtendedMasterSecret, inverse: true },
  canames: { flag: op.disableCaNames, inverse: true },
};

const versions = ['SSLv3', 'TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'];

type Change = Partial<TlsServerSettings>;

const changes: Readonly<Record<ConfCommandName, (value: string, settings: TlsSettings) => Change>> = {
  certificate: (value, { replacement }) => ({ replacement: { ...replacement, certificate: value } }),
  privatekey: (value, { replacement }) => ({ replacement: { ...replacement, key: value } }),
  dhparameters: (value) => ({ dhparam: value }),
  ciphersuites: (value) => ({ suites: value }),
  cipherstring: (value) => ({ ciphers: value }),
  groups: (value) => ({ ecdhCurve: value }),
  signaturealgorithms: (value) => ({ signatureAlgorithms: value }),
  // Bounds hold whatever `Protocol` says before or after them.
  minprotocol: () => ({}),
  maxprotocol: () => ({}),
  protocol(value, { protocols }) {
    const named = versions.filter((each) => isNamed(value, 'all') || isNamed(value, each.toLowerCase()));
    const others = protocols.filter((each) => !named.includes(each));
    return { protocols: isOff(value) ? others : [...others, ...named] };
  },
  options(value, { options }) {
    if (isNamed(value, 'sessionticket')) return { sessionTickets: !isOff(value) };
    if (isNamed(value, 'serverpreference')) return { preferServerCiphers: !isOff(value) };
    // The others have no effect in OpenSSL, or are what it does anyway.
    const { flag, inverse = false } = flags[value.replace(/^-/, '')] ?? { flag: 0 };
    return { options: isOff(value) === inverse ? options | flag : options & ~flag };
  },
};

const isOff = (value: string): boolean => value.startsWith('-');
const isNamed = (value: string, name: string): boolean => value.replace(/^-/, '') === name;

/**
 * Settings as `…_ssl_conf_command` leaves them: the commands come after all directives, in the order of writing
 * (ngx_ssl_conf_commands). Those that only servers have do not reach a client's (`3-plan/modules/conf-command.ts`).
 */
export function withCommands<Settings extends TlsSettings>(
  settings: Settings,
  commands: readonly ConfCommand[],
): Settings {
  let all = settings;
  for (const { name, value } of commands) all = { ...all, ...changes[name](value, all) };
  const bound = (name: ConfCommandName): number =>
    versions.indexOf(commands.findLast((command) => command.name === name)?.value ?? 'None');
  const [first, last] = [bound('minprotocol'), bound('maxprotocol')];
  const within = (each: string): boolean => {
    const at = versions.indexOf(each);
    return at >= first && (last === -1 || at <= last);
  };
  return { ...all, protocols: all.protocols.filter(within) };
}
