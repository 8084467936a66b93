/** RFC 9112 §3.2: with two `Host` lines, two programs on the way may each believe another one. Node keeps the first in silence. */
export function hostLines(rawHeaders: readonly string[]): number {
  let lines = 0
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]
    if (name?.length === 4 && name.toLowerCase() === 'host') lines += 1
  }
  return lines
}
