/** The path of Chromium on Debian. */
export const browserPath = '/usr/bin/chromium'
