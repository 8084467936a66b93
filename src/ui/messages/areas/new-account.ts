/** The form behind a link that has proven an address: English, and with it the list of keys. */
export const en = {
  'newAccount.name': 'Your name',
  'newAccount.password': 'Password',
  'newAccount.error.name-missing': 'Enter your name.',
  'newAccount.error.name-invalid': 'Enter a name of at most 200 characters, on one line.',
  'newAccount.error.limited': 'There were too many tries. You can try again in {time}.',
  'newAccount.error.busy': 'The server is busy. Try again in a few seconds.',
} as const

/** Deutsch, in der Sie-Form. */
export const de: Readonly<Record<keyof typeof en, string>> = {
  'newAccount.name': 'Ihr Name',
  'newAccount.password': 'Passwort',
  'newAccount.error.name-missing': 'Geben Sie Ihren Namen ein.',
  'newAccount.error.name-invalid': 'Geben Sie einen Namen mit höchstens 200 Zeichen in einer Zeile ein.',
  'newAccount.error.limited': 'Es gab zu viele Versuche. Sie können es in {time} noch einmal versuchen.',
  'newAccount.error.busy': 'Der Server ist ausgelastet. Versuchen Sie es in einigen Sekunden noch einmal.',
}
