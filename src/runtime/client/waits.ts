import type { Request } from '../../engine/request.ts';
import type { DataPath } from '../data-path.ts';
import { changeFiles } from '../files/file-operations.ts';
import type { StoredBody } from './request-body.ts';

/** Gives up what is being waited for. */
export type Cancel = () => void;

/** Lets a request wait (`limit_req` without `nodelay`, `auth_delay`). */
export function wait(milliseconds: number, done: () => void): Cancel {
  const timer = setTimeout(done, milliseconds);
  return () => clearTimeout(timer);
}

/** Looks up the name that a request asks for in `request.resolve`, which takes the addresses or the error (ngx_http_upstream_init_request). */
export function resolveFor(path: DataPath, request: Request, done: () => void): Cancel {
  const resolution = request.resolve!;
  return path.rules.resolve(path.services, request, resolution, (error, addresses) => {
    resolution.error = error;
    resolution.addresses = addresses;
    done();
  });
}

/** Makes the change of files that a request asks for in `request.fileOperation`, which takes the failure; it cannot be given up (ngx_http_dav_module.c). */
export function changeFilesFor(path: DataPath, request: Request, done: () => void): void {
  const operation = request.fileOperation!;
  const complain = (message: string): void => path.log('crit', message, request, '');
  const body = request.main.requestBody as StoredBody | null;
  void changeFiles(operation.change, body, path.tempFiles, complain).then((failure) => {
    operation.failure = failure;
    done();
  });
}
