/** What an advisory needs of a configuration to matter. */
export interface Advisory {
  readonly cve: string;
  readonly about: string;
  /** Closed ranges of vulnerable versions; fixed releases of stable branches inside are in `fixed`. */
  readonly vulnerable: readonly (readonly [string, string])[];
  /** First fixed version of each branch; later releases of the same branch (same first two numbers) are fixed too. */
  readonly fixed: readonly string[];
  /** Directives any of which makes the code run; `name=value` for one with that first argument, `listen:word` for a parameter. */
  readonly needs: readonly string[];
}

/** From https://nginx.org/en/security_advisories.html: those that a configuration decides. */
export const advisories: readonly Advisory[] = [
  {
    cve: 'CVE-2026-60005',
    about: 'memory disclosure in ngx_http_slice_module',
    vulnerable: [['1.15.8', '1.31.2']],
    fixed: ['1.31.3', '1.30.4'],
    needs: ['slice'],
  },
  {
    cve: 'CVE-2026-56434',
    about: 'use after free in ngx_http_ssi_module',
    vulnerable: [['0.8.11', '1.31.2']],
    fixed: ['1.31.3', '1.30.4'],
    needs: ['ssi=on'],
  },
  {
    cve: 'CVE-2026-42530',
    about: 'use after free in HTTP/3',
    vulnerable: [['1.31.0', '1.31.1']],
    fixed: ['1.31.2'],
    needs: ['listen:quic'],
  },
  {
    cve: 'CVE-2026-42055',
    about: 'buffer overflow in the gRPC and HTTP/2 proxies',
    vulnerable: [['1.13.10', '1.31.1']],
    fixed: ['1.31.2', '1.30.3'],
    needs: ['grpc_pass', 'proxy_http_version=2'],
  },
  {
    cve: 'CVE-2026-42926',
    about: 'request injection in the HTTP/2 proxy',
    vulnerable: [['1.29.4', '1.30.0']],
    fixed: ['1.31.0', '1.30.1'],
    needs: ['proxy_http_version=2'],
  },
  {
    cve: 'CVE-2026-42946',
    about: 'buffer overread in ngx_http_scgi_module and ngx_http_uwsgi_module',
    vulnerable: [['0.8.42', '1.30.0']],
    fixed: ['1.31.0', '1.30.1'],
    needs: ['scgi_pass', 'uwsgi_pass'],
  },
  {
    cve: 'CVE-2026-40460',
    about: 'address spoofing in HTTP/3',
    vulnerable: [['1.25.0', '1.30.0']],
    fixed: ['1.31.0', '1.30.1'],
    needs: ['listen:quic'],
  },
  {
    cve: 'CVE-2026-40701',
    about: 'use after free in the resolver for OCSP',
    vulnerable: [['1.19.0', '1.30.0']],
    fixed: ['1.31.0', '1.30.1'],
    needs: ['ssl_ocsp=on', 'ssl_ocsp=leaf'],
  },
  {
    cve: 'CVE-2026-27654',
    about: 'buffer overflow in ngx_http_dav_module',
    vulnerable: [['0.5.13', '1.29.6']],
    fixed: ['1.29.7', '1.28.3'],
    needs: ['dav_methods'],
  },
  {
    cve: 'CVE-2026-27784, CVE-2026-32647',
    about: 'buffer overflows in ngx_http_mp4_module',
    vulnerable: [['1.1.19', '1.29.6']],
    fixed: ['1.29.7', '1.28.3'],
    needs: ['mp4'],
  },
  {
    cve: 'CVE-2024-7347',
    about: 'buffer overread in ngx_http_mp4_module',
    vulnerable: [['1.5.13', '1.27.0']],
    fixed: ['1.27.1', '1.26.2'],
    needs: ['mp4'],
  },
  {
    cve: 'CVE-2024-32760, CVE-2024-31079, CVE-2024-35200, CVE-2024-34161',
    about: 'memory faults in HTTP/3',
    vulnerable: [['1.25.0', '1.26.0']],
    fixed: ['1.27.0', '1.26.1'],
    needs: ['listen:quic'],
  },
  {
    cve: 'CVE-2024-24989, CVE-2024-24990',
    about: 'memory faults in HTTP/3',
    vulnerable: [['1.25.0', '1.25.3']],
    fixed: ['1.25.4'],
    needs: ['listen:quic'],
  },
  {
    cve: 'CVE-2022-41741, CVE-2022-41742',
    about: 'memory corruption in ngx_http_mp4_module',
    vulnerable: [['1.1.3', '1.23.1']],
    fixed: ['1.23.2', '1.22.1'],
    needs: ['mp4'],
  },
  {
    cve: 'CVE-2021-23017',
    about: 'one-byte memory overwrite in the resolver',
    vulnerable: [['0.6.18', '1.20.0']],
    fixed: ['1.21.0', '1.20.1'],
    needs: ['resolver'],
  },
  {
    cve: 'CVE-2019-9511, CVE-2019-9513, CVE-2019-9516',
    about: 'excessive use of CPU and memory in HTTP/2',
    vulnerable: [['1.9.5', '1.17.2']],
    fixed: ['1.17.3', '1.16.1'],
    needs: ['listen:http2'],
  },
  {
    cve: 'CVE-2018-16843, CVE-2018-16844',
    about: 'excessive use of memory and CPU in HTTP/2',
    vulnerable: [['1.9.5', '1.15.5']],
    fixed: ['1.15.6', '1.14.1'],
    needs: ['listen:http2'],
  },
  {
    cve: 'CVE-2018-16845',
    about: 'memory disclosure in ngx_http_mp4_module',
    vulnerable: [['1.1.3', '1.15.5']],
    fixed: ['1.15.6', '1.14.1'],
    needs: ['mp4'],
  },
  {
    cve: 'CVE-2017-7529',
    about: 'integer overflow in the range filter, which reads other entries out of the cache',
    vulnerable: [['0.5.6', '1.13.2']],
    fixed: ['1.13.3', '1.12.1'],
    needs: ['proxy_cache', 'fastcgi_cache', 'uwsgi_cache', 'scgi_cache'],
  },
  {
    cve: 'CVE-2016-0742, CVE-2016-0746, CVE-2016-0747',
    about: 'faults in the resolver',
    vulnerable: [['0.6.18', '1.9.9']],
    fixed: ['1.9.10', '1.8.1'],
    needs: ['resolver'],
  },
];
