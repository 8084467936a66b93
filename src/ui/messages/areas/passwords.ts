/** Texts of one part of the house: English, and with it the list of keys. */
export const en = {
  'passwords.hint': 'At least {minimum} characters. A few words in a row are strong and easy to remember.',
  'passwords.show': 'Show',
  'passwords.showPassword': 'Show password',
  'passwords.hide': 'Hide',
  'passwords.hidePassword': 'Hide password',
  'passwords.strength.short': 'Not long enough yet.',
  'passwords.strength.weak': 'Weak: easy to guess.',
  'passwords.strength.fair': 'Fair: one more word makes it strong.',
  'passwords.strength.strong': 'Strong.',
  'passwords.typed.weak': 'The password you sent was weak: easy to guess.',
  'passwords.typed.fair': 'The password you sent was fair: one more word makes it strong.',
  'passwords.typed.strong': 'The password you sent was strong.',
  'passwords.error.missing': 'Choose a password.',
  'passwords.error.too-short': 'Choose a longer password: at least {minimum} characters.',
  'passwords.error.too-long': 'Choose a shorter password.',
  'passwords.error.is-email': 'Choose a password that is not your e-mail address.',
  'passwords.error.is-name': 'Choose a password that is more than your name.',
  'passwords.error.common': 'Choose a password that is harder to guess: this one is among the first that are tried.',
  'passwords.error.breached':
    'Choose another password: this one stands on lists of stolen passwords, which attackers try first.',
  'passwords.error.reused': 'Choose a password that you have not used here lately.',
} as const

/** Deutsch, in der Sie-Form. */
export const de: Readonly<Record<keyof typeof en, string>> = {
  'passwords.hint': 'Mindestens {minimum} Zeichen. Ein paar Wörter hintereinander sind sicher und leicht zu merken.',
  'passwords.show': 'Anzeigen',
  'passwords.showPassword': 'Passwort anzeigen',
  'passwords.hide': 'Verbergen',
  'passwords.hidePassword': 'Passwort verbergen',
  'passwords.strength.short': 'Noch nicht lang genug.',
  'passwords.strength.weak': 'Schwach: leicht zu erraten.',
  'passwords.strength.fair': 'Mittel: Ein weiteres Wort macht es stark.',
  'passwords.strength.strong': 'Stark.',
  'passwords.typed.weak': 'Das gesendete Passwort war schwach: leicht zu erraten.',
  'passwords.typed.fair': 'Das gesendete Passwort war mittelstark: Ein weiteres Wort macht es stark.',
  'passwords.typed.strong': 'Das gesendete Passwort war stark.',
  'passwords.error.missing': 'Wählen Sie ein Passwort.',
  'passwords.error.too-short': 'Wählen Sie ein längeres Passwort: mindestens {minimum} Zeichen.',
  'passwords.error.too-long': 'Wählen Sie ein kürzeres Passwort.',
  'passwords.error.is-email': 'Wählen Sie ein Passwort, das nicht Ihre E-Mail-Adresse ist.',
  'passwords.error.is-name': 'Wählen Sie ein Passwort, das mehr ist als Ihr Name.',
  'passwords.error.common':
    'Wählen Sie ein Passwort, das schwerer zu erraten ist: Dieses gehört zu denen, die als Erste ausprobiert werden.',
  'passwords.error.breached':
    'Wählen Sie ein anderes Passwort: Dieses steht auf Listen gestohlener Passwörter, die Angreifer als Erstes ausprobieren.',
  'passwords.error.reused': 'Wählen Sie ein Passwort, das Sie hier zuletzt nicht verwendet haben.',
}
