import type { GatewayName } from '../3-plan/schema/gateways.ts';
import { record, recordTypes } from '../engine/gateways/fastcgi/records.ts';

/** An ordinary answer of a server that is reached by another protocol than HTTP, and what to call it. */
export function plainAnswer(
  protocol: GatewayName,
  request: string,
): { readonly server: string; readonly answer: string } {
  const head = 'Status: 200 OK\r\n\r\n';
  switch (protocol) {
    case 'fastcgi':
      return { server: 'FastCGI', answer: record(recordTypes.stdout, head) };
    case 'uwsgi':
      return { server: 'uwsgi', answer: head };
    case 'scgi':
      return { server: 'SCGI', answer: head };
    case 'memcached':
      return { server: 'memcached', answer: `VALUE ${request.slice('get '.length, -2)} 0 0\r\n` };
  }
}
