import { expect, it } from 'vitest'
import { afterAnswer, afterExecution, afterTurn, idle } from '../../../src/domain/upgrades/execution.js'
import type { Upgrade } from '../../../src/domain/upgrades/upgrade.js'
import { state, turn, upgrade } from '../../support/storeGiven.js'

const former = upgrade('1', { height: 100, info: 'of the former plan' })

it.each([
  ['info', { info: 'of this plan' }],
  ['height', { height: 200 }],
])('asks for the file of a plan whose %s changed while the former one was being written', (_what, change) => {
  const changed: Upgrade = { ...former, ...change, revision: 2 }
  const { name, height } = former
  const plan = { name, ...(height !== undefined && { height }), info: 'of the former plan' }
  const left = (waiting: Upgrade): readonly Upgrade[] | undefined => {
    const begun = afterTurn(idle, turn({ cause: 'reading', due: [former] }))
    const busy = afterTurn(begun, turn({ cause: 'reading', due: [waiting] }))
    const answered = afterAnswer(busy, { key: former.key, result: 'written', path: '/f', plan })
    return afterExecution(answered, state()).begin?.due
  }
  expect(left(changed)).toStrictEqual([changed])
  expect(left(former)).toBeUndefined()
})
