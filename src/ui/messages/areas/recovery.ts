/** Coming back in, and shutting somebody out: English, and with it the list of keys. */
export const en = {
  'recovery.title': 'Choose a new password',
  'recovery.lead': 'Enter the e-mail address of your account. The link that we send you leads to a new password.',
  'recovery.email': 'E-mail address',
  'recovery.submit': 'Send me the link',
  'recovery.signIn': 'Back to sign in',
  'recovery.account': 'Sign in',
  'recovery.error.email-missing': 'Enter your e-mail address.',
  'recovery.error.email-invalid': 'Enter an e-mail address like name@example.com.',
  'recovery.error.too-many': 'There were too many requests. You can try again in {time}.',
  'recovery.error.busy': 'The server is busy. Try again in a few seconds.',
  'recovery.error.limited': 'There were too many tries. You can try again in {time}.',

  'recovery.sent.title': 'Look into your mailbox',
  'recovery.sent.lead': 'If there is an account with the address {email}, a letter is on its way there.',
  'recovery.sent.time': 'Its link works once, for 30 minutes. You can close this page.',
  'recovery.sent.missing': 'Nothing there? Look into the spam folder, and see whether the address is right.',
  'recovery.sent.again': 'Use another address',

  'recovery.password.title': 'Choose a new password',
  'recovery.password.takesFactors':
    'If you go on, all passkeys, authenticator apps, backup codes, codes by e-mail and trusted browsers of this account are taken away as well: only the new password opens it then. Set up a new second factor afterwards. Applications that you allowed access lose it, and ask you again.',
  'recovery.password.lead': 'For the account {email}. Every device that is signed in to it is then signed out.',
  'recovery.password.label': 'New password',
  'recovery.password.submit': 'Save password',

  'recovery.done.title': 'Your password is changed',
  'recovery.done.lead': 'Sign in with the new password. Every device has been signed out.',

  'recovery.dead.title': 'This link is no longer good',
  'recovery.dead.why': 'It was used, or it is too old: it works once, for 30 minutes.',
  'recovery.dead.cure': 'If you have already chosen a new password with it, sign in. Otherwise ask for a new link.',
  'recovery.dead.again': 'Ask for a new link',

  'recovery.notMe.title': 'Was this you?',
  'recovery.notMe.new-device': 'Somebody signed in to your account from a browser that we had not seen there before.',
  'recovery.notMe.password-changed': 'The password of your account was changed.',
  'recovery.notMe.email-changed': 'The e-mail address of your account was changed.',
  'recovery.notMe.factor-added': 'A sign-in method was added to your account.',
  'recovery.notMe.factor-removed': 'A sign-in method was removed from your account.',
  'recovery.notMe.backup-code-used': 'A sign-in to your account was proven with one of your backup codes.',
  'recovery.notMe.account-locked': 'Your account was locked.',
  'recovery.notMe.tokens-replayed': 'A connection to your account was used by two, and we ended it.',
  'recovery.notMe.api-key-created': 'An API key was made for your account.',
  'recovery.notMe.api-key-rotated': 'An API key of yours was renewed: a new one was shown.',
  'recovery.notMe.api-key-leaked': 'An API key of yours was found by somebody, and we revoked it.',
  'recovery.notMe.key': 'Key',
  'recovery.notMe.organisation': 'Organisation',
  'recovery.notMe.when': 'When',
  'recovery.notMe.device': 'Device',
  'recovery.notMe.place': 'IP address',
  'recovery.notMe.effect':
    'If it was not, lock your account: nobody can sign in to it then, and every device is signed out at once. You open it again with a new password.',
  'recovery.notMe.takesFactor':
    'The new sign-in method is removed from your account then, and every other one that was added after it.',
  'recovery.notMe.takesLater':
    'Sign-in methods that were added at that time or later are removed from your account then.',
  'recovery.notMe.takesCodes': 'Your backup codes go, too: whoever has one of them may have them all.',
  'recovery.notMe.takesApplications':
    'Applications that were allowed access to your account at that time or later lose it then. A letter names them.',
  'recovery.notMe.wasYou': 'If it was, close this page. Nothing changes.',
  'recovery.notMe.submit': 'This was not me: lock my account',

  'recovery.locked.title': 'Your account is locked',
  'recovery.locked.lead': 'Nobody can sign in to it, and every device has been signed out.',
  'recovery.locked.mailbox':
    'If somebody else may read your mail, change the password of your mailbox first: whoever reads it can choose a new password here.',
  'recovery.locked.next': 'Then choose a new password. That opens your account again.',
  'recovery.locked.recover': 'Choose a new password',

  'recovery.notMe.dead.why': 'It was used, or it is too old.',
  'recovery.notMe.dead.cure':
    'If you have already locked your account with it, your account is locked. Choosing a new password signs every device out and opens it again.',
} as const

