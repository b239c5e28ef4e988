/** What to do about what the runtime reports while it opens its sockets; null when that went well. */
export function listenHint(messages: readonly string[]): string | null {
  const [, address, reason] =
    messages
      .map((text) => /^bind\(\) to (\S+) failed \(\d+: (.*)\)$/.exec(text))
      .find((match) => match !== null) ?? [];
  switch (reason) {
    case 'Address already in use':
      return `something else listens on ${address} already: end it, or change "listen"`;
    case 'Permission denied':
      return `this user may not listen on ${address}: take a port from 1024 on, or run as root`;
    case 'Cannot assign requested address':
      return `this machine has no address ${address}: change "listen"`;
    default:
      return null;
  }
}
