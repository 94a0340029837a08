import { expect, it } from 'vitest'
import { parseConfig } from '../../src/config/parseConfig.js'
import { inspectRoutes } from '../../src/monitor/inspectRoutes.js'
import { minimal } from '../support/configs.js'

const handlers = [
  { type: 'log' },
  { type: 'webhook', url: 'https://ops.example/hook' },
  { type: 'ntfy', url: 'https://ntfy.example/ops', name: 'phone' },
]
const notes = (...routes: readonly object[]): readonly string[] =>
  inspectRoutes(parseConfig(minimal({}, { notifier: { handlers, routes } })))

it('warns of a handler that no route names if every notification fits a route', () => {
  expect(notes({ match: { event: 'vot*' }, to: ['webhook'] }, { to: ['log'] })).toStrictEqual([
    'notifier.routes: every notification fits a route, and none names phone: nothing is sent there. Add the name to a route, or remove the handler.',
  ])
})

it('does not warn if all handlers are named, a route goes to all of them, or there are no routes', () => {
  expect(notes({ to: ['log', 'phone', 'webhook'] })).toStrictEqual([])
  expect(notes({ match: { priority: 'high' } }, { to: ['log'] })).toStrictEqual([])
  expect(notes()).toStrictEqual([])
})

it('warns of what no route fits, which goes to the handler that none names', () => {
  const [note = '', ...more] = notes({ match: { event: 'vot*' }, to: ['webhook'] })
  expect(note).toMatch(/^notifier\.routes: no route is sure to fit new_proposal of local, /)
  expect(more).toStrictEqual([])
})
