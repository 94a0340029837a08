import { event } from './eventDeclaration.js'

/** Where the damaged state file is now, and what is wrong with it. */
export type RebuiltData = { readonly movedTo: string; readonly problem: string }

const advice = 'Check the disk: a damaged file is often the first sign that it fails.'

export const stateEvents = {
  state_rebuilt: event<RebuiltData>({
    priority: 'high',
    when: 'the state file was damaged and moved aside; the chain is read again',
    title: (_, { chain }) => `${chain}: the state was damaged; the chain is read again`,
    message: (data, { chain }) => [
      `${chain}: ${rebuiltLines(data).join(' ')}`,
      `The damaged file was moved to ${data.movedTo}.`,
      advice,
    ],
    say: (data, { timestamp }, { clock }) => ({
      lines: rebuiltLines(data),
      facts: [
        { name: 'Damaged file', value: data.movedTo },
        { name: 'Found', value: clock.full(timestamp) },
      ],
      about: {},
      advice,
    }),
    subject: (_, chain) => `${chain}/state`,
    example: () => ({ movedTo: './govstream.db.damaged', problem: 'database disk image is malformed' }),
  }),
}

/** Returns what was wrong with the state, as a clause that ends with a full stop, and what follows from it. */
function rebuiltLines({ problem }: RebuiltData): readonly string[] {
  return [
    `the state file was damaged: ${problem}.`,
    'The chain is read again: open proposals and upgrades are announced again, and notifications that were not sent yet are lost.',
  ]
}
