import { isatty } from 'node:tty'

/** Returns true if the log went to a terminal that has been closed. */
export function isTerminalLost({
  stderr,
}: {
  readonly stderr: Pick<NodeJS.Process['stderr'], 'isTTY' | 'fd'>
}): boolean {
  return stderr.isTTY && !isatty(stderr.fd)
}
