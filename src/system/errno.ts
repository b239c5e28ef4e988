/**
 * Errors of the operating system: the numbers of Linux and the texts of its C library (glibc), which nginx prints and
 * people search for. Node's own texts differ in case and wording.
 */
const errors: Readonly<Record<string, readonly [number: number, text: string]>> = {
  E2BIG: [7, 'Argument list too long'],
  EACCES: [13, 'Permission denied'],
  EADDRINUSE: [98, 'Address already in use'],
  EADDRNOTAVAIL: [99, 'Cannot assign requested address'],
  EAFNOSUPPORT: [97, 'Address family not supported by protocol'],
  EAGAIN: [11, 'Resource temporarily unavailable'],
  EBADF: [9, 'Bad file descriptor'],
  EBUSY: [16, 'Device or resource busy'],
  ECONNABORTED: [103, 'Software caused connection abort'],
  ECONNREFUSED: [111, 'Connection refused'],
  ECONNRESET: [104, 'Connection reset by peer'],
  EEXIST: [17, 'File exists'],
  EHOSTUNREACH: [113, 'No route to host'],
  EINVAL: [22, 'Invalid argument'],
  EIO: [5, 'Input/output error'],
  EISDIR: [21, 'Is a directory'],
  ELOOP: [40, 'Too many levels of symbolic links'],
  EMFILE: [24, 'Too many open files'],
  ENAMETOOLONG: [36, 'File name too long'],
  ENETDOWN: [100, 'Network is down'],
  ENETUNREACH: [101, 'Network is unreachable'],
  ENFILE: [23, 'Too many open files in system'],
  ENOBUFS: [105, 'No buffer space available'],
  ENOENT: [2, 'No such file or directory'],
  ENOMEM: [12, 'Cannot allocate memory'],
  ENOSPC: [28, 'No space left on device'],
  ENOTCONN: [107, 'Transport endpoint is not connected'],
  ENOTDIR: [20, 'Not a directory'],
  ENOTEMPTY: [39, 'Directory not empty'],
  ENOTSOCK: [88, 'Socket operation on non-socket'],
  EPERM: [1, 'Operation not permitted'],
  EPIPE: [32, 'Broken pipe'],
  EPROTO: [71, 'Protocol error'],
  EROFS: [30, 'Read-only file system'],
  ESRCH: [3, 'No such process'],
  ETIMEDOUT: [110, 'Connection timed out'],
  ETXTBSY: [26, 'Text file busy'],
  EXDEV: [18, 'Invalid cross-device link'],
};

/** Number and text of an error; of one that is not known 0 and its name. @param code such as `ENOENT` */
export function systemError(code: string): { readonly number: number; readonly text: string } {
  const [number, text] = errors[code] ?? [0, code];
  return { number, text };
}

/** `(111: Connection refused)` for `ECONNREFUSED`, as nginx appends it to a message (ngx_log_errno). */
export function errnoText(code: string): string {
  const { number, text } = systemError(code);
  return `(${number}: ${text})`;
}

/** The errno name of a failed call, or `EIO` where an error has none. */
export function errnoOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : 'EIO';
}
