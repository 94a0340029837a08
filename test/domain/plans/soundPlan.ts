import { z } from 'zod'
import type { Plan } from '../../../src/domain/plans/plan.js'

export const sha256 = 'aec070645fe53ee3b3763059376134f058cc337247c978add178b6ccdfb0019f'
/** A valid plan, except for the given parts. */
export const plan = (changes: Partial<Plan> = {}): Plan => ({ name: 'v2', height: 123, ...changes })
/** A plan with one download. */
export const download = (url: unknown, platform = 'linux/amd64') =>
  plan({ info: { binaries: { [platform]: z.json().parse(url) } } })
