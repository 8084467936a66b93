const WORD_JOINER = '\u2060'

/**
 * Names that others chose go to people in our letters: a mail program must not make a link of one. It looks the same;
 * what would make it an address is held apart by a character that nobody sees.
 */
export const unlinked = (name: string): string => name.replaceAll(/[.:/@](?=\S)/g, (mark) => `${mark}${WORD_JOINER}`)
