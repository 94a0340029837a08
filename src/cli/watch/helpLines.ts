/** What the keys do. */
export const helpLines: readonly string[] = [
  '',
  'up, k        the item above; on an open page a line up',
  'down, j      the item below; on an open page a line down',
  'page up, b   a screen up',
  'page down    a screen down; the space bar, too',
  'home, g      to the top',
  'end, G       to the end',
  'tab          the first item of the next list',
  'enter        open what is marked: a proposal, an upgrade, an event',
  'esc          back',
  '?            these keys',
  'q            quit',
  '',
  '* behind a status: the chain implies it, though nobody has written it down there',
]
