import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'

// A pipe that nobody reads holds up who opens it to write, as a dead disk does.
const { HANGING_PLACE: place, HANGING_PIPE: pipe } = process.env
const { open } = fs.promises
fs.promises.open = (path, ...rest) => (String(path).startsWith(place) ? open(pipe, 'w') : open(path, ...rest))
syncBuiltinESMExports()
