import { fileURLToPath } from 'node:url'
import { readJson } from 'fs-extra/esm'
import { type Abi, type Hex, isHex } from 'viem'
import * as z from 'zod'

const artifactSchema = z.object({
  abi: z.custom<Abi>((value) => Array.isArray(value)),
  bytecode: z.custom<Hex>((value) => isHex(value)),
})

export type Artifact = Readonly<z.infer<typeof artifactSchema>>

/** Reads one compiled contract from contracts/artifacts.json. */
export async function readArtifact(name: string): Promise<Artifact> {
  const file = fileURLToPath(new URL('../../contracts/artifacts.json', import.meta.url))
  const artifacts = z.record(z.string(), z.unknown()).parse(await readJson(file))
  const parsed = artifactSchema.safeParse(artifacts[name])
  if (!parsed.success) throw new Error(`contracts/artifacts.json holds no ${name}: run "npm run contracts".`)
  return parsed.data
}
