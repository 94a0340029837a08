import { freeName, nameHandlers } from '../channels/nameHandlers.js'
import type { ConfigIssue } from '../domain/errors.js'
import { namesText } from '../domain/text/namesText.js'
import { isExact } from '../notify/match.js'
import { nearest } from '../schema/nearest.js'
import { field, issue, items, text } from '../schema/rawInput.js'
import { defaultHandlers } from './schemas/notifierSchema.js'

/**
 * Finds handlers and chains that routes name but that do not exist. Works on the raw input, as `findConflicts` does.
 * `own` lists the types of the handlers that the application supplies.
 */
export function findRouteConflicts(input: unknown, own: readonly string[]): readonly ConfigIssue[] {
  const notifier = field(input, 'notifier')
  const chains = items(field(input, 'chains')).map((chain) => text(field(chain, 'name')))
  const names = handlerNames(field(notifier, 'handlers'), own)
  return items(field(notifier, 'routes')).flatMap((route, at) => {
    const path = ['notifier', 'routes', at]
    const chain = text(field(field(route, 'match'), 'chain'))
    return [
      ...(chain === undefined || !isExact(chain) || chains.includes(chain)
        ? []
        : issue([...path, 'match', 'chain'], unknownChain(chain, chains))),
      ...items(field(route, 'to')).flatMap((name, index) =>
        typeof name !== 'string' || names.has(name) ? [] : issue([...path, 'to', index], unknownHandler(name, names)),
      ),
    ]
  })
}

/** The message for an unknown chain. */
export function unknownChain(name: string, names: readonly (string | undefined)[]): string {
  const known = names.flatMap((one) => one ?? [])
  return `expected the name of a chain of this file${hint(name, known)}`
}

function unknownHandler(name: string, names: ReadonlySet<string>): string {
  return `expected the name of a handler, one of ${namesText(names)}${hint(name, [...names])}`
}

function hint(name: string, known: readonly string[]): string {
  const meant = nearest(name, known)
  return meant === undefined ? '' : `; did you mean ${namesText([meant])}?`
}

/** The names as the lanes get them: configured handlers first, then those of the application. */
function handlerNames(handlers: unknown, own: readonly string[]): ReadonlySet<string> {
  const configured = handlers === undefined ? defaultHandlers : items(handlers)
  const written = configured.flatMap((handler) => {
    const type = text(field(handler, 'type'))
    const name = text(field(handler, 'name'))
    return type === undefined ? [] : [{ type, ...(name !== undefined && { name }) }]
  })
  const names = new Set(nameHandlers(written).map(({ name }) => name))
  for (const type of own) names.add(freeName(type, names))
  return names
}
