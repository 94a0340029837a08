import { expect, it } from 'vitest'
import type { Check } from '../../../src/domain/readiness/check.js'
import { judgeInfo } from '../../../src/domain/readiness/judgeInfo.js'
import type { Checksum } from '../../../src/domain/readiness/plannedDownload.js'

const host = 'a.example'
const text = '{"binaries":{"linux/amd64":"https://a.example/noded","linux/arm64":"https://a.example/arm"}}'

it.each([
  ['downloads', text, 'that names downloads for 2 platforms'],
  ['a web page', '<html>', 'where no downloads are named that a program could read'],
])('the info at an address with %s is shown as nothing that the vote decided on', (_, found, says) => {
  expect(judgeInfo({ host, text: found })).toStrictEqual({
    id: 'info',
    verdict: 'ready',
    reason: `The plan's info is an address at a.example ${says}. No vote decided on what lies there: it can change at any time.`,
  })
})

it('an info at an address with a checksum is that of the plan, another one, or possibly forged', () => {
  const judged = (type: Checksum['type'], hash: string): Check =>
    judgeInfo({ host, text, sum: { checksum: { type, hex: 'aa' }, hash } })
  const where = "The plan's info is an address at a.example"
  expect(judged('sha512', 'aa')).toStrictEqual({
    id: 'info',
    verdict: 'ready',
    reason: `${where} that names downloads for 2 platforms. It has the sha512 that the plan names.`,
  })
  expect(judged('sha256', 'bb')).toStrictEqual({
    id: 'info',
    verdict: 'unknown',
    reason: `${where}, and what lies there is not what the plan names: its sha256 is bb, and the plan says aa.`,
    todo: 'Do not use what lies there: stage the binary by hand.',
  })
  expect(judged('md5', 'aa')).toStrictEqual({
    id: 'info',
    verdict: 'ready',
    reason: `${where} that names downloads for 2 platforms. It has the md5 that the plan names, but such a sum can be forged.`,
  })
})
