import { de as account } from './areas/account.ts'
import { de as alerts } from './areas/alerts.ts'
import { de as applications } from './areas/applications.ts'
import { de as audit } from './areas/audit.ts'
import { de as devices } from './areas/devices.ts'
import { de as guard } from './areas/guard.ts'
import { de as license } from './areas/license.ts'
import { de as mail } from './areas/mail.ts'
import { de as newAccount } from './areas/new-account.ts'
import { de as organisations } from './areas/organisations.ts'
import { de as passkeys } from './areas/passkeys.ts'
import { de as passwords } from './areas/passwords.ts'
import { de as recovery } from './areas/recovery.ts'
import { de as registration } from './areas/registration.ts'
import { de as roles } from './areas/roles.ts'
import { de as secondFactors } from './areas/second-factors.ts'
import { de as security } from './areas/security.ts'
import { de as sessions } from './areas/sessions.ts'
import { de as signInSteps } from './areas/sign-in-steps.ts'
import { de as webhooks } from './areas/webhooks.ts'
import type { Messages } from './message.ts'

/** Deutsch, in der Sie-Form. */
export const de: Messages = {
  'app.name': 'Hearthkey',
  'ago.now': 'gerade eben',
  'page.languages': 'Sprache',
  'page.titleWithProblem': 'Problem: {title}',
  'form.problem': 'Bitte prüfen Sie Ihre Eingabe',

  'login.title': 'Anmelden und weiter zu {client}',
  'login.email': 'E-Mail-Adresse',
  'login.password': 'Passwort',
  'login.submit': 'Anmelden',
  'login.cancel': 'Abbrechen',
  'login.recover': 'Passwort vergessen?',
  'login.register': 'Konto anlegen',
  'login.organisation.title': 'Organisation wählen',
  'login.organisation.lead':
    'Sie sind als {account} angemeldet und arbeiten für mehrere Organisationen. Für welche möchten Sie {client} öffnen?',
  'login.organisation.remembered':
    'Beim nächsten Mal öffnet sich {client} für dieselbe. Ändern können Sie das in Ihrem Konto.',
  'login.newPassword.title': 'Neues Passwort wählen',
  'login.newPassword.lead':
    'Ihr Passwort stimmt, aber Angreifer finden es zu bald: Es steht in einer Liste von Passwörtern, die sie zuerst versuchen, oder es ist ohne zweiten Faktor zu kurz. Wählen Sie ein anderes, um zu {client} zu gelangen. Überall sonst werden Sie abgemeldet.',
  'login.newPassword.label': 'Neues Passwort',
  'login.newPassword.submit': 'Speichern und weiter',
  'login.error.mismatch': 'Die E-Mail-Adresse oder das Passwort stimmt nicht.',
  'login.error.over-tries': 'Es gab zu viele Versuche. Melden Sie sich noch einmal an.',
  'login.error.over-time': 'Das hat zu lange gedauert. Melden Sie sich noch einmal an.',
  'login.error.busy': 'Gerade melden sich viele Personen an. Versuchen Sie es in einigen Sekunden noch einmal.',
  'login.error.email-missing': 'Geben Sie Ihre E-Mail-Adresse ein.',
  'login.error.password-missing': 'Geben Sie Ihr Passwort ein.',

  'gone.title': 'Bitte beginnen Sie von vorn',
  'gone.why':
    'Diese Anmeldung wurde bereits abgeschlossen, hat zu lange gedauert oder begann in einem anderen Browser.',
  'gone.cure': 'Gehen Sie zurück zur Anwendung und melden Sie sich von dort aus neu an.',
  'gone.back': 'Zurück zu {client}',

  'cookies.title': 'Diese Anmeldung kann in diesem Browser nicht weitergehen',
  'cookies.why':
    'Eine Anmeldung bleibt in dem Browser, in dem sie begann; ein Cookie unterscheidet ihn von allen anderen. Dieser hat keines gesendet.',
  'cookies.otherBrowser': 'Wenn der Link in einem anderen Browser begann oder Ihnen geschickt wurde:',
  'cookies.otherBrowser.cure': 'Öffnen Sie die Anwendung in diesem und melden Sie sich von dort aus an.',
  'cookies.off': 'Wenn Sie in diesem Browser begonnen haben, speichert er für diese Seite keine Cookies:',
  'cookies.off.cure':
    'Erlauben Sie Cookies für {host}, gehen Sie dann zurück zur Anwendung und melden Sie sich von dort aus neu an.',

  'setup.title': 'Erstes Administratorkonto anlegen',
  'setup.lead': 'Mit diesem Konto verwalten Sie {app}. Weitere können später folgen.',
  'setup.name': 'Ihr Name',
  'setup.email': 'E-Mail-Adresse',
  'setup.password': 'Passwort',
  'setup.submit': 'Konto anlegen',
  'setup.error.name-missing': 'Geben Sie Ihren Namen ein.',
  'setup.error.name-invalid': 'Geben Sie einen Namen mit höchstens 200 Zeichen in einer Zeile ein.',
  'setup.error.email-missing': 'Geben Sie Ihre E-Mail-Adresse ein.',
  'setup.error.email-invalid': 'Geben Sie eine E-Mail-Adresse wie name@example.com ein.',
  'setup.error.email-taken': 'Mit dieser E-Mail-Adresse gibt es bereits ein Konto.',
  'setup.error.busy': 'Der Server ist ausgelastet. Versuchen Sie es in einigen Sekunden noch einmal.',
  'setup.done.title': 'Das erste Administratorkonto ist angelegt',
  'setup.done.lead': 'Der Einrichtungslink hat seinen Zweck erfüllt und öffnet nichts mehr.',
  'setup.done.try': 'Noch keine Anwendung? Dieser Befehl startet eine kleine zum Ausprobieren:',
  'setup.done.next': 'Melden Sie sich als {email} aus jeder Anwendung an, die {app} verwendet.',
  'setup.dead.title': 'Dieser Einrichtungslink öffnet nichts mehr',
  'setup.dead.why': 'Er wurde verwendet, durch einen neueren ersetzt oder ist zu alt.',
  'setup.dead.cure': 'Solange es kein Administratorkonto gibt, erzeugt dieser Befehl auf dem Server einen neuen:',

  'logout.title': 'Abmelden?',
  'logout.lead':
    'Ihre Sitzung hier wird beendet. Anwendungen in anderen Fenstern verlangen danach möglicherweise eine neue Anmeldung.',
  'logout.leadFor': '{client} möchte Sie abmelden. Damit endet auch Ihre Sitzung hier.',
  'logout.submit': 'Abmelden',
  'logout.stay': 'Angemeldet bleiben',
  'stayed.title': 'Sie wurden nicht abgemeldet',
  'stayed.lead': 'Hier hat sich nichts geändert. Sie können diese Seite schließen oder zur Anwendung zurückgehen.',
  'formPost.title': 'Einen Moment',
  'formPost.lead': 'Sie werden zur Anwendung zurückgeleitet. Wenn nichts geschieht, geht es hier weiter.',
  'formPost.leadFor': 'Sie werden zu {client} zurückgeleitet. Wenn nichts geschieht, geht es hier weiter.',
  'formPost.submit': 'Weiter',
  'loggedOut.title': 'Sie sind abgemeldet',
  'loggedOut.lead': 'Ihre Sitzung hier ist beendet. Sie können diese Seite schließen.',
  'loggedOut.again': 'Wieder anmelden',
  'loggedOut.back': 'Zurück zu {client}',

  'noMail.title': 'Dieser Dienst verschickt keine E-Mails',
  'noMail.lead': 'Bitten Sie die Stelle, die ihn betreibt, um den Link.',

  'landing.account': 'Ihr Konto',
  'landing.register': 'Konto anlegen',
  'landing.title': 'Eine Anmeldung für Ihre Anwendungen',
  'landing.lead':
    'Öffnen Sie die Anwendung, die Sie nutzen möchten. Wenn sie wissen muss, wer Sie sind, führt sie Sie hierher.',
  'landing.awaitsSetup':
    'Es gibt noch kein Administratorkonto. Der Einrichtungslink steht im Protokoll des Servers; dieser Befehl erzeugt einen neuen:',
  'landing.developers': 'Für Anwendungen',
  'landing.discovery': 'OpenID-Connect-Discovery',

  'error.code': 'Code',
  'error.request': 'Anfrage',
  'error.forAdministrators': 'Für die Administration',
  'error.received': 'Empfangen',
  'error.registered': 'Eingetragen',
  'error.mendRedirect':
    'Gehört die empfangene Adresse zu Ihrer Anwendung, berichtigen Sie sie dort oder tragen Sie sie mit diesem Befehl ein. Tragen Sie nie eine Adresse ein, die Sie nicht kennen.',

  'error.internal-error.title': 'Bei uns ist etwas schiefgegangen.',
  'error.internal-error.cure':
    'Versuchen Sie es noch einmal. Bleibt es dabei, nennen Sie Ihrer Administration die Anfragenummer: Damit findet sie die Ursache im Protokoll.',
  'error.busy.title': 'Gerade werden zu viele Passwörter geprüft.',
  'error.busy.cure': 'Versuchen Sie es in einigen Sekunden noch einmal.',
  'error.overloaded.title': 'Gerade sind zu viele Personen hier.',
  'error.overloaded.cure':
    'Es ist nichts verloren. Warten Sie einige Sekunden und laden Sie diese Seite neu: Ein Formular, das Sie ausgefüllt haben, wird dabei noch einmal gesendet.',
  'error.too-many-requests.title': 'Das waren zu viele Anfragen in kurzer Zeit.',
  'error.too-many-requests.cure':
    'Warten Sie etwas, bevor Sie es noch einmal versuchen. Programme: so lange, wie die Kopfzeile Retry-After angibt.',
  'error.locked.title': 'Nach mehreren Fehlversuchen ist die Anmeldung für eine Weile nicht möglich.',
  'error.locked.cure': 'Warten Sie, bis die Pause vorbei ist. Wer das Passwort vergessen hat, kann ein neues wählen.',
  'error.password-refused.title': 'Dieses Passwort wird nicht angenommen.',
  'error.password-refused.cure': 'Wählen Sie ein anderes: lang, kein Name und nirgends sonst benutzt.',
  'error.password-off.title': 'Nach sehr vielen Fehlversuchen wird dieses Passwort nicht mehr angenommen.',
  'error.password-off.cure':
    'Wählen Sie über „Passwort vergessen?“ ein neues Passwort, oder bitten Sie die Administration, die Sperre aufzuheben.',
  'error.geo-file-unusable.title': 'Die Datei der Orte kann nicht gelesen werden.',
  'error.geo-file-unusable.cure':
    'Laden Sie sie noch einmal vollständig herunter, oder nehmen Sie geo.file aus der Konfiguration.',
  'error.breach-list-unusable.title': 'Die Liste gestohlener Passwörter kann gerade nicht gelesen werden.',
  'error.breach-list-unusable.cure':
    'Versuchen Sie es später noch einmal. Wer diesen Server betreibt, findet die Ursache im Protokoll; hearthkey doctor prüft die Datei.',
  'error.setup-closed.title': 'Die Einrichtung ist beendet: Es gab hier bereits ein Administratorkonto.',
  'error.setup-closed.cure':
    'Melden Sie sich mit diesem Konto an, oder legen Sie mit hearthkey user create --admin ein weiteres an.',
  'error.setup-link-dead.title': 'Dieser Einrichtungslink öffnet nichts mehr.',
  'error.setup-link-dead.cure':
    'Solange es kein Administratorkonto gibt, erzeugt hearthkey setup-link auf dem Server einen neuen.',
  'error.user-not-found.title': 'Dieses Konto gibt es nicht.',
  'error.user-not-found.cure': 'Der Befehl hearthkey user list zeigt alle Konten.',
  'error.session-not-found.title': 'Diese Sitzung gibt es nicht.',
  'error.session-not-found.cure': 'Der Befehl hearthkey session list zeigt alle Sitzungen.',
  'error.email-taken.title': 'Mit dieser E-Mail-Adresse gibt es bereits ein Konto.',
  'error.email-taken.cure': 'Verwenden Sie eine andere Adresse, oder arbeiten Sie mit jenem Konto weiter.',
  'error.last-administrator.title': 'Das ist das letzte Administratorkonto, das sich anmelden kann.',
  'error.last-administrator.cure': 'Legen Sie zuerst ein weiteres an: hearthkey user create --admin.',
  'error.client-unknown.title': 'Die Anwendung, die Sie hierher geschickt hat, ist nicht bekannt.',
  'error.client-unknown.cure':
    'Gehen Sie zurück zur Anwendung und sagen Sie denen, die sie betreiben: Ihre Client-ID ist hier nicht eingetragen oder gesperrt.',
  'error.redirect-uri-mismatch.title':
    'Die Anwendung möchte Sie an eine Adresse weiterleiten, die für sie nicht eingetragen ist.',
  'error.redirect-uri-mismatch.cure':
    'Nennen Sie Ihrer Administration die Anfragenummer: Im Protokoll steht die empfangene Adresse neben den eingetragenen.',
  'error.authorization-request-invalid.title':
    'Die Anwendung hat eine Anfrage gesendet, die sich nicht beantworten lässt.',
  'error.authorization-request-invalid.cure':
    'Gehen Sie zurück zur Anwendung und versuchen Sie es noch einmal. Bleibt es dabei, nennen Sie denen, die sie betreiben, die Anfragenummer.',
  'error.client-not-found.title': 'Diesen Client gibt es nicht.',
  'error.client-not-found.cure': 'Der Befehl hearthkey client list zeigt alle Clients.',
  'error.client-invalid.title': 'So lässt sich der Client nicht eintragen.',
  'error.client-invalid.cure':
    'Berichtigen Sie, was oben genannt ist, und versuchen Sie es noch einmal. Nichts wurde geändert.',
  'error.organisation-not-found.title': 'Diese Organisation gibt es nicht.',
  'error.organisation-not-found.cure': 'Der Befehl hearthkey org list zeigt alle Organisationen.',
  'error.organisation-invalid.title': 'So kann die Organisation nicht sein.',
  'error.organisation-invalid.cure':
    'Berichtigen Sie, was oben genannt ist, und versuchen Sie es noch einmal; nichts wurde geändert.',
  'error.domain-refused.title': 'Die Domain zählt nicht als eine der Organisation.',
  'error.domain-refused.cure': 'Der Befehl hearthkey org domain list <Organisation> zeigt, wie ihre Domains stehen.',
  'error.member-not-found.title': 'Dieses Mitglied gibt es nicht.',
  'error.member-not-found.cure': 'Der Befehl hearthkey member list --org <Organisation> zeigt alle Mitglieder.',
  'error.membership-refused.title': 'So lässt sich die Mitgliedschaft nicht ändern.',
  'error.membership-refused.cure':
    'Der Befehl hearthkey member list --org <Organisation> zeigt, wer welche Rollen hat; nichts wurde geändert.',
  'error.invitation-refused.title': 'Die Einladung wurde nicht gesendet oder geändert.',
  'error.invitation-refused.cure':
    'Der Befehl hearthkey member invitations --org <Organisation> zeigt, wer eingeladen ist.',
  'error.role-not-found.title': 'Diese Rolle gibt es nicht.',
  'error.role-not-found.cure': 'Der Befehl hearthkey role list --org <Organisation> zeigt alle Rollen.',
  'error.role-invalid.title': 'So kann die Rolle nicht sein.',
  'error.role-invalid.cure':
    'Berichtigen Sie, was oben genannt ist, und versuchen Sie es noch einmal; nichts wurde geändert.',
  'error.role-in-use.title': 'Jemand hat diese Rolle noch.',
  'error.role-in-use.cure':
    'Nehmen Sie sie den Mitgliedern zuerst ab: hearthkey member list --org <Organisation> zeigt, wer welche Rollen hat.',
  'error.api-key-not-found.title': 'Diesen API-Schlüssel gibt es nicht.',
  'error.api-key-not-found.cure': 'Der Befehl hearthkey api-key list --org <Organisation> zeigt alle API-Schlüssel.',
  'error.audit-cursor-invalid.title': 'Hier hat keine Seite dieser Suche im Protokoll geendet.',
  'error.audit-cursor-invalid.cure':
    'Beginnen Sie ohne diese Stelle von vorn. Sie gilt nur für die Suche, aus der sie stammt: dieselben Filter, dieselbe Reihenfolge, dieselbe Organisation.',
  'error.audit-event-not-found.title': 'Dieses Ereignis gibt es nicht.',
  'error.audit-event-not-found.cure':
    'hearthkey audit list zeigt die Ereignisse und ihre Kennungen. Nach seiner Zeit wird ein Ereignis entfernt.',
  'error.audit-file-exists.title': 'Unter diesem Namen gibt es schon eine Datei.',
  'error.audit-file-exists.cure': 'Geben Sie einen anderen Namen an, oder --force, um sie zu überschreiben.',
  'error.audit-file-unwritable.title': 'Dorthin lässt sich der Export nicht schreiben.',
  'error.audit-file-unwritable.cure':
    'Geben Sie mit --out einen Ordner an, in dem Platz ist und in den Sie schreiben dürfen.',
  'error.api-key-refused.title': 'So lässt sich der API-Schlüssel nicht anlegen.',
  'error.api-key-refused.cure':
    'Berichtigen Sie, was oben genannt ist, und versuchen Sie es noch einmal. Nichts wurde geändert.',
  'error.webhook-not-found.title': 'Diesen Webhook gibt es nicht.',
  'error.webhook-not-found.cure':
    'Der Befehl hearthkey webhook list zeigt alle Webhooks, mit --org <Organisation> die einer Organisation.',
  'error.webhook-delivery-not-found.title': 'Diese Zustellung gibt es nicht.',
  'error.webhook-delivery-not-found.cure':
    'Der Befehl hearthkey webhook deliveries <Webhook> zeigt die Zustellungen eines Webhooks.',
  'error.webhook-refused.title': 'Das geht mit diesem Webhook nicht.',
  'error.webhook-refused.cure':
    'Berichtigen Sie, was oben genannt ist, und versuchen Sie es noch einmal. Nichts wurde geändert.',
  'error.service-account-not-found.title': 'Dieses Dienstkonto gibt es nicht.',
  'error.service-account-not-found.cure':
    'Der Befehl hearthkey service-account list --org <Organisation> zeigt alle Dienstkonten.',
  'error.service-account-refused.title': 'So lässt sich das Dienstkonto nicht anlegen.',
  'error.service-account-refused.cure':
    'Berichtigen Sie, was oben genannt ist, und versuchen Sie es noch einmal. Nichts wurde geändert.',
  'error.template-not-found.title': 'Diese Vorlage für Rollen gibt es nicht.',
  'error.template-not-found.cure': 'Der Befehl hearthkey access templates zeigt alle Vorlagen.',
  'error.license-refused.title': 'Diese Lizenz zählt hier nicht.',
  'error.license-refused.cure':
    'Bitten Sie Ihren Anbieter um eine Lizenz für dieses Produkt und diese Instanz; was vorher installiert war, bleibt, wie es ist.',
  'error.license-missing.title': 'Es ist keine Lizenz installiert.',
  'error.license-missing.cure': 'Der Befehl hearthkey license install <Datei> installiert eine.',
  'error.license-limit-reached.title': 'Mehr davon erlaubt die Lizenz dieser Instanz nicht.',
  'error.license-limit-reached.cure':
    'Wer diesen Dienst betreibt, installiert eine größere Lizenz oder entfernt, was nicht mehr gebraucht wird. Wer hier schon ein Konto hat, meldet sich an wie bisher.',
  'error.license-needed.title': 'Ohne gültige Lizenz lässt sich hier nichts Neues anlegen.',
  'error.license-needed.cure':
    'Wer diesen Dienst betreibt, sieht mit hearthkey license status, woran es liegt. Wer hier schon ein Konto hat, meldet sich an wie bisher.',
  'error.api-invalid.title': 'So lässt sich die API nicht eintragen.',
  'error.api-invalid.cure':
    'Berichtigen Sie, was oben genannt ist, und versuchen Sie es noch einmal. Nichts wurde geändert.',
  'error.interaction-gone.title': 'Diese Anmeldung ist beendet.',
  'error.interaction-gone.cure': 'Gehen Sie zurück zur Anwendung und melden Sie sich von dort aus neu an.',
  'error.cookies-missing.title': 'Der Browser hat kein Cookie gesendet.',
  'error.cookies-missing.cure':
    'Gehen Sie in diesem Browser zur Anwendung und melden Sie sich von dort aus neu an. Hilft das nicht, erlauben Sie Cookies für diese Website.',
  'error.sign-out-incomplete.title': 'Die Abmeldung wurde nicht bestätigt; es hat sich nichts geändert.',
  'error.sign-out-incomplete.cure': 'Gehen Sie zurück zur Anwendung und melden Sie sich von dort aus neu ab.',
  'error.not-found.title': 'Unter dieser Adresse gibt es nichts.',
  'error.not-found.cure': 'Prüfen Sie die Adresse, oder gehen Sie dorthin zurück, woher Sie gekommen sind.',
  'error.method-not-allowed.title': 'Diese Adresse lässt sich so nicht aufrufen.',
  'error.method-not-allowed.cure': 'Verwenden Sie eine der Methoden, die im Header Allow stehen.',
  'error.bad-request.title': 'Die Anfrage wurde nicht verstanden.',
  'error.bad-request.cure': 'Vergleichen Sie, was gesendet wurde, mit der Dokumentation dieser Adresse.',
  'error.head-too-large.title': 'Die Adresse oder die Kopfzeilen der Anfrage sind zu lang.',
  'error.head-too-large.cure':
    'Gehen Sie zurück zur Anwendung und beginnen Sie von vorn; hilft das nicht, löschen Sie die Cookies dieser Website. Eine Anwendung muss kurz halten, was sie mitschickt (state).',
  'error.request-timeout.title': 'Die Anfrage kam nicht rechtzeitig an.',
  'error.request-timeout.cure':
    'Versuchen Sie es noch einmal. Bleibt es dabei, ist die Verbindung oder ein Proxy auf dem Weg zu langsam.',
  'error.body-too-large.title': 'Die Anfrage ist zu groß.',
  'error.body-too-large.cure': 'Senden Sie weniger.',
  'error.cross-site-request.title': 'Diese Anfrage kam von einer anderen Website und wurde abgelehnt.',
  'error.cross-site-request.cure':
    'Öffnen Sie die Seite hier und versuchen Sie es noch einmal. Hinter einem Proxy: Prüfen Sie, ob ISSUER_URL die Adresse im Browser ist.',
  'error.unavailable.title': 'Der Dienst ist gerade nicht bereit.',
  'error.unavailable.cure': 'Versuchen Sie es in einigen Sekunden noch einmal.',
  ...account,
  ...alerts,
  ...audit,
  ...applications,
  ...devices,
  ...guard,
  ...license,
  ...mail,
  ...newAccount,
  ...organisations,
  ...passkeys,
  ...passwords,
  ...recovery,
  ...registration,
  ...roles,
  ...secondFactors,
  ...sessions,
  ...signInSteps,
  ...webhooks,
  ...security,
}
