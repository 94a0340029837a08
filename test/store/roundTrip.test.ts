import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { ChainState } from '../../src/domain/chainState.js'
import { openStore } from '../../src/store/openStore.js'
import { chainState } from '../support/anyState.js'
import { temporaryDirectory, turn } from '../support/storeGiven.js'

it('another process reads exactly the state committed last, whatever was before', () => {
  using directory = temporaryDirectory()
  const path = join(directory.path, 'a.db')
  const [writer, reader] = [openStore({ path }), openStore({ path, readOnly: true })]
  let time = 0
  let before: ChainState | undefined

  fc.assert(
    fc.property(chainState, (state) => {
      // Ten seconds apart, so that a turn of health only is written, too.
      writer.commit(turn({ state, time: (time += 10_000) }, before), () => [])
      before = state
      const loaded = reader.load('local')

      // Not the matcher of vitest: it takes a key named "constructor" for the class of the
      // object.
      expect(isDeepStrictEqual(loaded, state)).toBe(true)
      expect([...(loaded?.proposals.keys() ?? [])].sort()).toStrictEqual([...state.proposals.keys()].sort())
    }),
    { numRuns: 200 },
  )
})
