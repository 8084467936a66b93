/** What a setting is called that had another name: whoever brings an old file is told, and guesses nothing. */
const renamed: Readonly<Record<string, string>> = {
  'tokens.refreshToken':
    'it is called "tokens.refreshIdle" now; "tokens.refreshAbsolute" says when even a token in use ends',
  'tokens.session': 'it is called "sessions.idle" now; "sessions.absolute" says when even a session in use ends',
  'tokens.endedSession': 'it is called "sessions.remembered" now',
}

export const newNameOf = (key: string): string | undefined => (Object.hasOwn(renamed, key) ? renamed[key] : undefined)
