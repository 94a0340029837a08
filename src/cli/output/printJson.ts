import type { Json } from '../../domain/text/json.js'
import type { Terminal } from '../Terminal.js'

/** Prints the one JSON document of a command. */
export function printJson(terminal: Terminal, document: Json): void {
  terminal.out(JSON.stringify(document, null, 2))
}

// Size of a block, in characters. Each write has a cost of its own, and unwritten output is held in memory.
const blockLength = 65_536

/**
 * Prints a list of any length as one JSON document. Only one block is held in memory, and the next one waits until the
 * reader has taken the last.
 */
export async function printJsonList<T>(terminal: Terminal, items: Iterable<T>, view: (item: T) => Json): Promise<void> {
  let block = '['
  let last: string | undefined
  for (const item of items) {
    if (last !== undefined) block += `${last},`
    if (block.length >= blockLength) {
      terminal.out(block)
      await terminal.taken()
      block = ''
    } else block += '\n'
    last = JSON.stringify([view(item)], null, 2).slice(2, -2)
  }
  terminal.out(last === undefined ? '[]' : `${block}${last}\n]`)
}
