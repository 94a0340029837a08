import type { Json } from '../../domain/text/json.js'
import type { Terminal } from '../Terminal.js'

/** The one JSON document of a command. */
export function printJson(terminal: Terminal, document: Json): void {
  terminal.out(JSON.stringify(document, null, 2))
}
