import { describe, expect, it } from 'vitest'
import { mailStyle, standingColours } from '../../../src/channels/mail/mailStyle.js'

/** As defined by WCAG 2. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = parseInt(colour.slice(at, at + 2), 16) / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b)
  return (light + 0.05) / (dark + 0.05)
}

const [light = '', dark = ''] = mailStyle.split('@media (prefers-color-scheme: dark)')

/**
 * The value of a property in the rules of one scheme; that of the light one if the dark has
 * none.
 */
function colourOf(selector: string, property: string, rules: string): string {
  const rule =
    new RegExp(`(?:^|[\\n,] *)${selector.replace('.', '\\.')}(?:,[^{]*)? \\{([^}]*)\\}`).exec(rules)?.[1] ?? ''
  const found = new RegExp(`(?:^| |;)${property}: (#[0-9a-f]{6})`).exec(rule)?.[1]
  if (found === undefined) throw new Error(`${selector} has no ${property}`)
  return found
}

describe('the colours of a mail', () => {
  it.each(Object.entries(standingColours))('have enough contrast to white text on %s (%s)', (_standing, colour) => {
    expect(contrast(colour, '#ffffff')).toBeGreaterThanOrEqual(4.5)
  })

  it.each([
    ['light', light],
    ['dark', dark],
  ])('have enough contrast for every text in %s', (_scheme, rules) => {
    const card = colourOf('.card', 'background', rules)
    const words = colourOf('body.page', 'color', rules)
    expect(contrast(words, card)).toBeGreaterThanOrEqual(7)
    expect(contrast(words, colourOf('.advice', 'background', rules))).toBeGreaterThanOrEqual(7)
    expect(contrast(colourOf('.quiet', 'color', rules), card)).toBeGreaterThanOrEqual(4.5)
    expect(contrast(colourOf('a', 'color', rules), card)).toBeGreaterThanOrEqual(4.5)
  })

  it.each([
    ['light', light],
    ['dark', dark],
  ])('show the line of each standing on the card in %s', (_scheme, rules) => {
    const card = colourOf('.card', 'background', rules)
    for (const colour of Object.values(standingColours)) expect(contrast(colour, card)).toBeGreaterThanOrEqual(2.5)
  })
})
