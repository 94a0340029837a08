import { writeFileSync } from 'node:fs'
import { jsonSchema } from '../src/config/jsonSchema.js'

writeFileSync(new URL('../govstream.schema.json', import.meta.url), `${JSON.stringify(jsonSchema(), null, 2)}\n`)
