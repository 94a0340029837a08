import { cutText, fitList } from '../../../../src/channels/cutText.js'
import { causeOf } from '../../../../src/transport/causes.js'
import { redirectOf } from '../../../../src/transport/redirectOf.js'
import { retryAfter } from '../../../../src/transport/retryAfter.js'
import { parseUpgradeInfo } from '../../../../src/sinks/upgradeInfo/parseUpgradeInfo.js'
import type { TextFunctions } from './textFunctions.js'

/**
 * Functions at the boundary: texts of gateways and files, and texts cut to the limits of a
 * service.
 */
export const effectsTexts: TextFunctions = {
  cutText: (text) => [cutText(text, 100), cutText(text, Math.floor(text.length / 2))],
  fitList: (text) => fitList(text.split(/(?<=a)/), { max: Math.floor(text.length / 2) }),
  'a gateway: causeOf, redirectOf': (text) => [
    causeOf(new Error(`Proxy response (${text}`)),
    causeOf(Object.assign(new Error(text), { code: text })),
    ...[text, `//${text}`, `https://${text}/`].map((location) =>
      redirectOf({ status: 302, header: () => location }, new URL('https://example.com')),
    ),
  ],
  retryAfter: (text) => retryAfter(text, 0),
  parseUpgradeInfo,
}
