export type AccountPath = `/account${string}`

/**
 * A page of the person's own, as our own links spell it. A list of what is allowed and not of tricks: no second slash, dot,
 * backslash, escape, scheme or host fits in (threat 2).
 */
const shape = /^\/account(?:\/[a-z0-9-]+)*(?:\?[A-Za-z0-9_=&-]+)?$/

const isAccountPath = (text: string): text is AccountPath => shape.test(text) && text.length <= 200

export const accountPath = (text: string): AccountPath | undefined => (isAccountPath(text) ? text : undefined)
