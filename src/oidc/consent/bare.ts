/**
 * In a grant, for an API without any scope: the engine forgets one for which none is granted. No scope is called this
 * (RFC 6749 §3.3), so it is in no token.
 */
export const BARE = '"'

export const wordsIn = (text: string): string[] => text.split(' ').filter((word) => word !== '' && word !== BARE)
