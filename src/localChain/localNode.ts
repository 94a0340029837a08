import { join } from 'node:path'
import { type Anvil, startAnvil } from './startAnvil.js'

/** The binary a process manager would run. It keeps its chain and its port when it is exchanged. */
export interface LocalNode {
  readonly url: string
  stop(): Promise<void>
  /** Starts again from the state it was stopped with. */
  start(): Promise<void>
}

/** A node that makes a block a second, and one more for each transaction. */
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
