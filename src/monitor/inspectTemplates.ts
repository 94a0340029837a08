import { events } from '../channels/filter.js'
import { type Templates, withTemplates } from '../channels/templates.js'
import type { Config } from '../config/schema.js'
import { exampleOf } from '../domain/notifications/examples/exampleOf.js'
import { composerOf } from './composerOf.js'
import { exampleChainOf } from './exampleChainOf.js'

/** Fills every template with the example of its event and warns if that fails. `now` is in Unix milliseconds. */
export function inspectTemplates(config: Config, now: number): readonly string[] {
  const { handlers, templates } = config.notifier
  return [
    ...problemsIn('notifier.templates', templates, config, now),
    ...handlers.flatMap(({ name, templates: own }) => problemsIn(`templates of ${name}`, own, config, now)),
  ]
}

function problemsIn(path: string, templates: Templates | undefined, config: Config, now: number): readonly string[] {
  const found: string[] = []
  for (const event of events) {
    if (templates?.[event] === undefined) continue
    const warn = ({ part, problem }: Readonly<Record<string, unknown>>): void => {
      found.push(
        `${path}.${event}.${String(part)}: cannot be filled with the example of this event: ${String(problem)}. The default ${String(part)} is sent instead. Correct it, then run notify preview ${event}.`,
      )
    }
    const { timezone } = config.notifier
    withTemplates(composerOf(config), [templates], { log: { warn }, timezone, handler: path })(
      exampleOf(event, { ...exampleChainOf(config), now }),
    )
  }
  return found
}
