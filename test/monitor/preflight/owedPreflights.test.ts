import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { EMPTY, lastValueFrom, merge, Subject, take } from 'rxjs'
import { parseConfig } from '../../../src/config/parseConfig.js'
import { owedPreflights } from '../../../src/monitor/preflight/owedPreflights.js'
import { minimal } from '../../support/configs.js'
import { onPlace as it } from '../../support/onPlace.js'
import { queueing, state, turn, upgrade } from '../../support/storeGiven.js'

it('due preflights run two at a time, each once, and are aborted with their subscription', async ({
  place: { home },
}) => {
  mkdirSync(join(home, 'wemixvisor'))
  const [config] = parseConfig(minimal({ upgradeInfo: { home } })).chains
  const owed = ['1', '2', '3', '4'].map((id) => upgrade(id, { preflight: { leads: ['1h'], owed: '1h' } }))
  const begun: string[] = []
  const aborted: string[] = []
  const started$ = new Subject<string>()
  const look = owedPreflights(
    config!,
    ({ name }, _, signal) =>
      new Promise(() => {
        begun.push(name)
        signal.addEventListener('abort', () => aborted.push(name))
        started$.next(name)
      }),
  )
  const at = turn({ state: state({ upgrades: queueing(...owed) }) })
  const both = lastValueFrom(started$.pipe(take(2)), { defaultValue: '' })
  const looks = merge(look(at) ?? EMPTY, look(at) ?? EMPTY).subscribe()
  await both
  looks.unsubscribe()

  expect({ begun: begun.sort(), aborted: aborted.sort() }).toStrictEqual({ begun: ['v1', 'v2'], aborted: ['v1', 'v2'] })
})

it.for([
  ['with a process manager run', '.', 'wemixvisor', ['v1']],
  ['without a process manager do not run', '.', 'data', []],
  ['that is missing run, because that must be reported', 'gone', 'wemixvisor', ['v1']],
] as const)('due preflights in a home %s', async ([, path, directory, expected], { place: { home } }) => {
  mkdirSync(join(home, directory), { recursive: true })
  const [config] = parseConfig(minimal({ upgradeInfo: { home: join(home, path) } })).chains
  const looked: string[] = []
  const look = owedPreflights(config!, ({ chain, key, name }) => {
    looked.push(name)
    return Promise.resolve({ chain, key, name, verdict: 'unknown', checks: [], checkedAt: 0 })
  })
  const owed = upgrade('1', { preflight: { leads: ['1h'], owed: '1h' } })
  await lastValueFrom(look(turn({ state: state({ upgrades: queueing(owed) }) })) ?? EMPTY, { defaultValue: undefined })
  expect(looked).toStrictEqual(expected)
})
