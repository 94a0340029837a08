import { isatty } from 'node:tty'

/** Whether the log went to a terminal that was closed meanwhile. */
export function isTerminalLost({
  stderr,
}: {
  readonly stderr: Pick<NodeJS.Process['stderr'], 'isTTY' | 'fd'>
}): boolean {
  return stderr.isTTY && !isatty(stderr.fd)
}
