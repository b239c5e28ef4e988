import type { DirectiveLowering, Lowerings } from './lowering.ts';
import { accessMode, words } from './lowering.ts';

const unsupported: DirectiveLowering = (cx, level, directive) => {
  cx.notImplemented(directive);
  level.setContent({ kind: 'unsupported', directive: directive.name, origin: cx.origin(directive) });
};

/** Content handlers without settings of their own, and those of protocols that are not spoken. */
export const contentLowerings: Lowerings = {
  stub_status: (cx, level, directive) =>
    level.setContent({ kind: 'stub_status', origin: cx.origin(directive) }),
  dav_access: (_cx, level, directive) =>
    level.set('dav', 'dav_access', accessMode(words(directive)), directive),
  mp4: (cx, level, directive) => level.setContent({ kind: 'mp4', origin: cx.origin(directive) }),
  flv: (cx, level, directive) => level.setContent({ kind: 'flv', origin: cx.origin(directive) }),
  empty_gif: (cx, level, directive) => level.setContent({ kind: 'empty_gif', origin: cx.origin(directive) }),
  grpc_pass: unsupported,
  js_content: unsupported,
  perl: unsupported,
  content_by_lua: unsupported,
  content_by_lua_block: unsupported,
  content_by_lua_file: unsupported,
};
