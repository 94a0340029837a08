import { upgrade } from '../sources/governance/wemixvisorRpc/following.js'
import type { WemixvisorServer } from '../support/servers/wemixvisorServer.js'

/** A plan that passed on the chain of a story. */
export interface StoryPlan {
  readonly name: string
  readonly height: number
}

/** A chain on which upgrades are proposed, voted on and reached one after the other. */
export interface Story {
  /** Performs the next step. */
  readonly step: () => void
  /** True while the chain is at the height of a plan, when the file is written. */
  readonly isAtHeight: () => boolean
  /** The plans that the file may hold: those that passed and whose height is reached. */
  readonly reached: () => readonly StoryPlan[]
}

type Chapter = 'quiet' | 'voting' | 'waiting' | 'reached'

/** Runs a story on a chain; the same random numbers give the same story. */
export function tellStory(server: WemixvisorServer, random: () => number): Story {
  const passed: StoryPlan[] = []
  let chapter: Chapter = 'quiet'
  let plan: StoryPlan = { name: '', height: 0 }
  let proposals = 0
  const put = (status: string): void => {
    const { name, height } = plan
    server.put(upgrade(String(proposals), status, { name, height: String(height), info: '{"notes":"faster"}' }))
  }
  const steps: Readonly<Record<Chapter, () => Chapter>> = {
    quiet: () => {
      proposals += 1
      plan = { name: `v${proposals}`, height: server.height() + 3 + Math.floor(random() * 4) }
      put('voting')
      return 'voting'
    },
    voting: () => {
      server.mine()
      const isPassed = random() < 0.8
      put(isPassed ? 'passed' : 'rejected')
      if (isPassed) passed.push(plan)
      return isPassed ? 'waiting' : 'quiet'
    },
    waiting: () => {
      server.mine(random() < 0.5 ? 1 : plan.height - server.height())
      return server.height() >= plan.height ? 'reached' : 'waiting'
    },
    reached: () => {
      server.mine(4)
      return 'quiet'
    },
  }
  return {
    step: () => {
      chapter = steps[chapter]()
    },
    isAtHeight: () => chapter === 'reached',
    reached: () => passed.filter(({ height }) => height <= server.height()),
  }
}
