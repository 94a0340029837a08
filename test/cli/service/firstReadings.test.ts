import { Subject } from 'rxjs'
import { expect, it } from 'vitest'
import { firstReadings } from '../../../src/cli/service/firstReadings.js'
import { parseConfig } from '../../../src/config/parseConfig.js'
import { newChain } from '../../../src/domain/newChain.js'
import type { Health } from '../../../src/domain/health.js'
import { iterable } from '../../../src/streams/toAsyncIterable.js'
import { minimal } from '../../support/configs.js'

const { chains } = parseConfig(minimal())
const [one, two, idle] = ['one', 'two', 'idle'].map((name) =>
  chains.map((chain) => ({ ...chain, name, monitor: { ...chain.monitor, enabled: name !== 'idle' } })),
)
const both = { chains: [one, two, idle].flatMap((each) => each ?? []) }
const readingOf = (name: string): Health => newChain(name, 0).health

it('the first readings are complete after every watched chain was read', async () => {
  const health$ = new Subject<Health>()
  let isReady = false
  const ready = firstReadings({ health$: iterable(health$) }, () => both).then(() => (isReady = true))
  health$.next(readingOf('one'))
  health$.next(readingOf('one'))
  await Promise.resolve()
  expect(isReady).toBe(false)
  health$.next(readingOf('two'))
  expect(await ready).toBe(true)
})

it('the first readings do not include a chain that was removed before it was read', async () => {
  const health$ = new Subject<Health>()
  let now = both
  const ready = firstReadings({ health$: iterable(health$) }, () => now).then(() => 'ready')
  health$.next(readingOf('one'))
  now = { chains: one ?? [] }
  health$.next(readingOf('one'))
  expect(await ready).toBe('ready')
})
