// Loaded before a program: lists, at its end, each script that it loaded, in the file TELL_SCRIPTS.
import { writeFileSync } from 'node:fs'
import { Session } from 'node:inspector'

const session = new Session()
const scripts = []
session.connect()
session.on('Debugger.scriptParsed', ({ params }) => scripts.push(params.url))
session.post('Debugger.enable')
process.on('exit', () => {
  writeFileSync(process.env.TELL_SCRIPTS, JSON.stringify(scripts))
})
