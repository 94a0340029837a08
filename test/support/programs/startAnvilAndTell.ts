import { startAnvil } from '../../../src/localChain/startAnvil.js'

// Starts a node, prints its port, and exits without stopping it once standard input ends.
const { port } = await startAnvil()
process.stdin.once('end', () => process.exit(3)).resume()
console.log(port)
