#!/bin/sh
':' //; here=$0; [ -L "$here" ] && here=$(readlink -f "$here" 2>/dev/null || echo "$here"); here=${here%/*}; for node in "$here/../node_modules/.bin/node" node; do command -v "$node" >/dev/null 2>&1 && exec "$node" "$0" "$@"; done; echo "hopwright: Node.js is not installed; it needs version 22.12 or newer" >&2; exit 2
// The lines above are shell and JavaScript at once. They prefer the Node of this very package (a checkout has a newer one among its
// devDependencies than the machine may have) and keep the process: `exec` leaves the pid that a supervisor started.

import { run } from './shim.js';

await run('cli', 'hopwright');
