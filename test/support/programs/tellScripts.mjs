// Loaded before a program: tells, when it ends, each script that it loaded. The file is named by TELL_SCRIPTS.
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
