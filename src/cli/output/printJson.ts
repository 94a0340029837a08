import type { Json } from '../../domain/text/json.js'
import type { Terminal } from '../Terminal.js'

/** The one JSON document of a command. */
export function printJson(terminal: Terminal, document: Json): void {
  terminal.out(JSON.stringify(document, null, 2))
}

/** The same for a list of any length: no more than one item of it is held at a time. */
export function printJsonList<T>(terminal: Terminal, items: Iterable<T>, view: (item: T) => Json): void {
  let last: string | undefined
  for (const item of items) {
    terminal.out(last === undefined ? '[' : `${last},`)
    last = JSON.stringify([view(item)], null, 2).slice(2, -2)
  }
  terminal.out(last === undefined ? '[]' : `${last}\n]`)
}