/** Deutsch, in der Sie-Form. */
export const de: Readonly<Record<keyof typeof en, string>> = {
  'recovery.title': 'Neues Passwort wählen',
  'recovery.lead':
    'Geben Sie die E-Mail-Adresse Ihres Kontos ein. Der Link, den wir Ihnen senden, führt zu einem neuen Passwort.',
  'recovery.email': 'E-Mail-Adresse',
  'recovery.submit': 'Link senden',
  'recovery.signIn': 'Zurück zur Anmeldung',
  'recovery.account': 'Anmelden',
  'recovery.error.email-missing': 'Geben Sie Ihre E-Mail-Adresse ein.',
  'recovery.error.email-invalid': 'Geben Sie eine E-Mail-Adresse wie name@example.com ein.',
  'recovery.error.too-many': 'Es gab zu viele Anfragen. Sie können es in {time} noch einmal versuchen.',
  'recovery.error.busy': 'Der Server ist ausgelastet. Versuchen Sie es in einigen Sekunden noch einmal.',
  'recovery.error.limited': 'Es gab zu viele Versuche. Sie können es in {time} noch einmal versuchen.',

  'recovery.sent.title': 'Sehen Sie in Ihr Postfach',
  'recovery.sent.lead': 'Wenn es ein Konto mit der Adresse {email} gibt, ist eine Nachricht dorthin unterwegs.',
  'recovery.sent.time': 'Der Link darin gilt einmal, 30 Minuten lang. Sie können diese Seite schließen.',
  'recovery.sent.missing': 'Nichts angekommen? Sehen Sie im Spam-Ordner nach, und prüfen Sie die Adresse.',
  'recovery.sent.again': 'Andere Adresse verwenden',

  'recovery.password.title': 'Neues Passwort wählen',
  'recovery.password.takesFactors':
    'Wenn Sie fortfahren, werden auch alle Passkeys, Authenticator-Apps, Ersatzcodes, Codes per E-Mail und vertrauenswürdigen Browser dieses Kontos entfernt: Dann öffnet es nur noch das neue Passwort. Richten Sie danach einen neuen zweiten Faktor ein. Anwendungen, denen Sie den Zugriff erlaubt hatten, verlieren ihn und fragen Sie noch einmal.',
  'recovery.password.lead': 'Für das Konto {email}. Danach ist jedes Gerät abgemeldet, das dort angemeldet ist.',
  'recovery.password.label': 'Neues Passwort',
  'recovery.password.submit': 'Passwort speichern',

  'recovery.done.title': 'Ihr Passwort ist geändert',
  'recovery.done.lead': 'Melden Sie sich mit dem neuen Passwort an. Alle Geräte sind abgemeldet.',

  'recovery.dead.title': 'Dieser Link gilt nicht mehr',
  'recovery.dead.why': 'Er wurde verwendet oder ist zu alt: Er gilt einmal, 30 Minuten lang.',
  'recovery.dead.cure':
    'Wenn Sie damit schon ein neues Passwort gewählt haben, melden Sie sich an. Sonst fordern Sie einen neuen Link an.',
  'recovery.dead.again': 'Neuen Link anfordern',

  'recovery.notMe.title': 'Waren Sie das?',
  'recovery.notMe.new-device':
    'Jemand hat sich an Ihrem Konto mit einem Browser angemeldet, den wir dort noch nie gesehen hatten.',
  'recovery.notMe.password-changed': 'Das Passwort Ihres Kontos wurde geändert.',
  'recovery.notMe.email-changed': 'Die E-Mail-Adresse Ihres Kontos wurde geändert.',
  'recovery.notMe.factor-added': 'Zu Ihrem Konto ist eine Anmeldemethode hinzugekommen.',
  'recovery.notMe.backup-code-used': 'Bei einer Anmeldung an Ihrem Konto wurde einer Ihrer Ersatzcodes verwendet.',
  'recovery.notMe.factor-removed': 'Aus Ihrem Konto wurde eine Anmeldemethode entfernt.',
  'recovery.notMe.account-locked': 'Ihr Konto wurde gesperrt.',
  'recovery.notMe.tokens-replayed':
    'Eine Verbindung zu Ihrem Konto wurde von zwei Seiten verwendet; wir haben sie beendet.',
  'recovery.notMe.api-key-created': 'Für Ihr Konto wurde ein API-Schlüssel erstellt.',
  'recovery.notMe.api-key-rotated': 'Ein API-Schlüssel von Ihnen wurde erneuert: Ein neuer wurde angezeigt.',
  'recovery.notMe.api-key-leaked': 'Jemand hat einen API-Schlüssel von Ihnen gefunden; wir haben ihn widerrufen.',
  'recovery.notMe.key': 'Schlüssel',
  'recovery.notMe.organisation': 'Organisation',
  'recovery.notMe.when': 'Wann',
  'recovery.notMe.device': 'Gerät',
  'recovery.notMe.place': 'IP-Adresse',
  'recovery.notMe.effect':
    'Wenn nicht, sperren Sie Ihr Konto: Dann kann sich niemand mehr daran anmelden, und jedes Gerät wird sofort abgemeldet. Mit einem neuen Passwort öffnen Sie es wieder.',
  'recovery.notMe.takesFactor':
    'Die neue Anmeldemethode wird dann aus Ihrem Konto entfernt, und mit ihr jede andere, die nach ihr dazugekommen ist.',
  'recovery.notMe.takesLater':
    'Anmeldemethoden, die zu dieser Zeit oder später dazugekommen sind, werden dann aus Ihrem Konto entfernt.',
  'recovery.notMe.takesCodes': 'Auch Ihre Ersatzcodes werden entfernt: Wer einen davon hat, hat vielleicht alle.',
  'recovery.notMe.takesApplications':
    'Anwendungen, denen zu dieser Zeit oder später der Zugriff auf Ihr Konto erlaubt wurde, verlieren ihn dann. Eine E-Mail nennt sie.',
  'recovery.notMe.wasYou': 'Wenn ja, schließen Sie diese Seite. Es ändert sich nichts.',
  'recovery.notMe.submit': 'Das war ich nicht: Konto sperren',

  'recovery.locked.title': 'Ihr Konto ist gesperrt',
  'recovery.locked.lead': 'Niemand kann sich daran anmelden, und jedes Gerät ist abgemeldet.',
  'recovery.locked.mailbox':
    'Wenn jemand anderes Ihre E-Mails lesen könnte, ändern Sie zuerst das Passwort Ihres Postfachs: Wer es liest, kann hier ein neues Passwort wählen.',
  'recovery.locked.next': 'Wählen Sie danach ein neues Passwort. Damit öffnen Sie Ihr Konto wieder.',
  'recovery.locked.recover': 'Neues Passwort wählen',

  'recovery.notMe.dead.why': 'Er wurde verwendet oder ist zu alt.',
  'recovery.notMe.dead.cure':
    'Wenn Sie Ihr Konto damit schon gesperrt haben, ist es gesperrt. Ein neues Passwort meldet jedes Gerät ab und öffnet es wieder.',
}
