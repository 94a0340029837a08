import { z } from 'zod'
import { itOnCorpus } from '../corpus.js'
import { cleanText } from '../../../src/domain/text/text.js'

/** What a title may contain so that a service mentions, links, formats or breaks. */
export const injections: readonly string[] = [
  '@everyone @here @channel @room @all @someuser',
  '<!channel> <!here|here> <!everyone> <!subteam^S0123|team> <@U0123ABCD>',
  '<@123456789012345678> <@&123456789012345678> <#123456789012345678> <t:0:R> </ban:1>',
  '<https://evil.example|https://good.example>',
  '[https://good.example](https://evil.example) [good](<https://evil.example>) [a]: https://evil.example',
  '![img](https://evil.example/x.png)',
  '<a href="https://evil.example">https://good.example</a>',
  '<a href="tg://user?id=1">you</a> tg://user?id=1 https://matrix.to/#/@you:hs.example',
  '<b>bold</b> <i> </i> <br> <script>alert(1)</script> <img src=x onerror=alert(1)>',
  '</b></a></p></body></html>',
  'a < b && c > d "quoted" \'single\'',
  '&lt;!channel&gt; &amp;lt; &#60;b&#62; &nbsp;',
  '*bold* _italic_ ~struck~ **bold** __under__ ~~struck~~ ||spoiler|| `code` ```block```',
  '# heading\n> quote\n>>> quote\n- item\n1. item\n-# small\n```',
  '\\*\\_ \\[x](https://evil.example) \\',
  'Subject\r\nBcc: evil@evil.example',
  '{{ 7*7 }} ${7*7} {% if %} %s %d',
  ':smile: :boom: <:name:123>',
  'https://forum.example/t/a_b_c/1?x=1&y=2#frag',
]

const proposals = z.array(z.object({ markdown: z.string() }))

/** A test over the texts of real proposals. */
export function itOnProposals(title: string, body: (texts: readonly string[]) => unknown): void {
  itOnCorpus(title, { path: 'evm/moonwell-proposal-descriptions.json', schema: proposals, cases: 89 }, (found) =>
    body(found.map(({ markdown }) => cleanText(markdown, 4_000))),
  )
}
