// npm links the bin file as it is: tsc writes it without the executable bit.
import { chmodSync } from 'node:fs'

chmodSync(new URL('../dist/cli/main.js', import.meta.url), 0o755)
