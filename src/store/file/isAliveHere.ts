/** Whether a process of this host lives, whoever owns it. */
export function isAliveHere(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (cause) {
    // No right to signal it: then it is there.
    return cause instanceof Error && 'code' in cause && cause.code === 'EPERM'
  }
}
