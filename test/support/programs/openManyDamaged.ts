import { readFileSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { StoreError } from '../../../src/domain/errors.js'
import { openStore } from '../../../src/store/openStore.js'
import { announcement, holding, proposal, state, turn } from '../storeGiven.js'
import { damaged } from '../damaged.js'

// Works with one damaged copy of a state after the other, and prints a line for each: its number and the result.
// The engine may abort the process. node openManyDamaged.js SOUND DIRECTORY FROM TO
const [sound = '', directory = '', from = '', to = ''] = process.argv.slice(2)
const bytes = readFileSync(sound)

/** As a run does: reads everything, and continues. */
function workWith(path: string): string {
  const store = openStore({ path })
  try {
    const before = store.load('local')
    store.notifications({})
    store.audit({})
    store.due(Date.now(), 1_000, 'own')
    const after = state({ proposals: holding(proposal('new')) })
    store.commit(turn({ state: after, announcements: [announcement('new')], time: 1_000_000 }, before), () => ['own'])
    return store.rebuilt() === undefined ? 'opened' : 'moved aside'
  } finally {
    store.close()
  }
}

/** What a user would see. */
function told(path: string): string {
  try {
    return workWith(path)
  } catch (cause) {
    return cause instanceof StoreError ? `said: ${cause.message}` : `uncaught: ${inspect(cause)}`
  }
}

for (let seed = Number(from); seed < Number(to); seed += 1) {
  const path = join(directory, `${seed}.db`)
  // One that aborted the process is opened again as it was left.
  if (seed > Number(from) || process.env['AGAIN'] === undefined) writeFileSync(path, damaged(bytes, seed))
  writeSync(1, `${seed} `)
  const first = told(path)
  const outcome = first.startsWith('said') ? `${first} / ${told(path)}` : first
  writeSync(1, `${outcome.replaceAll('\n', ' ')}\n`)
}
