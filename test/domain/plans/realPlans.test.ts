import { describe, expect } from 'vitest'
import { z } from 'zod'
import { checkPlan } from '../../../src/domain/plans/checkPlan.js'
import { readPlan } from '../../../src/domain/plans/readPlan.js'
import { itOnCorpus } from '../../support/corpus.js'

describe('real plans', () => {
  const rows = z.array(
    z.object({
      name: z.string(),
      height: z.union([z.string(), z.number()]),
      info: z.union([z.string(), z.record(z.string(), z.json())]).optional(),
      infoClass: z.string(),
    }),
  )
  itOnCorpus(
    'pass, except for two that no chain could schedule',
    { path: 'cosmos/plan-infos.json', schema: rows, cases: 96 },
    (plans) => {
      const refused = plans.flatMap((row, index) => {
        const { plan: read, problems } = readPlan(row)
        const all = new Set([...problems, ...checkPlan(read, { profile: 'cosmovisor' }).problems])
        return all.size === 0 ? [] : [{ index, problems: [...all] }]
      })
      expect(plans.length).toBe(96)
      expect(refused).toStrictEqual([
        { index: 0, problems: ["The plan's height 0 is not above 0."] },
        { index: 90, problems: ["The plan's height is not a number.", "The plan's height 0 is not above 0."] },
      ])
      const warnings = (index: number) => checkPlan(readPlan(plans[index]).plan).warnings
      expect(warnings(92)).toStrictEqual([
        "The plan's info looks like JSON but cannot be read as such: its binaries are unknown.",
      ])
      expect(warnings(86)).toContainEqual(
        expect.stringContaining('"zetacored-linux/amd64" in the plan\'s binaries is not a platform'),
      )
      expect(warnings(14)).toStrictEqual([
        "The plan's info is an address without a checksum: what it leads to can change after the vote.",
      ])
    },
  )

  const targets = z.array(z.object({ path: z.string(), body: z.string(), platforms: z.array(z.string()) }))
  itOnCorpus(
    'behind an address are read in full',
    { path: 'cosmos/plan-info-url-targets.json', schema: targets, cases: 38 },
    (files) => {
      const verdicts = files.map(({ path, body, platforms }) => {
        const { plan: read, problems } = readPlan({ name: 'v2', height: '1', info: body })
        expect(problems).toStrictEqual([])
        expect(Object.keys(read.binaries ?? {}).sort()).toStrictEqual([...platforms].sort())
        return { path, ...checkPlan(read) }
      })
      expect(verdicts.length).toBe(38)
      // One has placeholders for its checksums, and five have ":" instead of "?".
      expect(verdicts.filter(({ problems }) => problems.length > 0)).toStrictEqual([
        {
          path: 'releases/v26.json',
          problems: ['darwin/amd64', 'darwin/arm64', 'linux/amd64', 'linux/arm64'].map(
            (platform) => `The checksum for ${platform} holds characters that are not hex digits.`,
          ),
          warnings: [],
        },
      ])
      expect(verdicts.flatMap(({ warnings }) => warnings)).toStrictEqual(
        Array.from(
          { length: 5 },
          () => 'The checksum for linux/amd64 is in the wrong place: without "?" before it, it checks nothing.',
        ),
      )
    },
  )

  const registry = z.array(z.object({ upgradeName: z.string(), binaries: z.record(z.string(), z.string()).optional() }))
  itOnCorpus(
    'of the chain registry pass, except for two checksums',
    { path: 'cosmos/chain-registry-upgrades.json', schema: registry, cases: 622 },
    (upgrades) => {
      const refused = upgrades.flatMap(({ upgradeName, binaries }) =>
        checkPlan({ name: upgradeName, height: 1, ...(binaries && { info: { binaries } }) }).problems.map((problem) => [
          upgradeName,
          problem,
        ]),
      )
      expect(upgrades.length).toBe(622)
      expect(refused).toStrictEqual([
        ['v10', 'The checksum for darwin/arm64 holds characters that are not hex digits.'],
        ['v0.2.0', 'The checksum for darwin/arm64 has 65 hex digits instead of 64.'],
      ])
    },
  )
})
