import { readFileSync, writeFileSync } from 'node:fs'
import { withConfigReference } from './configReference.js'

const file = new URL('../docs/configuration.md', import.meta.url)
writeFileSync(file, withConfigReference(readFileSync(file, 'utf8')))
