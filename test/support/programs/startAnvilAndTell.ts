import { startAnvil } from '../../../src/localChain/startAnvil.js'

// Starts a node, says its port, and ends without stopping it once standard input does.
const { port } = await startAnvil()
process.stdin.once('end', () => process.exit(3)).resume()
console.log(port)
