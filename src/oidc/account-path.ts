export type AccountPath = `/account${string}` | '/invite'

/**
 * A page of the person's own, or the one behind an invitation, as our own links spell it: that one without its token,
 * which would stand in the state of a sign-in. A list of what is allowed and not of tricks: no second slash, dot,
 * backslash, escape, scheme or host fits in (threat 2).
 */
const shape = /^(?:\/account(?:\/[a-z0-9-]+)*(?:\?[A-Za-z0-9_=&-]+)?|\/invite)$/

const isAccountPath = (text: string): text is AccountPath => shape.test(text) && text.length <= 200

export const accountPath = (text: string): AccountPath | undefined => (isAccountPath(text) ? text : undefined)
