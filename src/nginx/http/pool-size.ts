import type { Problem } from '../problem.ts';
import { problem } from '../problem.ts';

/** NGX_MIN_POOL_SIZE and NGX_POOL_ALIGNMENT of a 64-bit build, in bytes. */
const smallestPool = 112;
const poolAlignment = 16;

/** ngx_http_core_pool_size and ngx_http_v2_pool_size. @param bytes what the directive says */
export function checkPoolSize(bytes: number): Problem | null {
  const refuse = (message: string): Problem => problem('invalid-value', message, { word: 0 });
  if (bytes < smallestPool) return refuse(`the pool size must be no less than ${smallestPool}`);
  return bytes % poolAlignment === 0 ? null : refuse(`the pool size must be a multiple of ${poolAlignment}`);
}
