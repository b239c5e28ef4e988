import packageFile from '../../../package.json' with { type: 'json' };
import { defaults } from './layout.ts';

/**
 * What is built in, in the words of nginx's configure script: programs that drive nginx look for these. Only what the
 * engine does is named. Modules that are part of nginx unless taken out, and that we do not run, are said to be out.
 */
const configureArguments = [
  '--with-debug',
  '--with-http_addition_module',
  '--with-http_auth_request_module',
  '--with-http_dav_module',
  '--with-http_flv_module',
  '--with-http_mp4_module',
  '--with-http_gunzip_module',
  '--with-http_gzip_static_module',
  '--with-http_random_index_module',
  '--with-http_realip_module',
  '--with-http_secure_link_module',
  '--with-http_slice_module',
  '--with-http_ssl_module',
  '--with-http_stub_status_module',
  '--with-http_sub_module',
  '--without-http_grpc_module',
];

/** `nginx version: nginx/1.31.5 (hopwright 0.1.0)`: `version` is the nginx whose behaviour is followed. */
export function versionText(version: string): string {
  return `nginx version: nginx/${version} (hopwright ${packageFile.version})\n`;
}

/** What `-V` adds to the version. */
export function configureText(): string {
  return (
    `built by hopwright ${packageFile.version} on Node.js ${process.versions.node}\n` +
    `built with OpenSSL ${process.versions.openssl}\n` +
    'TLS SNI support enabled\n' +
    `configure arguments: ${configureArguments.join(' ')}\n`
  );
}

/** What `-h` and `-?` add to the version. */
export const helpText = `Usage: nginx [-?hvVtTq] [-s signal] [-p prefix]
             [-e filename] [-c filename] [-g directives]

Options:
  -?,-h         : this help
  -v            : show version and exit
  -V            : show version and configure options then exit
  -t            : test configuration and exit
  -T            : test configuration, dump it and exit
  -q            : suppress non-error messages during configuration testing
  -s signal     : send signal to a master process: stop, quit, reopen, reload
  -p prefix     : set prefix path (default: ${defaults.prefix})
  -e filename   : set error log file (default: ${defaults.errorLog})
  -c filename   : set configuration file (default: ${defaults.configuration})
  -g directives : set global directives out of configuration file

`;
