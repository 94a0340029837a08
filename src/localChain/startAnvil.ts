import { type ChildProcess, spawn } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fs from 'fs-extra'
import { findAnvil } from './findAnvil.js'

export interface AnvilOptions {
  /** Further flags, such as `['--hardfork', 'london']`. */
  readonly args?: readonly string[]
  /** @defaultValue 0, a free port */
  readonly port?: number
}

/** A local EVM node that runs until `stop`. */
export interface Anvil {
  readonly url: string
  readonly port: number
  readonly pid: number
  /** Ends the node and waits until it is gone, so that `--dump-state` is written. Safe to call twice. */
  stop(): Promise<void>
}

/**
 * Starts anvil and resolves once it listens. The node and the states that it writes to disk are removed at the latest
 * when this process ends. The node has a process group of its own, so that Ctrl-C reaches only this process, which then
 * ends the node in order.
 *
 * @throws Error with the last output of the node if it does not start.
 */
export async function startAnvil({ args = [], port = 0 }: AnvilOptions = {}): Promise<Anvil> {
  // A directory of our own: a killed anvil would leave gigabytes in the home of the user.
  const states = fs.mkdtempSync(join(tmpdir(), 'govstream-anvil-'))
  const child = spawn(findAnvil(), ['--port', String(port), '--cache-path', states, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  const clear = (): void => fs.removeSync(states)
  const kill = (): void => {
    child.kill('SIGTERM')
    clear()
  }
  process.once('exit', kill)
  const gone = new Promise<void>((resolve) =>
    child.once('exit', () => {
      process.off('exit', kill)
      clear()
      resolve()
    }),
  )

  const listening = await untilListening(child)
  return {
    ...listening,
    async stop() {
      child.kill('SIGTERM')
      await gone
    },
  }
}

async function untilListening(child: ChildProcess): Promise<Omit<Anvil, 'stop'>> {
  let output = ''
  return new Promise((resolve, reject) => {
    const read = (chunk: Buffer): void => {
      // Only the first output matters; later output is read and dropped so that the pipe does not fill up.
      if (output.length < 65_536) output += chunk.toString()
      const port = /^Listening on .*:(\d+)$/m.exec(output)?.[1]
      if (port === undefined || child.pid === undefined) return
      resolve({ url: `http://127.0.0.1:${port}`, port: Number(port), pid: child.pid })
      child.stdout?.off('data', read).resume()
      child.stderr?.off('data', read).resume()
    }
    child.stdout?.on('data', read)
    child.stderr?.on('data', read)
    child.once('error', (cause) => reject(new Error(`anvil could not be started: ${cause.message}.`, { cause })))
    child.once('exit', (code, signal) => {
      reject(new Error(`anvil ended (${signal ?? String(code)}) before it listened: ${output.trim().slice(-500)}`))
    })
  })
}
