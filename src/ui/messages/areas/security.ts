/** What somebody owns to prove who they are, and the way back when it is lost: English, and with it the list of keys. */
export const en = {
  'security.tab': 'Security',
  'security.title': 'How you sign in',
  'security.lead':
    'Besides your password you can prove who you are by something that you have. If you do not recognise something here, remove it and change your password.',
  'security.added': 'added {time}',
  'security.used': 'last used {time}',
  'security.unused': 'not used yet',
  'security.rename': 'Rename',
  'security.rename.label': 'Rename “{name}”',
  'security.remove': 'Remove',
  'security.remove.label': 'Remove “{name}”',

  'security.passkeys': 'Passkeys',
  'security.passkeys.lead':
    'Sign in with your finger, your face or the PIN of your device, or with a security key. Nobody can take one from you by a page that only looks like this one.',
  'security.passkeys.add': 'Add a passkey',
  'security.passkey.synced': 'synced',
  'security.passkey.device': 'on one device',
  'security.passkey.add.title': 'Add a passkey',
  'security.passkey.add.lead':
    'Your device or your password manager makes it and keeps it. Here we keep only what proves that it is yours.',
  'security.passkey.name': 'What do you call it?',
  'security.passkey.name.hint': 'Leave it empty, and it is called as its maker calls it.',
  'security.passkey.submit': 'Create the passkey',
  'security.passkey.error.name': 'Enter a name of at most 100 characters, on one line.',
  'security.passkey.error.known': 'This device has a passkey for your account already.',
  'security.passkey.error.too-many': 'You have as many passkeys as can be. Remove one that you do not use any more.',
  'security.passkey.error.failed': 'That did not work, or took too long. Nothing was added. Try once more.',

  'security.apps': 'Authenticator apps',
  'security.apps.lead':
    'An app on your phone or in your password manager shows six digits that change every half minute. You enter them after your password.',
  'security.apps.add': 'Set up an authenticator app',
  'security.app.add.title': 'Set up an authenticator app',
  'security.app.add.submit': 'Add this app',

  'security.emailCode': 'Codes by e-mail',
  'security.emailCode.lead':
    'We send six digits to your mailbox, and you enter them after your password. It is the weakest of all: whoever reads your mail has it, too.',
  'security.emailCode.on': 'We send codes to {email}.',
  'security.emailCode.turnOn': 'Use codes by e-mail',
  'security.emailCode.turnOff': 'Turn off',
  'security.emailCode.add.title': 'Use codes by e-mail',
  'security.emailCode.add.lead': 'We have sent six digits to {email}. Enter them here to show that you get them.',
  'security.emailCode.add.submit': 'Use codes by e-mail',
  'security.emailCode.again': 'Send another code',

  'security.mailbox.title': 'First, show that this mailbox is yours',
  'security.mailbox.lead':
    'You are about to change what it takes to sign in as you. A code by e-mail keeps out anybody who has nothing but your password.',
  'security.mailbox.where': 'We send six digits to {email}, good for ten minutes.',
  'security.mailbox.sent': 'We have sent six digits to {email}.',
  'security.mailbox.noMail': 'Ask whoever runs it for the code.',
  'security.mailbox.send': 'Send the code',
  'security.mailbox.submit': 'Go on',

  'security.backupCodes': 'Backup codes',
  'security.backupCodes.lead':
    'For the day that your device is lost: ten codes on paper or in a safe, each good for one sign-in.',
  'security.backupCodes.none': 'You have none.',
  'security.backupCodes.left': '{count} of your codes are left, made {time}.',
  'security.backupCodes.few': 'Only {count} of your backup codes are left. Make new ones before you need them.',
  'security.backupCodes.noneLeft': 'All of your backup codes are used up. Make new ones before you need them.',
  'security.backupCodes.later': 'You can make them once you have one of these: {ways}.',
  'security.backupCodes.make': 'Make backup codes',
  'security.backupCodes.renew': 'Make new backup codes',
  'security.backupCodes.make.title': 'Make backup codes',
  'security.backupCodes.make.lead':
    'Ten codes for the day that your device is lost, each good for one sign-in. They are shown once: have paper, a printer or your password manager at hand.',
  'security.backupCodes.renew.title': 'Make new backup codes?',
  'security.backupCodes.renew.lead':
    'The codes that you have now stop working at once: throw them away. The new ones are shown once, so have paper, a printer or your password manager at hand.',
  'security.backupCodes.later.button': 'Not now',
  'security.backupCodes.keep': 'Keep the ones I have',
  'security.backupCodes.new.title': 'Your backup codes',
  'security.backupCodes.kept': 'I have kept them',

  'security.due':
    'You put off adding another proof that it is you, such as a passkey. Add it by {date}: after that you cannot sign in without.',
  'security.due.now': 'Add it now',

  'security.browsers': 'Trusted browsers',
  'security.browsers.lead':
    'In these you are not asked for your second factor. A changed password, a new sign-in method or a removed one ends all of it.',
  'security.browsers.none': 'None. You can choose to trust a browser when you sign in with a second factor.',
  'security.browser.since': 'trusted {time}',
  'security.browser.until': 'until {time}',
  'security.browser.end': 'Trust no longer',
  'security.browsers.endAll': 'Trust none of them any longer',

  'security.rename.title': 'Rename “{name}”',
  'security.rename.name': 'New name',
  'security.rename.submit': 'Save the name',
  'security.rename.error.missing': 'Enter a name.',
  'security.rename.error.invalid': 'Enter a name of at most 100 characters, on one line.',

  'security.remove.title': 'Remove “{name}”?',
  'security.remove.passkey':
    'You cannot sign in with it any more. It stays in your device or your password manager until you delete it there, too.',
  'security.remove.totp':
    'Its codes are not accepted any more. Delete the entry in the app afterwards; setting it up again needs a new picture.',
  'security.remove.email-code': 'We send you no more codes when you sign in.',
  'security.remove.last':
    'It is your last second factor: then your password alone opens your account, and your backup codes stop working.',
  'security.remove.trust': 'All trusted browsers will be asked for a second factor again.',
  'security.remove.submit': 'Remove it',
  'security.remove.keep': 'Keep it',
  'security.remove.refused.title': '“{name}” cannot be removed now',
  'security.turnOff.title': 'Turn codes by e-mail off?',
  'security.turnOff.submit': 'Turn them off',
  'security.turnOff.keep': 'Leave them on',
  'security.turnOff.refused.title': 'Codes by e-mail cannot be turned off now',
  'security.remove.last-way-in':
    'Your account has no password, and this is its last passkey: without it you could never sign in again. Add another passkey or choose a password first.',
  'security.remove.asked.instance':
    'Everybody who signs in here needs a second factor, and this is the last one of yours that counts. Add another one first, then remove this one.',
  'security.remove.asked.organisation':
    '{organisation} asks its members for a second factor, and this is the last one of yours that counts there. Add another one first, then remove this one.',
  'security.remove.asked.role':
    'Your role “{role}” at {organisation} asks for a second factor, and this is the last one of yours that counts there. Add another one first, then remove this one.',
  'security.remove.back': 'Back to how you sign in',

  'security.error.locked': 'There were several wrong codes. You can try again in {time}.',
  'security.error.limited': 'There were many codes in a short time. You can try again in {time}.',
  'security.error.off': 'After very many wrong codes none is accepted any more. Ask your administrator to help you.',

  'security.done.app': 'Your authenticator app is added. From now on we ask for a code of it after your password.',
  'security.done.passkey': 'Your passkey is added. You can sign in with it from now on.',
  'security.done.email-code': 'From now on we send you a code when you sign in.',
  'security.done.email-code-off': 'Codes by e-mail are turned off.',
  'security.done.renamed': 'The name is changed.',
  'security.done.removed': 'It is removed, and does not open your account any more.',
  'security.done.browser': 'That browser is not trusted any more.',
  'security.done.browsers': 'No browser is trusted any more.',

  'security.stronger.title': 'This needs a stronger sign-in',
  'security.stronger.passkey':
    'You have a passkey, so changes to how your account is protected need it. You are signed in by something weaker.',
  'security.stronger.totp':
    'You have an authenticator app, so changes to how your account is protected need a code of it. You are signed in by something weaker.',
  'security.stronger.stale':
    'You proved all that this needs, but too long ago. Prove it once more to change how your account is protected.',
  'security.stronger.lost':
    'A code by e-mail or a trusted browser is not enough here. If you have lost the device, sign in with a backup code; if you have none, ask your administrator to help you.',
  'security.stronger.again': 'Sign in once more',

  'factorRecovery.title': 'A way back into your account',
  'factorRecovery.lead':
    'For the account {email}. An administrator has opened it because your passkeys, apps or codes were lost.',
  'factorRecovery.effect':
    'If you go on, all passkeys, authenticator apps, backup codes and trusted browsers of your account are taken away, and every device is signed out. Your password stays. At the next sign-in you prove your mailbox and set up a new second factor.',
  'factorRecovery.submit': 'Take them away and begin anew',
  'factorRecovery.early.title': 'This link does not open yet',
  'factorRecovery.early.lead': 'It opens at {time}, and stays good until {until}.',
  'factorRecovery.early.why':
    'It waits so that whoever owns the account can stop it, should somebody else have asked for it.',
  'factorRecovery.untold.lead':
    'Its time has come, but the letter that tells the owner of the account has not left yet. It opens once a mail server has taken that letter.',
  'factorRecovery.untold.cure':
    'Try again in a few minutes. If it still does not open, tell your administrator that the letter waits. The link stays good until {until}.',
  'factorRecovery.done.title': 'Your sign-in methods are taken away',
  'factorRecovery.done.lead':
    'Sign in with your password now. We send a code to your mailbox, and then lead you through setting up a new second factor.',
  'factorRecovery.signIn': 'Sign in',
  'factorRecovery.dead.title': 'This link is no longer good',
  'factorRecovery.dead.why': 'It was used, stopped or withdrawn, or it is too old.',
  'factorRecovery.dead.cure': 'If you still cannot sign in, ask your administrator to open a new one.',
  'factorRecovery.stop.title': 'Stop the way back into your account?',
  'factorRecovery.stop.lead':
    'An administrator has opened a way to sign in to {email} without its passkeys, apps and codes. It opens at {time}.',
  'factorRecovery.stop.effect':
    'If you did not ask for that, stop it: the link opens nothing then. Your password and your sign-in methods stay as they are.',
  'factorRecovery.stop.submit': 'I did not ask for this: stop it',
  'factorRecovery.stopped.title': 'It is stopped',
  'factorRecovery.stopped.lead':
    'The link opens nothing any more. Your password and your sign-in methods are as they were.',
  'factorRecovery.stopped.next':
    'Somebody may have posed as you. Tell your administrator, and choose a new password if others may know yours.',

  'mail.factorRecovery.subject': 'A way back into your account at {operator} was opened',
  'mail.factorRecovery.title': 'A way back into your account',
  'mail.factorRecovery.lead':
    'An administrator was asked to help with your account, because its passkeys, authenticator apps or codes were lost.',
  'mail.factorRecovery.opens': 'Opens',
  'mail.factorRecovery.until': 'Good until',
  'mail.factorRecovery.what':
    'If you did, the link below works once, and not before that time. It takes all sign-in methods but your password away, and you set up new ones at your next sign-in.',
  'mail.factorRecovery.action': 'Begin anew',
  'mail.factorRecovery.notYou': 'If you did not ask for this, stop it now. Nothing has changed yet.',
  'mail.factorRecovery.stop': 'Stop it now',
  'mail.factorsReset.subject': 'The sign-in methods of your account at {operator} were taken away',
  'mail.factorsReset.title': 'Your sign-in methods were taken away',
  'mail.factorsReset.lead':
    'All passkeys, authenticator apps, backup codes and trusted browsers of your account are gone, and every device is signed out.',
  'mail.factorsReset.recovery':
    'This was done by the link that an administrator had opened for you. At your next sign-in you set up a new second factor.',
  'mail.factorsReset.operator':
    'This was done by a link that whoever runs this service made on the server itself. Set up a new second factor in your account.',
  'mail.factorsReset.notYou':
    'If you did not ask for this, tell whoever runs this service at once, and choose a new password.',
} as const

