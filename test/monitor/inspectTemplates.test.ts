import { expect, it } from 'vitest'
import { parseConfig } from '../../src/config/parseConfig.js'
import { inspectTemplates } from '../../src/monitor/inspectTemplates.js'
import { minimal } from '../support/configs.js'

const now = Date.parse('2026-11-26T12:00:00Z')
const notes = (templates: object, own: object = {}): readonly string[] =>
  inspectTemplates(
    parseConfig(minimal({}, { notifier: { templates, handlers: [{ type: 'log', name: 'ops', templates: own }] } })),
    now,
  )

it('warns of templates that the example of their event cannot fill, also those of a handler', () => {
  const common = { upgrade_scheduled: { title: '{{ data.hight }}', body: '{{ data.height }}' } }
  expect(notes(common, { voted: { body: '{% if false %}x{% endif %}' } })).toStrictEqual([
    'notifier.templates.upgrade_scheduled.title: cannot be filled with the example of this event: undefined variable: data.hight (line 1, column 4 of the template). The default title is sent instead. Correct it, then run notify preview upgrade_scheduled.',
    'templates of ops.voted.body: cannot be filled with the example of this event: its result is empty. The default body is sent instead. Correct it, then run notify preview voted.',
  ])
})

it('does not warn of templates that are filled, or if there are none', () => {
  expect(notes({ voted: { title: '{{ title }} on {{ chain }}' } })).toStrictEqual([])
  expect(notes({})).toStrictEqual([])
})
