import { describe, expect, it } from 'vitest'
import { narrator } from '../../../src/cli/demo/narrator.js'
import { displayWidth } from '../../../src/cli/output/displayWidth.js'
import { notification } from '../../support/storeGiven.js'

const governor = '0x9fE46736679d2D9a65F0992F2272dE9f3c7fa6e0'
const title = 'New proposal: Thank the people who run testnets, and those who read what they say'

/** One line of every kind that the demo prints. */
function story(width: number, color = false): readonly string[] {
  const lines: string[] = []
  const tell = narrator({ write: (text) => lines.push(...text.split('\n')), color, width })
  tell.title('govstream demo', 'From a proposal to a switched binary, on a chain of its own, which is gone at the end.')
  tell.chapter('A chain with governance')
  tell.say('governor', `OpenZeppelin 5 at ${governor}, timelock of 2 s`)
  tell.notify(notification('a', { event: 'new_proposal', priority: 'medium', title }))
  tell.tally({
    yes: 300n,
    no: 100n,
    abstain: 0n,
    unit: 'VOTE',
    quorum: 300n,
    quorumReached: false,
    electorate: 500n,
  })
  tell.file('/tmp/upgrade-info.json', `{"name":"v2","info":{"a":"https://example.org/${'c0ffee42'.repeat(8)}"}}`)
  tell.end('That was all: voted, scheduled, written, switched. The chain and its files are gone again.')
  return lines
}

describe('the lines of the demo', () => {
  it.each([[40], [80], [120]])('are no wider than a terminal of %d columns', (width) => {
    expect(Math.max(...story(width).map(displayWidth))).toBeLessThanOrEqual(Math.max(width, 16 + governor.length + 1))
  })

  it('continue below the column of their text', () => {
    const lines = story(80)
    const after = (start: string): readonly string[] => {
      const at = lines.findIndex((line) => line.startsWith(start))
      return lines.slice(at, at + 2)
    }

    expect(after('  governor')).toStrictEqual([
      '  governor      OpenZeppelin 5 at 0x9fE46736679d2D9a65F0992F2272dE9f3c7fa6e0,',
      '                timelock of 2 s',
    ])
    expect(after('  > govstream')).toStrictEqual([
      '  > govstream   new_proposal        medium    New proposal: Thank the people who',
      '                                              run testnets, and those who read',
    ])
    expect(after('    tally')).toStrictEqual([
      '    tally       ████████████▒▒▒▒····  300 for, 100 against, 0 abstain, quorum',
      '                                      300 not reached',
    ])
    expect(after('That was all')).toStrictEqual([
      'That was all: voted, scheduled, written, switched. The chain and its files are',
      'gone again.',
    ])
  })

  it('are not wrapped in a file or a pipe', () => {
    const lines = story(Infinity)

    expect(lines).toContain(`  > govstream   new_proposal        medium    ${title}`)
    expect(lines.join('\n')).toContain('c0ffee42'.repeat(8))
  })

  it('are as wide in colour', () => {
    expect(story(80, true).map(displayWidth)).toStrictEqual(story(80).map(displayWidth))
  })
})
