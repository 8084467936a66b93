/** Texts of one part of the house: English, and with it the list of keys. */
export const en = {
  'guard.tryAgain': 'You can try again in {time}.',
  'guard.signIn.limited': 'There were too many attempts to sign in. You can try again in {time}.',
  'guard.signIn.locked': 'There were several failed attempts to sign in. You can try again in {time}.',
  'guard.signIn.off':
    'After very many failed attempts this password is not accepted any more. Choose a new one, or ask an administrator.',
} as const

/** Deutsch, in der Sie-Form. */
export const de: Readonly<Record<keyof typeof en, string>> = {
  'guard.tryAgain': 'Sie können es in {time} noch einmal versuchen.',
  'guard.signIn.limited': 'Es gab zu viele Anmeldeversuche. Sie können es in {time} noch einmal versuchen.',
  'guard.signIn.locked':
    'Es gab mehrere fehlgeschlagene Anmeldeversuche. Sie können es in {time} noch einmal versuchen.',
  'guard.signIn.off':
    'Nach sehr vielen Fehlversuchen wird dieses Passwort nicht mehr angenommen. Wählen Sie ein neues, oder wenden Sie sich an die Administration.',
}
