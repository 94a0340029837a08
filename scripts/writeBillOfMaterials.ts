// The bill of materials goes along with each package.
import { writeFileSync } from 'node:fs'
import { billOfMaterials } from './billOfMaterials.js'

const place = new URL('../dist/sbom.cdx.json', import.meta.url)
writeFileSync(place, `${JSON.stringify(billOfMaterials(), null, 2)}\n`)
