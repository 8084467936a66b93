/** Breaks a text into lines of at most `width` characters, each behind `prefix`. */
export function wrapped(text: string, prefix: string, width = 100): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && `${last} ${word}`.length <= width) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(`${prefix}${word}`)
  }
  return lines
}

/** A link becomes the path of its page, which is relative to `docs`. */
export const withoutMarkdown = (text: string) =>
  text.replaceAll('`', '').replaceAll(/\[[^\]]+\]\(([^)]+)\)/g, 'docs/$1')

export const capitalised = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)
