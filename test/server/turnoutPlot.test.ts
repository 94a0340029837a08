import { existsSync } from 'node:fs'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import { parseConfig } from '../../src/config/parseConfig.js'
import { openStore } from '../../src/store/openStore.js'
import { buildWhereStale } from '../process/buildWhereStale.js'
import { browserPath } from '../support/browserPath.js'
import { minimal } from '../support/configs.js'
import { holding, proposal, state, turn } from '../support/storeGiven.js'
import { serving } from './serving.js'

const now = 1_800_000_000_000
const day = 86_400n
const colours = z.array(z.string())

beforeAll(buildWhereStale, 180_000)

describe.skipIf(!existsSync(browserPath))('the plot of the turnout', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: browserPath, args: ['--no-sandbox'] })
  })
  afterAll(() => browser.close())

  /** The page over some chains, each with three votes that are over; the last ended so many seconds before a day. */
  async function opened(
    chains: readonly string[],
    options: Parameters<Browser['newPage']>[0] = {},
    before = 0n,
  ): Promise<Page> {
    const store = openStore({ path: ':memory:' })
    onTestFinished(() => store.close())
    for (const [place, chain] of chains.entries()) {
      const over = [1n, 2n, 3n].map((ago) =>
        proposal(String(ago), {
          chain,
          status: 'executed',
          votingEndsAt: BigInt(now / 1000) - ago * day - BigInt(place) - before,
          tally: { yes: 1n, no: 0n, abstain: 0n, unit: 'votes', turnout: 0.2 + 0.25 * place + 0.05 * Number(ago) },
        }),
      )
      store.commit(turn({ state: state({ chain, proposals: holding(...over) }) }, state({ chain })), () => [])
    }
    const [local] = z.tuple([z.looseObject({})]).parse(minimal()['chains'])
    const config = parseConfig({ chains: chains.map((name) => ({ ...local, name })) })
    const { url } = await serving({}, { store, config: () => config, now: () => now })
    const page = await browser.newPage(options)
    onTestFinished(() => page.close())
    await page.goto(url)
    await page.getByText('Live', { exact: true }).waitFor()
    return page
  }

  /** The colours in the plot that cover at least forty pixels, as in the style sheet. */
  const drawn = async (page: Page): Promise<readonly string[]> =>
    colours.parse(
      await page.evaluate(`(() => {
        const canvas = document.querySelector('#participation canvas')
        const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
        const counts = new Map()
        for (let at = 0; at < data.length; at += 4) {
          if (data[at + 3] !== 255) continue
          const colour = '#' + [...data.subarray(at, at + 3)].map((part) => part.toString(16).padStart(2, '0')).join('')
          counts.set(colour, (counts.get(colour) ?? 0) + 1)
        }
        return [...counts].filter(([, count]) => count >= 40).map(([colour]) => colour)
      })()`),
    )
  /** The values of these variables of the style sheet. */
  const styled = async (page: Page, ...names: readonly string[]): Promise<readonly string[]> =>
    colours.parse(
      await page.evaluate(
        `${JSON.stringify(names)}.map((name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim())`,
      ),
    )

  it('has a line and a name for each chain, each in its colour', async () => {
    const page = await opened(['main', 'side', 'test'])
    const lines = await styled(page, '--line-1', '--line-2', '--line-3')
    await expect.poll(() => drawn(page)).toStrictEqual(expect.arrayContaining([...lines]))
    expect(await page.locator('#participation .legend bdi').allInnerTexts()).toStrictEqual(['main', 'side', 'test'])
  })

  it('shows the last date in full', async () => {
    const eightHours = 28_800n
    const page = await opened(['main'], { viewport: { width: 360, height: 740 } }, eightHours)
    const lines = await styled(page, '--line-1')
    await expect.poll(() => drawn(page)).toStrictEqual(expect.arrayContaining([...lines]))
    // A text that is cut off reaches the edge.
    const atEdge = await page.evaluate(`(() => {
      const canvas = document.querySelector('#participation canvas')
      const { data } = canvas.getContext('2d').getImageData(canvas.width - 2, 0, 2, canvas.height)
      return data.some((part) => part !== 0)
    })()`)
    expect(atEdge).toBe(false)
  })

  it('needs no names for the line of the only chain', async () => {
    const page = await opened(['main'])
    const lines = await styled(page, '--line-1')
    await expect.poll(() => drawn(page)).toStrictEqual(expect.arrayContaining([...lines]))
    expect(await page.locator('#participation .legend').count()).toBe(0)
  })

  it('has the colours of the medium and of the theme, also after these change', async () => {
    const page = await opened(['main', 'side'], { colorScheme: 'dark' })
    const asStyled = async (): Promise<readonly string[]> => {
      const lines = await styled(page, '--line-1', '--line-2')
      await expect.poll(() => drawn(page)).toStrictEqual(expect.arrayContaining([...lines]))
      return lines
    }
    const dark = await asStyled()
    await page.emulateMedia({ media: 'print' })
    const paper = await asStyled()
    expect(paper).not.toStrictEqual(dark)
    await page.emulateMedia({ media: 'screen' })
    expect(await asStyled()).toStrictEqual(dark)
    await page.getByRole('button', { name: 'Light or dark' }).click()
    expect(await asStyled()).toStrictEqual(paper)
    await page.emulateMedia({ colorScheme: 'light' })
    await page.getByRole('button', { name: 'Light or dark' }).click()
    expect(await asStyled()).toStrictEqual(dark)
  })
})
