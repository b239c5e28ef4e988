import type { ConfCommand, ConfCommandName } from '../schema/conf-command.ts';
import type { DirectiveLowering } from './lowering.ts';
import { word } from './lowering.ts';

/** OpenSSL's names (ssl/ssl_conf.c, ssl_conf_cmds) to the plan's. What is absent node:tls cannot be told. */
const names: Readonly<Record<string, ConfCommandName>> = {
  certificate: 'certificate',
  privatekey: 'privatekey',
  dhparameters: 'dhparameters',
  ciphersuites: 'ciphersuites',
  cipherstring: 'cipherstring',
  groups: 'groups',
  curves: 'groups',
  ecdhparameters: 'groups',
  signaturealgorithms: 'signaturealgorithms',
  minprotocol: 'minprotocol',
  maxprotocol: 'maxprotocol',
  protocol: 'protocol',
  options: 'options',
};
/** nginx makes absolute paths of their values (ngx_ssl_conf_commands). */
const files: ReadonlySet<string> = new Set(['certificate', 'privatekey', 'dhparameters']);
/**
 * Which way an item of `Options` can be set. Node adds to OpenSSL's options and takes none away, so what is on by default stays
 * on; options above bit 30 do not go through its numbers.
 */
const ways: Readonly<Record<string, 'both' | 'on'>> = {
  emptyfragments: 'both',
  bugs: 'both',
  noresumptiononrenegotiation: 'both',
  dhsingle: 'both',
  ecdhsingle: 'both',
  unsafelegacyrenegotiation: 'both',
  unsafelegacyserverconnect: 'both',
  clientrenegotiation: 'both',
  encryptthenmac: 'both',
  norenegotiation: 'both',
  allownodhekex: 'both',
  prioritizechacha: 'both',
  middleboxcompat: 'on',
  antireplay: 'both',
  extendedmastersecret: 'both',
  canames: 'both',
};
const ofServers: ReadonlySet<string> = new Set(['sessionticket', 'serverpreference', 'dhparameters']);
/** Clients get the same bytes with and without these. */
const tuning: ReadonlySet<string> = new Set([
  'ktls',
  'ktlstxzerocopysendfile',
  'txcertificatecompression',
  'rxcertificatecompression',
]);

/** `ssl_conf_command` and `proxy_ssl_conf_command` and its like; what the runtime cannot do is refused by its name. */
export function confCommand(module: 'ssl' | 'proxy' | 'uwsgi'): DirectiveLowering {
  const isFor = (name: string): boolean => module === 'ssl' || !ofServers.has(name);
  return (cx, level, directive) => {
    const list = level.list<ConfCommand>(module, directive.name, directive);
    const [given, value] = [word(directive, 0), word(directive, 1)];
    const name = names[given.toLowerCase()];
    if (name === undefined || !isFor(name)) return cx.notImplemented(directive, { parameter: given });
    if (name !== 'options' && name !== 'protocol') {
      list.push({ name, value: files.has(name) ? cx.confPath(value) : value });
      return;
    }
    for (const item of value.split(',')) {
      const text = item.trim().replace(/^\+/, '').toLowerCase();
      const bare = text.replace(/^-/, '');
      const way = bare === 'sessionticket' || bare === 'serverpreference' ? 'both' : ways[bare];
      if (name === 'options' && tuning.has(bare))
        cx.notImplemented(directive, { parameter: item.trim(), effect: 'tuning' });
      else if (name === 'options' && (!isFor(bare) || way === undefined || (way === 'on' && text !== bare)))
        cx.notImplemented(directive, { parameter: item.trim() });
      else list.push({ name, value: text });
    }
  };
}
