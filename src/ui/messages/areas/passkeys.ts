/** Texts of one part of the house, for the sign-in and for the account alike: English, and with it the list of keys. */
export const en = {
  'passkeys.sign-in': 'Sign in with a passkey',
  'passkeys.second-factor': 'Use a passkey',
  'passkeys.enrolment': 'Create a passkey',
  'passkeys.noScript': 'Passkeys need JavaScript, and it is off in this browser.',
  'passkeys.waiting': 'Your browser or your device asks you now.',
  'passkeys.cancelled':
    'That was cancelled, took too long, or there was no passkey that fits. Try again when you are ready.',
  'passkeys.known': 'This device has a passkey for your account already.',
  'passkeys.unsupported': 'This browser cannot use passkeys here.',
  'passkeys.address': 'Passkeys do not work under the address that this page was opened with.',
  'passkeys.failed': 'That did not work. Try again.',
} as const

/** Deutsch, in der Sie-Form. */
export const de: Readonly<Record<keyof typeof en, string>> = {
  'passkeys.sign-in': 'Mit Passkey anmelden',
  'passkeys.second-factor': 'Passkey verwenden',
  'passkeys.enrolment': 'Passkey erstellen',
  'passkeys.noScript': 'Passkeys brauchen JavaScript, und das ist in diesem Browser ausgeschaltet.',
  'passkeys.waiting': 'Ihr Browser oder Ihr Gerät fragt Sie jetzt.',
  'passkeys.cancelled':
    'Das wurde abgebrochen, hat zu lange gedauert, oder es gab keinen passenden Passkey. Versuchen Sie es noch einmal, wenn Sie so weit sind.',
  'passkeys.known': 'Dieses Gerät hat schon einen Passkey für Ihr Konto.',
  'passkeys.unsupported': 'Dieser Browser kann hier keine Passkeys verwenden.',
  'passkeys.address': 'Unter der Adresse, mit der diese Seite geöffnet wurde, funktionieren keine Passkeys.',
  'passkeys.failed': 'Das hat nicht geklappt. Versuchen Sie es noch einmal.',
}
