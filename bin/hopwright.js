#!/bin/sh
':' //; here=$0; [ -L "$here" ] && here=$(readlink -f "$here" 2>/dev/null || echo "$here"); here=${here%/*}; flags=; [ "$1" = lint ] && flags="--min-semi-space-size=4 --max-semi-space-size=4"; for node in "$here/../node_modules/.bin/node" node; do command -v "$node" >/dev/null 2>&1 && exec "$node" $flags "$0" "$@"; done; echo "hopwright: Node.js is not installed; it needs version 22.12 or newer" >&2; exit 2
// The lines above are shell and JavaScript at once. They prefer the Node of this very package (a checkout has a newer one among its
// devDependencies than the machine may have) and keep the process: `exec` leaves the pid that a supervisor started. A lint makes
// many objects that stay: a nursery of 4 MiB, which fits the processor's cache, saves a fifth of its time and memory.

import { run } from './shim.js';

await run('cli', 'hopwright');
