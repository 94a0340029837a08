/** Where Debian puts its Chromium. */
export const browserPath = '/usr/bin/chromium'
