/**
 * Records the answers of a chain that a replay of its past requests. Usage, with the chain of story.sh running:
 * node --import tsx test/support/cosmosStory/record.ts RPC REST FROM[,FROM...] TO VOTER...
 */
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isDeepStrictEqual } from 'node:util'
import * as z from 'zod'
import { cliHere } from '../cliHere.js'
import { listen } from '../servers/listen.js'
import { formatStory, type Run } from './recorded.js'
import { replayArgs, writeStoryConfig } from './storyConfig.js'

const [rpc = '', rest = '', from = '', to = '', ...voters] = process.argv.slice(2)
const blocks = new Map<number, [number, string, string]>()
const answers = new Map<string, Run[]>()
let chain = ''

const blockSchema = z.object({
  result: z.object({
    block_id: z.object({ hash: z.string() }),
    block: z.object({ header: z.object({ chain_id: z.string(), height: z.string(), time: z.string() }) }),
  }),
})

function keepBlock(body: unknown): void {
  const { block_id, block } = blockSchema.parse(body).result
  const height = Number(block.header.height)
  chain = block.header.chain_id
  blocks.set(height, [height, block.header.time, block_id.hash])
}

// Of a node_info only the chain is read.
const infoSchema = z.object({ default_node_info: z.object({ network: z.string() }) })

function keepAnswer(path: string, height: number, status: number, said: unknown): void {
  const body = path.endsWith('/node_info') ? infoSchema.parse(said) : said
  const runs = answers.get(path) ?? []
  const before = runs.at(-1)
  const isKnown = runs.some(({ first, last }) => first <= height && height <= last)
  // Blocks are replayed in order: an unchanged answer extends the former one.
  if (isKnown) return
  if (before?.last === height - 1 && before.status === status && isDeepStrictEqual(before.body, body))
    runs.splice(-1, 1, { ...before, last: height })
  else runs.push({ first: height, last: height, status, body })
  answers.set(path, runs)
}

async function passOn(path: string, height: string | undefined): Promise<Response> {
  const isState = path.startsWith('/cosmos/')
  const answer = await fetch(`${isState ? rest : rpc}${path}`, {
    headers: height === undefined ? {} : { 'x-cosmos-block-height': height },
  })
  const body: unknown = await answer.clone().json()
  if (isState) keepAnswer(path, Number(height), answer.status, body)
  else keepBlock(body)
  return answer
}

const proxy = await listen((request, response) => {
  const height = request.headers['x-cosmos-block-height']
  void passOn(request.url ?? '/', typeof height === 'string' ? height : undefined).then(async (answer) => {
    const told = answer.headers.get('Grpc-Metadata-X-Cosmos-Block-Height')
    response
      .writeHead(answer.status, told === null ? {} : { 'Grpc-Metadata-X-Cosmos-Block-Height': told })
      .end(await answer.text())
  })
})
const place = mkdtempSync(join(tmpdir(), 'govstream-story-'))
const config = writeStoryConfig(place, proxy.url, voters)
for (const one of from.split(',')) {
  const { code, out, err } = await cliHere(replayArgs(config, one, to), place)
  if (code !== 0) throw new Error(err)
  process.stdout.write(`${out}\n`)
}
await proxy.stop()
const file = fileURLToPath(new URL('story.jsonl', import.meta.url))
writeFileSync(file, formatStory({ chain, voters, blocks: [...blocks.values()], answers }))