/** Deutsch, in der Sie-Form. */
export const de: Readonly<Record<keyof typeof en, string>> = {
  'security.tab': 'Sicherheit',
  'security.title': 'Wie Sie sich anmelden',
  'security.lead':
    'Neben Ihrem Passwort können Sie sich mit etwas ausweisen, das Sie besitzen. Wenn Sie hier etwas nicht erkennen, entfernen Sie es und ändern Sie Ihr Passwort.',
  'security.added': 'hinzugefügt {time}',
  'security.used': 'zuletzt verwendet {time}',
  'security.unused': 'noch nicht verwendet',
  'security.rename': 'Umbenennen',
  'security.rename.label': '„{name}“: Umbenennen',
  'security.remove': 'Entfernen',
  'security.remove.label': '„{name}“: Entfernen',

  'security.passkeys': 'Passkeys',
  'security.passkeys.lead':
    'Melden Sie sich mit Finger, Gesicht oder PIN Ihres Geräts oder mit einem Sicherheitsschlüssel an. Keine Seite, die dieser nur ähnlich sieht, kann Ihnen einen Passkey abnehmen.',
  'security.passkeys.add': 'Passkey hinzufügen',
  'security.passkey.synced': 'synchronisiert',
  'security.passkey.device': 'auf einem Gerät',
  'security.passkey.add.title': 'Passkey hinzufügen',
  'security.passkey.add.lead':
    'Ihr Gerät oder Ihr Passwortmanager erzeugt und verwahrt ihn. Bei uns liegt nur, was beweist, dass er Ihnen gehört.',
  'security.passkey.name': 'Wie nennen Sie ihn?',
  'security.passkey.name.hint': 'Bleibt das Feld leer, heißt er so, wie sein Hersteller ihn nennt.',
  'security.passkey.submit': 'Passkey erstellen',
  'security.passkey.error.name': 'Geben Sie einen Namen mit höchstens 100 Zeichen in einer Zeile ein.',
  'security.passkey.error.known': 'Dieses Gerät hat schon einen Passkey für Ihr Konto.',
  'security.passkey.error.too-many':
    'Mehr Passkeys kann ein Konto nicht haben. Entfernen Sie einen, den Sie nicht mehr verwenden.',
  'security.passkey.error.failed':
    'Das hat nicht geklappt oder zu lange gedauert. Es wurde nichts hinzugefügt. Versuchen Sie es noch einmal.',

  'security.apps': 'Authenticator-Apps',
  'security.apps.lead':
    'Eine App auf Ihrem Handy oder in Ihrem Passwortmanager zeigt sechs Ziffern, die sich jede halbe Minute ändern. Sie geben sie nach Ihrem Passwort ein.',
  'security.apps.add': 'Authenticator-App einrichten',
  'security.app.add.title': 'Authenticator-App einrichten',
  'security.app.add.submit': 'App hinzufügen',

  'security.emailCode': 'Codes per E-Mail',
  'security.emailCode.lead':
    'Wir senden sechs Ziffern an Ihr Postfach, und Sie geben sie nach Ihrem Passwort ein. Das ist die schwächste Methode: Wer Ihre E-Mails liest, hat auch den Code.',
  'security.emailCode.on': 'Wir senden Codes an {email}.',
  'security.emailCode.turnOn': 'Codes per E-Mail verwenden',
  'security.emailCode.turnOff': 'Abschalten',
  'security.emailCode.add.title': 'Codes per E-Mail verwenden',
  'security.emailCode.add.lead':
    'Wir haben sechs Ziffern an {email} gesendet. Geben Sie sie hier ein, um zu zeigen, dass sie ankommen.',
  'security.emailCode.add.submit': 'Codes per E-Mail verwenden',
  'security.emailCode.again': 'Neuen Code senden',

  'security.mailbox.title': 'Zeigen Sie zuerst, dass dieses Postfach Ihres ist',
  'security.mailbox.lead':
    'Sie ändern gleich, was man braucht, um sich als Sie anzumelden. Ein Code per E-Mail hält jeden fern, der nur Ihr Passwort hat.',
  'security.mailbox.where': 'Wir senden sechs Ziffern an {email}. Sie gelten zehn Minuten.',
  'security.mailbox.sent': 'Wir haben sechs Ziffern an {email} gesendet.',
  'security.mailbox.noMail': 'Bitten Sie die Stelle, die ihn betreibt, um den Code.',
  'security.mailbox.send': 'Code senden',
  'security.mailbox.submit': 'Weiter',

  'security.backupCodes': 'Ersatzcodes',
  'security.backupCodes.lead':
    'Für den Tag, an dem Ihr Gerät weg ist: zehn Codes auf Papier oder im Tresor, jeder gut für eine Anmeldung.',
  'security.backupCodes.none': 'Sie haben keine.',
  'security.backupCodes.left': 'Von Ihren Codes sind noch {count} übrig, erstellt {time}.',
  'security.backupCodes.few':
    'Von Ihren Ersatzcodes sind nur noch {count} übrig. Erstellen Sie neue, bevor Sie sie brauchen.',
  'security.backupCodes.noneLeft':
    'Alle Ihre Ersatzcodes sind aufgebraucht. Erstellen Sie neue, bevor Sie sie brauchen.',
  'security.backupCodes.later': 'Sie können sie erstellen, sobald Sie eines davon haben: {ways}.',
  'security.backupCodes.make': 'Ersatzcodes erstellen',
  'security.backupCodes.renew': 'Neue Ersatzcodes erstellen',
  'security.backupCodes.make.title': 'Ersatzcodes erstellen',
  'security.backupCodes.make.lead':
    'Zehn Codes für den Tag, an dem Ihr Gerät weg ist, jeder gut für eine Anmeldung. Sie werden nur einmal angezeigt: Halten Sie Papier, einen Drucker oder Ihren Passwortmanager bereit.',
  'security.backupCodes.renew.title': 'Neue Ersatzcodes erstellen?',
  'security.backupCodes.renew.lead':
    'Die Codes, die Sie jetzt haben, gelten sofort nicht mehr: Werfen Sie sie weg. Die neuen werden nur einmal angezeigt; halten Sie Papier, einen Drucker oder Ihren Passwortmanager bereit.',
  'security.backupCodes.later.button': 'Nicht jetzt',
  'security.backupCodes.keep': 'Meine Codes behalten',
  'security.backupCodes.new.title': 'Ihre Ersatzcodes',
  'security.backupCodes.kept': 'Ich habe sie aufbewahrt',

  'security.due':
    'Sie haben aufgeschoben, einen weiteren Nachweis hinzuzufügen, dass Sie es sind, etwa einen Passkey. Holen Sie es bis {date} nach: Danach können Sie sich ohne nicht mehr anmelden.',
  'security.due.now': 'Jetzt hinzufügen',

  'security.browsers': 'Vertrauenswürdige Browser',
  'security.browsers.lead':
    'In diesen werden Sie nicht nach Ihrem zweiten Faktor gefragt. Ein geändertes Passwort und jede hinzugefügte oder entfernte Anmeldemethode beendet das überall.',
  'security.browsers.none':
    'Keine. Wenn Sie sich mit einem zweiten Faktor anmelden, können Sie dem Browser dabei vertrauen.',
  'security.browser.since': 'als vertrauenswürdig markiert {time}',
  'security.browser.until': 'bis {time}',
  'security.browser.end': 'Nicht mehr vertrauen',
  'security.browsers.endAll': 'Keinem mehr vertrauen',

  'security.rename.title': '„{name}“ umbenennen',
  'security.rename.name': 'Neuer Name',
  'security.rename.submit': 'Namen speichern',
  'security.rename.error.missing': 'Geben Sie einen Namen ein.',
  'security.rename.error.invalid': 'Geben Sie einen Namen mit höchstens 100 Zeichen in einer Zeile ein.',

  'security.remove.title': '„{name}“ entfernen?',
  'security.remove.passkey':
    'Sie können sich damit nicht mehr anmelden. Er bleibt in Ihrem Gerät oder Ihrem Passwortmanager, bis Sie ihn auch dort löschen.',
  'security.remove.totp':
    'Ihre Codes werden nicht mehr angenommen. Löschen Sie danach den Eintrag in der App; um sie wieder einzurichten, brauchen Sie ein neues Bild.',
  'security.remove.email-code': 'Wir senden Ihnen bei der Anmeldung keine Codes mehr.',
  'security.remove.last':
    'Es ist Ihr letzter zweiter Faktor: Danach öffnet Ihr Passwort allein Ihr Konto, und Ihre Ersatzcodes gelten nicht mehr.',
  'security.remove.trust': 'Alle vertrauenswürdigen Browser werden wieder nach einem zweiten Faktor gefragt.',
  'security.remove.submit': 'Entfernen',
  'security.remove.keep': 'Behalten',
  'security.remove.refused.title': '„{name}“ kann jetzt nicht entfernt werden',
  'security.turnOff.title': 'Codes per E-Mail abschalten?',
  'security.turnOff.submit': 'Abschalten',
  'security.turnOff.keep': 'Eingeschaltet lassen',
  'security.turnOff.refused.title': 'Codes per E-Mail können jetzt nicht abgeschaltet werden',
  'security.remove.last-way-in':
    'Ihr Konto hat kein Passwort, und dies ist sein letzter Passkey: Ohne ihn könnten Sie sich nie wieder anmelden. Fügen Sie zuerst einen anderen Passkey hinzu, oder wählen Sie ein Passwort.',
  'security.remove.asked.instance':
    'Wer sich hier anmeldet, braucht einen zweiten Faktor, und dies ist Ihr letzter, der zählt. Fügen Sie zuerst einen anderen hinzu, und entfernen Sie dann diesen.',
  'security.remove.asked.organisation':
    '{organisation} verlangt von ihren Mitgliedern einen zweiten Faktor, und dies ist Ihr letzter, der dort zählt. Fügen Sie zuerst einen anderen hinzu, und entfernen Sie dann diesen.',
  'security.remove.asked.role':
    'Ihre Rolle „{role}“ bei {organisation} verlangt einen zweiten Faktor, und dies ist Ihr letzter, der dort zählt. Fügen Sie zuerst einen anderen hinzu, und entfernen Sie dann diesen.',
  'security.remove.back': 'Zurück zu Ihren Anmeldemethoden',

  'security.error.locked': 'Der Code war mehrmals falsch. Sie können es in {time} noch einmal versuchen.',
  'security.error.limited': 'Es gab viele Codes in kurzer Zeit. Sie können es in {time} noch einmal versuchen.',
  'security.error.off':
    'Nach sehr vielen falschen Codes wird keiner mehr angenommen. Bitten Sie Ihre Administration um Hilfe.',

  'security.done.app':
    'Ihre Authenticator-App ist hinzugefügt. Ab jetzt fragen wir nach dem Passwort nach einem Code daraus.',
  'security.done.passkey': 'Ihr Passkey ist hinzugefügt. Ab jetzt können Sie sich damit anmelden.',
  'security.done.email-code': 'Ab jetzt senden wir Ihnen bei der Anmeldung einen Code.',
  'security.done.email-code-off': 'Codes per E-Mail sind abgeschaltet.',
  'security.done.renamed': 'Der Name ist geändert.',
  'security.done.removed': 'Die Anmeldemethode ist entfernt und öffnet Ihr Konto nicht mehr.',
  'security.done.browser': 'Diesem Browser wird nicht mehr vertraut.',
  'security.done.browsers': 'Keinem Browser wird mehr vertraut.',

  'security.stronger.title': 'Dafür ist eine stärkere Anmeldung nötig',
  'security.stronger.passkey':
    'Sie haben einen Passkey; deshalb brauchen Änderungen am Schutz Ihres Kontos diesen. Sie sind mit etwas Schwächerem angemeldet.',
  'security.stronger.totp':
    'Sie haben eine Authenticator-App; deshalb brauchen Änderungen am Schutz Ihres Kontos einen Code daraus. Sie sind mit etwas Schwächerem angemeldet.',
  'security.stronger.stale':
    'Alles Nötige haben Sie nachgewiesen, doch das ist zu lange her. Weisen Sie es noch einmal nach, um den Schutz Ihres Kontos zu ändern.',
  'security.stronger.lost':
    'Ein Code per E-Mail oder ein vertrauenswürdiger Browser genügt hier nicht. Wenn das Gerät weg ist, melden Sie sich mit einem Ersatzcode an; wenn Sie keinen haben, bitten Sie Ihre Administration um Hilfe.',
  'security.stronger.again': 'Noch einmal anmelden',

  'factorRecovery.title': 'Ein Weg zurück in Ihr Konto',
  'factorRecovery.lead':
    'Für das Konto {email}. Eine Administratorin oder ein Administrator hat ihn geöffnet, weil Ihre Passkeys, Apps oder Codes weg sind.',
  'factorRecovery.effect':
    'Wenn Sie fortfahren, werden alle Passkeys, Authenticator-Apps, Ersatzcodes und vertrauenswürdigen Browser Ihres Kontos entfernt, und jedes Gerät wird abgemeldet. Ihr Passwort bleibt. Bei der nächsten Anmeldung bestätigen Sie Ihr Postfach und richten einen neuen zweiten Faktor ein.',
  'factorRecovery.submit': 'Entfernen und neu beginnen',
  'factorRecovery.early.title': 'Dieser Link öffnet sich noch nicht',
  'factorRecovery.early.lead': 'Er öffnet sich am {time} und gilt bis {until}.',
  'factorRecovery.early.why':
    'Er wartet, damit die Person, der das Konto gehört, ihn stoppen kann, falls jemand anderes darum gebeten hat.',
  'factorRecovery.untold.lead':
    'Die Zeit ist gekommen, aber der Brief, der es der Person sagt, der das Konto gehört, ist noch nicht unterwegs. Der Link öffnet sich, sobald ein Mailserver den Brief angenommen hat.',
  'factorRecovery.untold.cure':
    'Versuchen Sie es in ein paar Minuten noch einmal. Wenn er sich dann nicht öffnet, sagen Sie Ihrer Administration, dass der Brief wartet. Der Link gilt bis {until}.',
  'factorRecovery.done.title': 'Ihre Anmeldemethoden sind entfernt',
  'factorRecovery.done.lead':
    'Melden Sie sich jetzt mit Ihrem Passwort an. Wir senden einen Code an Ihr Postfach und führen Sie dann durch die Einrichtung eines neuen zweiten Faktors.',
  'factorRecovery.signIn': 'Anmelden',
  'factorRecovery.dead.title': 'Dieser Link gilt nicht mehr',
  'factorRecovery.dead.why': 'Er wurde verwendet, gestoppt oder zurückgezogen, oder er ist zu alt.',
  'factorRecovery.dead.cure':
    'Wenn Sie sich noch immer nicht anmelden können, bitten Sie Ihre Administration um einen neuen.',
  'factorRecovery.stop.title': 'Den Weg zurück in Ihr Konto stoppen?',
  'factorRecovery.stop.lead':
    'Die Administration hat einen Weg geöffnet, sich ohne Passkeys, Apps und Codes bei {email} anzumelden. Er öffnet sich am {time}.',
  'factorRecovery.stop.effect':
    'Wenn Sie nicht darum gebeten haben, stoppen Sie ihn: Der Link öffnet dann nichts mehr. Ihr Passwort und Ihre Anmeldemethoden bleiben, wie sie sind.',
  'factorRecovery.stop.submit': 'Ich habe das nicht angefordert: stoppen',
  'factorRecovery.stopped.title': 'Der Weg ist gestoppt',
  'factorRecovery.stopped.lead':
    'Der Link öffnet nichts mehr. Ihr Passwort und Ihre Anmeldemethoden sind, wie sie waren.',
  'factorRecovery.stopped.next':
    'Vielleicht hat sich jemand für Sie ausgegeben. Sagen Sie es Ihrer Administration, und wählen Sie ein neues Passwort, falls andere Ihres kennen könnten.',

  'mail.factorRecovery.subject': 'Ein Weg zurück in Ihr Konto bei {operator} wurde geöffnet',
  'mail.factorRecovery.title': 'Ein Weg zurück in Ihr Konto',
  'mail.factorRecovery.lead':
    'Die Administration wurde um Hilfe mit Ihrem Konto gebeten, weil seine Passkeys, Authenticator-Apps oder Codes weg sind.',
  'mail.factorRecovery.opens': 'Öffnet sich',
  'mail.factorRecovery.until': 'Gilt bis',
  'mail.factorRecovery.what':
    'Wenn doch, gilt der Link unten einmal und nicht vor dieser Zeit. Er entfernt alle Anmeldemethoden außer Ihrem Passwort, und Sie richten bei der nächsten Anmeldung neue ein.',
  'mail.factorRecovery.action': 'Neu beginnen',
  'mail.factorRecovery.notYou':
    'Wenn Sie nicht darum gebeten haben, stoppen Sie es jetzt. Noch hat sich nichts geändert.',
  'mail.factorRecovery.stop': 'Jetzt stoppen',
  'mail.factorsReset.subject': 'Die Anmeldemethoden Ihres Kontos bei {operator} wurden entfernt',
  'mail.factorsReset.title': 'Ihre Anmeldemethoden wurden entfernt',
  'mail.factorsReset.lead':
    'Alle Passkeys, Authenticator-Apps, Ersatzcodes und vertrauenswürdigen Browser Ihres Kontos sind entfernt, und jedes Gerät ist abgemeldet.',
  'mail.factorsReset.recovery':
    'Das geschah über den Link, den die Administration für Sie geöffnet hatte. Bei der nächsten Anmeldung richten Sie einen neuen zweiten Faktor ein.',
  'mail.factorsReset.operator':
    'Das geschah über einen Link, den die Stelle, die diesen Dienst betreibt, auf dem Server selbst erstellt hat. Richten Sie in Ihrem Konto einen neuen zweiten Faktor ein.',
  'mail.factorsReset.notYou':
    'Wenn Sie nicht darum gebeten haben, sagen Sie es sofort der Stelle, die diesen Dienst betreibt, und wählen Sie ein neues Passwort.',
}
