import { describeProposal } from '../../../src/domain/proposals/describeProposal.js'
import { extractPlan } from '../../../src/domain/plans/extractPlan.js'
import type { Proposal } from '../../../src/domain/proposals/proposal.js'
import { resolvePlanOptions } from '../../../src/domain/upgrades/planOptions.js'
import { noUpgrades, stepPlan, type PlanStep } from '../../../src/domain/upgrades/stepPlan.js'
import { openStore } from '../../../src/store/openStore.js'
import { block, byKey, steadyPace, upgradeProposal } from '../builders.js'
import { announcement, turn } from '../storeGiven.js'

const settings = resolvePlanOptions({ minUpgradeDelay: 0 })

const fenced = (plan: unknown): string => `\`\`\`upgrade-plan\n${JSON.stringify(plan)}\n\`\`\`\n`
const times = (count: number, partOf: (id: number) => string): string =>
  Array.from({ length: count }, (_, id) => partOf(id)).join('')

function step(before: Pick<PlanStep, 'upgrades'>, proposals: ReadonlyMap<string, Proposal>, at: number): PlanStep {
  return stepPlan(
    before,
    {
      type: 'read',
      head: block(at),
      hostTime: at * 1000,
      proposals,
      retracted: [],
      blockTime: steadyPace(at),
      caughtUpAt: { head: BigInt(at - 1), time: (at - 1) * 1000 },
    },
    settings,
  )
}

/** A poll over as many passed plans, after the one that judged them. */
const pollOver =
  (nameOf: (id: number) => string, status: Proposal['status']) =>
  (count: number): (() => unknown) => {
    const all = byKey(
      ...Array.from({ length: count }, (_, id) => upgradeProposal(String(id), nameOf(id), 1_000 + id, { status })),
    )
    const settled = step(step(noUpgrades, all, 60), all, 61)
    return () => {
      for (let at = 70; at < 80; at += 1) step(settled, all, at)
    }
  }

/**
 * Work over lists whose length is decided outside, including texts with lists. The returned function is measured by
 * test/process/growth.test.ts, the preparation before it is not.
 */
export const foreignListFunctions: Readonly<Record<string, (count: number) => () => unknown>> = {
  'stepPlan: plans refused for their names': pollOver((id) => `../v${id}`, 'passed'),
  'stepPlan: plans that are too many': pollOver((id) => `v${id}`, 'passed'),
  'stepPlan: plans of one name': pollOver(() => 'v2', 'passed'),
  'stepPlan: plans in the vote': pollOver((id) => `v${id}`, 'voting'),
  'extractPlan: the same plan': (count) => {
    const text = times(count, () => fenced({ name: 'v2', height: 1, info: { a: 'x'.repeat(20) } }))
    return () => extractPlan({ description: text, memo: text, actions: [] })
  },
  'extractPlan: rival plans': (count) => {
    const text = times(count, (height) => fenced({ name: 'v2', height }))
    return () => extractPlan({ description: text, memo: text, actions: [] })
  },
  'extractPlan: plans behind a long one': (count) => {
    const long = fenced({ name: 'v2', height: 1, info: { a: 'x'.repeat(60_000) } })
    const text = `${long}${times(count, () => fenced({ name: 'v2', height: 1 }))}`
    return () => extractPlan({ description: text, actions: [] })
  },
  'extractPlan: deep JSON': (count) => {
    const depth = count * 200
    const text = `{"height":1,"name":${'['.repeat(depth)}${']'.repeat(depth)}}`
    return () => extractPlan({ description: fenced(text), memo: text, actions: [] })
  },
  'describeProposal: bytes that are no text': (count) => {
    const bytes = Uint8Array.from({ length: count * 200 }, (_, index) => (index * 7919) % 256)
    const description = new TextDecoder().decode(bytes)
    return () => describeProposal({ description, actions: [] }, [])
  },
  'outbox: notifications of one subject, while the channel is down': (count) => {
    const announcements = Array.from({ length: count * 4 }, (_, id) =>
      announcement(String(id), { data: { contract: '0xc0ffee', proposalId: '1' } }),
    )
    return () => {
      const store = openStore({ path: ':memory:' })
      store.commit(turn({ announcements }), () => ['chat'])
      store.close()
    }
  },
}
