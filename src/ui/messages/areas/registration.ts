/** Creating an account for oneself, and showing that its address is one's own: English, and with it the list of keys. */
export const en = {
  'registration.title': 'Create an account',
  'registration.lead': 'Enter your e-mail address. The link that we send you leads to the rest.',
  'registration.email': 'E-mail address',
  'registration.submit': 'Send me the link',
  'registration.signIn': 'Back to sign in',
  'registration.account': 'Sign in',
  'registration.error.email-missing': 'Enter your e-mail address.',
  'registration.error.email-invalid': 'Enter an e-mail address like name@example.com.',
  'registration.error.other-domain': 'Accounts here are for addresses at {domains}.',
  'registration.error.too-many': 'There were too many requests. You can try again in {time}.',

  'registration.sent.title': 'Look into your mailbox',
  'registration.sent.lead': 'We have sent a letter to {email}. It says how to go on.',
  'registration.sent.time': 'Its link works once, for 24 hours. You can close this page.',
  'registration.sent.missing': 'Nothing there? Look into the spam folder, and see whether the address is right.',
  'registration.sent.again': 'Use another address',

  'registration.closed.title': 'Accounts are created for you here',
  'registration.closed.lead': 'You cannot create one yourself. Ask whoever administers this service for you.',

  'registration.confirm.title': 'Finish your account',
  'registration.confirm.lead': 'Your address {email} is confirmed. Only your name and a password are missing.',
  'registration.confirm.submit': 'Create account',

  'registration.done.title': 'Your account is ready',
  'registration.done.lead': 'Sign in with your e-mail address and the password that you have just chosen.',

  'registration.taken.title': 'You already have an account',
  'registration.taken.lead': 'An account with the address {email} has been created since this link was sent.',
  'registration.taken.recover': 'Forgot your password?',

  'registration.dead.title': 'This link is no longer good',
  'registration.dead.why': 'It was used, or it is too old.',
  'registration.dead.cure': 'If you have already finished your account with it, sign in. Otherwise ask for a new link.',
  'registration.dead.again': 'Ask for a new link',

  'registration.verify.title': 'Confirm your e-\u2060mail address',
  'registration.verify.lead': 'Is {email} the address of your account here?',
  'registration.verify.warning': 'Confirm it only if this account is yours.',
  'registration.verify.submit': 'Confirm this address',
  'registration.verify.done.title': 'Your address is confirmed',
  'registration.verify.done.lead': 'Your account now counts it as yours. You can close this page.',
  'registration.verify.dead.cure':
    'If you have already confirmed the address, all is well. Otherwise sign in and ask for a new link.',
} as const

/** Deutsch, in der Sie-Form. */
export const de: Readonly<Record<keyof typeof en, string>> = {
  'registration.title': 'Konto anlegen',
  'registration.lead': 'Geben Sie Ihre E-Mail-Adresse ein. Der Link, den wir Ihnen senden, führt zu allem Weiteren.',
  'registration.email': 'E-Mail-Adresse',
  'registration.submit': 'Link senden',
  'registration.signIn': 'Zurück zur Anmeldung',
  'registration.account': 'Anmelden',
  'registration.error.email-missing': 'Geben Sie Ihre E-Mail-Adresse ein.',
  'registration.error.email-invalid': 'Geben Sie eine E-Mail-Adresse wie name@example.com ein.',
  'registration.error.other-domain': 'Konten gibt es hier für Adressen bei {domains}.',
  'registration.error.too-many': 'Es gab zu viele Anfragen. Sie können es in {time} noch einmal versuchen.',

  'registration.sent.title': 'Sehen Sie in Ihr Postfach',
  'registration.sent.lead': 'Wir haben eine Nachricht an {email} gesendet. Darin steht, wie es weitergeht.',
  'registration.sent.time': 'Der Link darin gilt einmal, 24 Stunden lang. Sie können diese Seite schließen.',
  'registration.sent.missing': 'Nichts angekommen? Sehen Sie im Spam-Ordner nach, und prüfen Sie die Adresse.',
  'registration.sent.again': 'Andere Adresse verwenden',

  'registration.closed.title': 'Konten werden hier für Sie angelegt',
  'registration.closed.lead': 'Selbst anlegen können Sie keines. Wenden Sie sich an Ihre Administration.',

  'registration.confirm.title': 'Konto fertigstellen',
  'registration.confirm.lead': 'Ihre Adresse {email} ist bestätigt. Es fehlen nur noch Ihr Name und ein Passwort.',
  'registration.confirm.submit': 'Konto anlegen',

  'registration.done.title': 'Ihr Konto ist bereit',
  'registration.done.lead':
    'Melden Sie sich mit Ihrer E-Mail-Adresse und dem Passwort an, das Sie gerade gewählt haben.',

  'registration.taken.title': 'Sie haben bereits ein Konto',
  'registration.taken.lead': 'Seit dieser Link gesendet wurde, ist ein Konto mit der Adresse {email} angelegt worden.',
  'registration.taken.recover': 'Passwort vergessen?',

  'registration.dead.title': 'Dieser Link gilt nicht mehr',
  'registration.dead.why': 'Er wurde verwendet oder ist zu alt.',
  'registration.dead.cure':
    'Wenn Sie Ihr Konto damit schon fertiggestellt haben, melden Sie sich an. Sonst fordern Sie einen neuen Link an.',
  'registration.dead.again': 'Neuen Link anfordern',

  'registration.verify.title': 'E-\u2060Mail-Adresse bestätigen',
  'registration.verify.lead': 'Ist {email} die Adresse Ihres Kontos hier?',
  'registration.verify.warning': 'Bestätigen Sie nur, wenn dieses Konto Ihres ist.',
  'registration.verify.submit': 'Adresse bestätigen',
  'registration.verify.done.title': 'Ihre Adresse ist bestätigt',
  'registration.verify.done.lead': 'In Ihrem Konto gilt sie jetzt als Ihre. Sie können diese Seite schließen.',
  'registration.verify.dead.cure':
    'Wenn Sie die Adresse schon bestätigt haben, ist alles in Ordnung. Sonst melden Sie sich an und fordern einen neuen Link an.',
}
