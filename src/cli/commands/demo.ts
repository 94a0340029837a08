import type { Context } from '../Terminal.js'

/** Plays the demo on a local chain. Its modules are loaded only here. */
export async function demo({ terminal, signal }: Context): Promise<number> {
  const { runDemo } = await import('../demo/runDemo.js')
  return runDemo({ stdout: process.stdout, signal, color: terminal.color, width: terminal.width })
}
