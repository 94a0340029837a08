import { describe, expect, it } from 'vitest'
import { announceSplit } from '../../../src/domain/notifications/announceDisagreement.js'
import { messageOf } from '../../../src/domain/notifications/message.js'
import { genesis } from '../../support/builders.js'

const told = (sides: readonly string[][], odd: readonly string[]) =>
  announceSplit(
    { height: 12_345n, sides: sides.map((hosts, at) => ({ hosts, hash: String(at) })), odd },
    { chain: 'local', time: genesis },
  )

describe('nodes on different branches', () => {
  it('are told with their hosts, about the chain and not about a proposal', () => {
    const { notification, subject } = told([['a:1', 'b:2'], ['c:3']], ['c:3'])
    expect(notification).toMatchObject({
      id: 'local:endpoints_disagree:branch.12345',
      priority: 'high',
      title: 'The nodes of local follow different branches',
    })
    expect(notification.message).toBe(
      'local: at height 12,345 the nodes have different blocks: a:1 and b:2 have one, c:3 has another. c:3 is alone against most of them. govstream may be reading a branch that the chain will abandon.\n' +
        'Find out with an explorer which branch is right, and remove the other nodes from rpc.urls until they follow it.',
    )
    expect(subject).toBeUndefined()
    expect(messageOf(notification).title).toContain('follow different branches')
  })

  it('are told without a culprit if there is no majority', () => {
    expect(told([['a:1'], ['b:2']], []).notification.message).toContain(
      'different blocks: a:1 has one, b:2 has another. govstream',
    )
  })
})
