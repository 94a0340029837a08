import { join } from 'node:path'
import { type Anvil, startAnvil } from './startAnvil.js'

/** A node that stands for the binary of a process manager. It keeps its chain and its port over a restart. */
export interface LocalNode {
  readonly url: string
  stop(): Promise<void>
  /** Starts it again with the state it had when it was stopped. */
  start(): Promise<void>
}

/** Starts a node that makes one block per second, and one more for each transaction. */
export async function localNode(directory: string): Promise<LocalNode> {
  const state = join(directory, 'chain.json')
  const args = ['--block-time', '1', '--mixed-mining', '--state', state]
  let node: Anvil = await startAnvil({ args })
  const { url, port } = node
  return {
    url,
    stop: () => node.stop(),
    async start() {
      node = await startAnvil({ args, port })
    },
  }
}
