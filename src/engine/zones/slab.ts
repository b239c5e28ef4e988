/** Part of a zone that nginx's slab allocator keeps for itself (page descriptors, the zone's own tables). */
const usableShare = 0.97;
const smallestChunk = 8;
const pageSize = 4096;

/** What an allocation of `bytes` takes in a shared zone: the next power of two, above half a page whole pages (ngx_slab.c). */
export function chunkSize(bytes: number): number {
  if (bytes > pageSize / 2) return Math.ceil(bytes / pageSize) * pageSize;
  let chunk = smallestChunk;
  while (chunk < bytes) chunk *= 2;
  return chunk;
}

/** The bytes of a zone of `size` that its nodes can fill. */
export function usableSize(size: number): number {
  return Math.floor(size * usableShare);
}
