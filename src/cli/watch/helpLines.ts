/** What the keys do. */
export const helpLines: readonly string[] = [
  '',
  'up, k        the previous item; on an open page one line up',
  'down, j      the next item; on an open page one line down',
  'page up, b   one screen up',
  'page down    one screen down; also the space bar',
  'home, g      to the top',
  'end, G       to the end',
  'tab          the first item of the next list',
  'enter        open the marked proposal, upgrade or event',
  'esc          back',
  '?            these keys',
  'q            quit',
  '',
  '* after a status: implied by the chain, not recorded there yet',
]
