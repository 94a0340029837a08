import { expect, it } from 'vitest'
import { parseConfig } from '../../src/config/parseConfig.js'
import { inspectPlaces } from '../../src/monitor/inspectPlaces.js'
import { minimal } from '../support/configs.js'

const notes = (handlers: readonly object[], notifier: object = {}): readonly string[] =>
  inspectPlaces(parseConfig(minimal({}, { notifier: { handlers, ...notifier } })))
const pager = { type: 'pagerduty', routingKey: '0123456789abcdef0123456789abcdef' }
const hook = { type: 'webhook', url: 'https://ops.example/hook' }

const pagers = [
  'notifier.handlers: pagerduty, night have the same key, so that what one of them opens, acknowledges or closes is the alert of the others, too. Give each a key of its own, or make them one handler.',
]
const hooks = [
  'notifier.handlers: webhook, more have the same place, and what each of them wants comes there more than once. One of them is enough, unless events, chains or routes set them apart.',
]

it('warns of pagers with the same key, whatever their events, unless their chains differ', () => {
  expect(notes([pager, { ...pager, name: 'night', timeout: '5s' }])).toStrictEqual(pagers)
  const events = [{ events: ['upgrade_failed'] }, { events: ['not_voted'], name: 'night' }]
  expect(notes(events.map((over) => ({ ...pager, ...over })))).toStrictEqual(pagers)
  expect(
    notes([
      { ...pager, chains: ['local'] },
      { ...pager, name: 'night' },
    ]),
  ).toStrictEqual(pagers)
  const key = { token: 'azGDORePK8gMaC0QOYAMyEEuzJnyUi', user: 'uQiRzpo4DXghDmr9QzzfQu27cmVRsG' }
  const phones = [
    { type: 'pushover', ...key },
    { type: 'pushover', ...key, name: 'mine', retry: '2m' },
  ]
  expect(notes(phones)).toHaveLength(1)

  expect(notes([pager, { ...pager, name: 'night', routingKey: 'f'.repeat(32) }])).toStrictEqual([])
  const chains = [{ chains: ['local'] }, { chains: ['other'], name: 'night' }]
  expect(inspectPlaces(twoChains(chains.map((over) => ({ ...pager, ...over }))))).toStrictEqual([])
})

it('warns of other handlers with the same address if both get the same notification', () => {
  const more = { ...hook, name: 'more', secret: 'other', maxAttempts: 3 }
  expect(notes([hook, more])).toStrictEqual(hooks)
  expect(notes([hook, { ...more, minPriority: 'critical' }])).toStrictEqual(hooks)
  expect(notes([hook, { ...more, url: 'https://ops.example/other' }])).toStrictEqual([])

  const events = [
    { ...hook, events: ['new_proposal'] },
    { ...more, events: ['upgrade_failed', 'voted'] },
  ]
  expect(notes(events)).toStrictEqual([])
  // Only what is not critical by default, and nothing below.
  const apart = [hook, { ...more, events: ['voted'], minPriority: 'critical' }]
  expect(notes(apart)).toStrictEqual([])
  expect(notes(apart, { priorities: { voted: 'critical' } })).toStrictEqual(hooks)
})

it('considers the routes, if there are any', () => {
  const handlers = [hook, { ...hook, name: 'more' }]
  const first = { match: { priority: 'critical' }, to: ['webhook'] }
  expect(notes(handlers, { routes: [first, { to: ['more'] }] })).toStrictEqual([])
  expect(notes(handlers, { routes: [{ ...first, continue: true }, { to: ['more'] }] })).toStrictEqual(hooks)
  expect(notes(handlers, { routes: [first, {}] })).toStrictEqual(hooks)
  // The end of a subject goes to its former receivers, whatever the routes say now.
  expect(notes([pager, { ...pager, name: 'night' }], { routes: [{ to: ['night'] }] })).toStrictEqual(pagers)
})

function twoChains(handlers: readonly object[]) {
  const [first, second] = [minimal(), minimal({ name: 'other' })].flatMap(({ chains }) => chains)
  return parseConfig({ chains: [first, second], notifier: { handlers } })
}
