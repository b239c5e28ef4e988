import { z } from './z.ts';
import { custom } from './setting.ts';

/**
 * `…_ssl_conf_command`: the commands of SSL_CONF_cmd(3) that node:tls can express, in lower case and under one name each. Lists of
 * `Options` and `Protocol` are taken apart: one entry an item, `-` before what is switched off.
 */
const confCommandNames = [
  'certificate',
  'privatekey',
  'dhparameters',
  'ciphersuites',
  'cipherstring',
  'groups',
  'signaturealgorithms',
  'minprotocol',
  'maxprotocol',
  'protocol',
  'options',
] as const;
export type ConfCommandName = (typeof confCommandNames)[number];

export interface ConfCommand {
  name: ConfCommandName;
  value: string;
}

export const confCommands = () =>
  custom<ConfCommand[]>(z.array(z.strictObject({ name: z.enum(confCommandNames), value: z.string() })), []);
