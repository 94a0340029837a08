import { writeSync } from 'node:fs'
import { openStore } from '../../../src/store/openStore.js'
import { at, holding, proposal, state, announcement, turn } from '../storeGiven.js'

// A separate process that commits turn after turn, and prints each number once the commit has returned.
// commitInALoop FILE CHAIN COUNT
const [path = '', chain = '', count = ''] = process.argv.slice(2)
// Another process may be held up for long, on a busy machine, while it keeps the file locked.
const store = openStore({ path, journal: 1_000_000, waitMs: 120_000 })
let before = store.load(chain)
const start = Number(before?.head?.number ?? 0n)
for (let turnNumber = start + 1; turnNumber <= start + Number(count); turnNumber += 1) {
  const seen = proposal('1', { chain, readAt: BigInt(turnNumber) })
  const over = proposal(`old-${turnNumber}`, { chain, status: 'executed', readAt: BigInt(turnNumber) })
  const after = state({ chain, head: at(BigInt(turnNumber)), proposals: holding(seen, over) })
  const announcements = [announcement(`${chain}-${turnNumber}`, { chain })]
  store.commit(turn({ state: after, announcements, time: turnNumber }, before), () => ['log'])
  before = after
  writeSync(1, `${turnNumber}\n`)
}
store.close()
