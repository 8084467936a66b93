import type { X509Certificate } from 'node:crypto'

/** One attribute of a name, like `O=Example`; several in one step are joined by `+`. */
const splitAt = (text: string, border: string): string[] => {
  const parts: string[] = []
  let part = ''
  for (let at = 0; at < text.length; at++) {
    const char = text[at] ?? ''
    if (char === '\\') {
      part += char + (text[at + 1] ?? '')
      at += 1
    } else if (char === border) {
      parts.push(part)
      part = ''
    } else part += char
  }
  return [...parts, part]
}

/** `\,` and `\2C` are one and the same comma (RFC 4514 §2.4). */
const unescaped = (value: string): string =>
  value.replace(/\\([0-9A-Fa-f]{2}|.)/gs, (_, char: string) =>
    char.length === 2 ? String.fromCharCode(Number.parseInt(char, 16)) : char,
  )

function attribute(text: string): string {
  const equals = text.indexOf('=')
  return JSON.stringify([text.slice(0, equals).trim().toUpperCase(), unescaped(text.slice(equals + 1).trim())])
}

/** From the narrowest step outwards, each in one spelling. */
const steps = (relative: readonly string[]): string =>
  JSON.stringify(relative.map((step) => splitAt(step, '+').map(attribute).sort()))

/**
 * Whether a certificate is made out to a name as RFC 4514 writes it (RFC 8705 §2.1.2). Node writes one attribute a line, escaped by the
 * same rules, the widest first. Compared in full and in order: a name within another is another name.
 */
export const hasSubject = ({ subject }: X509Certificate, registered: string): boolean =>
  typeof subject === 'string' &&
  subject !== '' &&
  steps(subject.split('\n').reverse()) === steps(splitAt(registered, ','))
