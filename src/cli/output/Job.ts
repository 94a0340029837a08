/** What stops and goes on together, as a shell has it: this process, and what started it, such as npx. */
export interface Job {
  readonly pid: number
  /** The process 0 is all of the job. */
  kill(pid: number, signal: 'SIGTSTP' | 'SIGSTOP'): unknown
  on(event: 'SIGTSTP' | 'SIGCONT', listen: () => void): unknown
  off(event: 'SIGTSTP' | 'SIGCONT', listen: () => void): unknown
}

/** What Ctrl-Z sends in raw mode, in which the terminal makes no signal of it. */
export const ctrlZ = '\u001a'

/**
 * Stops the job, as Ctrl-Z does elsewhere: whoever calls this must have no listener of that signal. Comes back when the
 * job goes on, or at once where no shell is there to let it go on.
 */
export function stopJob(job: Pick<Job, 'kill'>): void {
  job.kill(0, 'SIGTSTP')
}

/** Raw mode once more: a shell has set the terminal meanwhile, and what is raw already is not made so again. */
export function rawAgain(input: { setRawMode(raw: boolean): unknown }): void {
  input.setRawMode(false)
  input.setRawMode(true)
}
