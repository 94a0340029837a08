/** A job of the shell, which stops and continues as a whole: this process, and what started it, such as npx. */
export interface Job {
  readonly pid: number
  /** Process id 0 means the whole job. */
  kill(pid: number, signal: 'SIGTSTP' | 'SIGSTOP'): unknown
  on(event: 'SIGTSTP' | 'SIGCONT', listen: () => void): unknown
  off(event: 'SIGTSTP' | 'SIGCONT', listen: () => void): unknown
}

/** The input of Ctrl-Z in raw mode, in which the terminal does not turn it into a signal. */
export const ctrlZ = '\u001a'

/**
 * Stops the job, as Ctrl-Z does in other modes. The caller must have removed its listener of that signal. Returns when
 * the job continues, or at once if there is no shell that could continue it.
 */
export function stopJob(job: Pick<Job, 'kill'>): void {
  job.kill(0, 'SIGTSTP')
}

/** Enables raw mode again. A shell may have changed the terminal, and Node ignores a mode that it believes is set. */
export function restoreRawMode(input: { setRawMode(raw: boolean): unknown }): void {
  input.setRawMode(false)
  input.setRawMode(true)
}
