import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'

// A pipe without a reader blocks whoever opens it for writing, as a dead disk does.
const { HANGING_PLACE: place, HANGING_PIPE: pipe } = process.env
const { open } = fs.promises
fs.promises.open = (path, ...rest) => (String(path).startsWith(place) ? open(pipe, 'w') : open(path, ...rest))
syncBuiltinESMExports()
