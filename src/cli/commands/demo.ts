import type { Context } from '../Terminal.js'

/** Tells the whole story on a local chain. What only it needs is loaded only here. */
export async function demo({ terminal, signal }: Context): Promise<number> {
  const { runDemo } = await import('../demo/runDemo.js')
  return runDemo({ stdout: process.stdout, signal, color: terminal.color, width: terminal.width })
}
