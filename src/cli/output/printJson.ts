import type { Json } from '../../domain/text/json.js'
import type { Terminal } from '../Terminal.js'

/** The one JSON document of a command. */
export function printJson(terminal: Terminal, document: Json): void {
  terminal.out(JSON.stringify(document, null, 2))
}

// Characters: a write costs more than what is in it, and what is not yet written is held in memory.
const blockLength = 65_536

/**
 * The same for a list of any length: no more than a block of it is held at a time, and the next one waits until those
 * who read it have taken the last.
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
