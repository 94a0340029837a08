import { describe, expect } from 'vitest'
import { councilStanding } from '../../../../src/domain/proposals/attendance.js'
import { follow, readerOf } from './follow.js'
import { onWemix as it } from './onWemix.js'

describe('the attendance of a WEMIX council', () => {
  it('is known from the third block of a vote on, together with what still decides, in two requests a poll', async ({
    chain,
    proxy,
  }) => {
    const { registry, people, changeEnv, vote } = await chain.wemix({ members: 4 })
    const { poll, proposal, restarted } = follow({ urls: [proxy.url], registry })
    await changeEnv('blocksPer', [2n])
    await poll()
    const next = async () => {
      await chain.mine()
      await poll()
      return proposal(1n)
    }
    await vote(1n, true, 1)
    // First that it is voted on, then who can vote, then who has.
    expect(await next()).not.toHaveProperty('attendance')
    expect(await next()).not.toHaveProperty('attendance')
    const all = people.slice(0, 4)
    const standing = await next()
    expect(standing).toMatchObject({
      status: 'voting',
      attendance: { voted: [all[1]], missing: [all[0], all[2], all[3]] },
      council: { weight: 2_500n, passesAt: 5_001n, failsAt: 5_001n, endsAt: 10_000n },
    })
    expect(standing && councilStanding(standing)).toMatchObject({ toPass: 2, toFail: 3 })
    await chain.mine()
    expect(await proxy.during(poll)).toHaveLength(2)

    await vote(1n, false, 3)
    await poll()
    expect(proposal(1n)?.attendance).toStrictEqual({ voted: [all[1], all[3]], missing: [all[0], all[2]] })
    const again = restarted(readerOf({ urls: [proxy.url], registry }))
    for (const _ of [1, 2]) {
      await chain.mine()
      await again.poll()
    }
    expect(again.proposal(1n)?.attendance?.missing).toStrictEqual([all[0], all[2]])

    await vote(1n, true, 0)
    await vote(1n, true, 2)
    expect(await next()).toMatchObject({ status: 'executed' })
    expect(proposal(1n)).not.toHaveProperty('attendance')
    expect(proposal(1n)).not.toHaveProperty('council')
  })

  it('counts the voter address of a member, and is unknown if a member has changed it during the vote', async ({
    chain,
  }) => {
    const { registry, people, addMember, changeEnv, vote, replaceMember } = await chain.wemix({ members: 1 })
    const [first, second, voter] = people
    if (first === undefined || second === undefined || voter === undefined) throw new Error('No people.')
    await vote(await addMember(second, { voter }), true, 0)
    const { poll, proposal } = follow({ urls: [chain.url], registry })
    const id = await changeEnv('blocksPer', [2n])
    await poll()
    await vote(id, true, 2)
    for (const _ of [1, 2, 3]) {
      await chain.mine()
      await poll()
    }
    expect(proposal(id)?.attendance).toStrictEqual({ voted: [voter], missing: [first] })
    // It has voted, and its new voter address has not.
    await replaceMember(second, second, { by: 1 })
    for (const _ of [1, 2, 3]) {
      await chain.mine()
      await poll()
    }
    expect(proposal(id)).toMatchObject({ status: 'voting' })
    expect(proposal(id)).not.toHaveProperty('attendance')
  })
})
