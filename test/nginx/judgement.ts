/** What `nginx -t` says of a configuration, from whichever side it comes (nginx itself or our own judgement). */
export interface Judgement {
  readonly ok: boolean;
  /** `emerg`, `alert`, `crit`; null when ok. */
  readonly level: string | null;
  /** Without ` in FILE:LINE`; null when ok. */
  readonly message: string | null;
  /** Absolute path as nginx sees it below its root; null where nginx names no place. */
  readonly file: string | null;
  readonly line: number | null;
}

export const accepted: Judgement = { ok: true, level: null, message: null, file: null, line: null };

/** A configuration with everything it includes: absolute path to text (latin1 byte strings). */
export interface ConfigFiles {
  readonly entry: string;
  readonly files: Readonly<Record<string, string>>;
}

const defaultEntry = '/etc/nginx/nginx.conf';

/** A configuration of a single file. */
export function singleFile(text: string, shared: Readonly<Record<string, string>> = {}): ConfigFiles {
  return { entry: defaultEntry, files: { ...shared, [defaultEntry]: text } };
}

/** Complaints that depend on the machine, not on the text: missing files, unknown hosts and users, ports in use. */
const machinePatterns: readonly RegExp[] = [
  /^host not found in /,
  /^(?:open|read|pread|mkdir|opendir|bind|socket|dlopen|chown|lstat|stat|glob|setsockopt|unlink|realpath)\(\)/,
  /^(?:getpwnam|getgrnam)\(/,
  /^cannot load (?:certificate|CRL)/,
  /^SSL_CTX_load_verify_locations\(/,
  /^(?:SSL_CTX_use_|PEM_read|BIO_new_file|SSL_load_client_CA_file|X509_|d2i_)/,
  /^(?:MMDB_open|GeoIP_open|xsltParseStylesheetFile|xmlParseDTD|require_pv)\(/,
  /^(?:invalid PID number|could not (?:build|open)) /,
  /^failed to (?:load|initialize|run) /,
  /^could not create /,
  /^cannot open file /,
  /^(?:SSL_CONF_cmd|SSL_CTX_load_verify_locations)\([^]*calling fopen\(/,
  /^ENGINE_by_id\(/,
  /^(?:malloc|posix_memalign|mmap)\(/,
  /^"aio (?:on|threads)" is unsupported on this platform$/,
];

/** True when nginx refused for a reason of the machine. */
export function isMachineReason(judgement: Judgement): boolean {
  return judgement.message !== null && machinePatterns.some((pattern) => pattern.test(judgement.message!));
}

export interface Agreement {
  readonly decision: boolean;
  readonly line: boolean;
  readonly message: boolean;
}

/** Compares two judgements: line and message count as agreeing when both accept. */
export function compare(real: Judgement, ours: Judgement): Agreement {
  const decision = real.ok === ours.ok;
  if (!decision) return { decision, line: false, message: false };
  return {
    decision,
    line: real.line === ours.line && real.file === ours.file,
    message: real.message === ours.message,
  };
}

/** A judgement in one line, for people. */
export function describeJudgement(judgement: Judgement): string {
  if (judgement.ok) return 'ok';
  const place = judgement.file === null ? '' : ` in ${judgement.file}:${judgement.line}`;
  return `[${judgement.level}] ${judgement.message}${place}`;
}
