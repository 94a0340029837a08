import type { ConfigInput } from '../../../src/config/schema.js'

export const key = 'abcdef0123456789abcdef0123456789'

export type Governance = ConfigInput['chains'][number]['governance']
