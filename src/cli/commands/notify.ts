import type { LogWriter } from '../../channels/Channel.js'
import { events, passesFilter } from '../../channels/filter.js'
import { mailParts } from '../../channels/mail/mailParts.js'
import type { Config } from '../../config/schema.js'
import { ConfigError } from '../../domain/errors.js'
import { exampleOf } from '../../domain/notifications/examples/exampleOf.js'
import { composerOf, withTemplatesOf } from '../../monitor/composerOf.js'
import { createServerAccess } from '../../monitor/createServerAccess.js'
import { exampleChainOf } from '../../monitor/exampleChainOf.js'
import { previewOf } from '../../monitor/previewOf.js'
import { testHandlers } from '../../monitor/testHandlers.js'
import { expectedOneOf } from '../../schema/scalars.js'
import { exitCodes } from '../exitCodes.js'
import type { StartOptions } from '../options.js'
import { foldLines } from '../output/foldLines.js'
import { namesText } from '../../domain/text/namesText.js'
import { messageText } from '../output/messageText.js'
import { printJson } from '../output/printJson.js'
import { startConfig } from '../startConfig.js'
import { messageView } from '../../views/messageView.js'
import { outcomeOf, testedView } from '../../views/testedView.js'
import type { Context } from '../Terminal.js'

export type NotifyOptions = Pick<StartOptions, 'config' | 'json'>

/** Sends a test notification to one handler or to all, and prints what the service answered. */
export async function notifyTest(name: string, options: NotifyOptions, context: Context): Promise<number> {
  const config = startConfig(options)
  const { terminal, now, signal } = context
  const handlers = name === 'all' ? config.notifier.handlers : [handlerNamed(name, config)]
  const access = createServerAccess(config)
  const tested = await testHandlers(config, handlers, { ...access, log: notes(context), now, signal })
  if (options.json === true) printJson(terminal, tested.map(testedView))
  else if (tested.length === 0) terminal.out('No handler is configured: there is nothing to test.')
  else
    for (const each of tested) {
      const { name: handler, type, problem } = each
      const outcome = outcomeOf(each).replace('_', ' ')
      terminal.out(
        foldLines(`${handler} (${type}): ${outcome}${problem === undefined ? '.' : `: ${problem}`}`, terminal.width),
      )
    }
  return tested.some(({ problem }) => problem !== undefined) ? exitCodes.failed : exitCodes.done
}

export interface PreviewOptions extends NotifyOptions {
  readonly handler?: string
  readonly html?: boolean
}

/** Prints the message of an event, with an example of the first chain, and what a handler would send; sends nothing. */
export async function notifyPreview(written: string, options: PreviewOptions, context: Context): Promise<number> {
  const event = events.find((one) => one === written)
  if (event === undefined) throw new ConfigError([{ path: 'EVENT', message: expectedOneOf(events, written) }])
  const config = startConfig(options)
  const { terminal, now } = context
  const asked = options.handler === undefined ? undefined : handlerNamed(options.handler, config)
  const handler = asked ?? { name: 'preview' }
  const compose = withTemplatesOf(handler, config, { compose: composerOf(config), log: notes(context) })
  const example = exampleOf(event, { ...exampleChainOf(config), now: now() })
  const message = compose(example)
  if (options.html === true) terminal.out(mailParts(message).html)
  else if (options.json === true) printJson(terminal, messageView(message))
  else {
    terminal.out(messageText(message, terminal))
    if (asked !== undefined) {
      const { conceal } = createServerAccess(config)
      const sent = await previewOf(asked, example, { compose: () => message, log: notes(context), now, conceal })
      const gets = passesFilter(asked, example) ? 'gets' : 'does not get this, because of its filter, but would get'
      terminal.out(`\n${asked.name} (${asked.type}) ${gets}:\n${sent}`)
    }
  }
  return exitCodes.done
}

function handlerNamed(name: string, { notifier }: Config): Config['notifier']['handlers'][number] {
  const found = notifier.handlers.find((handler) => handler.name === name)
  if (found !== undefined) return found
  const known = notifier.handlers.map((handler) => handler.name)
  throw new ConfigError([
    {
      path: name,
      message: `expected the name of a handler of the configuration, one of ${namesText(known) || '(there is none)'}, or all`,
    },
  ])
}

/** The log of a command that sends at most one notification; it writes one line per entry to the terminal. */
function notes({ terminal }: Context): LogWriter {
  const write = ({ problem }: Readonly<Record<string, unknown>>, line: string): void =>
    terminal.note(foldLines(typeof problem === 'string' ? `${line}: ${problem}` : line, terminal.noteWidth))
  return { info: write, warn: write, error: write }
}
