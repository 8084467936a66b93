/** Texts of one part of the house: English, and with it the list of keys. */
export const en = {
  'license.none': 'No licence is installed, and none is needed.',
  'license.missing': 'No licence is installed, and this instance needs one: nothing new can be made until it has one.',
  'license.valid': 'The licence of {licensee} is valid until {end}.',
  'license.expiring': 'The licence of {licensee} ends on {end}. Ask your vendor for the next one.',
  'license.grace':
    'The licence of {licensee} ended on {end}. Everything goes on until {until}; install the next one before then.',
  'license.expired':
    'The licence of {licensee} ended on {end}, and its days of grace are over. Whoever is here signs in as before; nothing new can be made.',
  'license.not-yet-valid': 'The licence of {licensee} is good from {start} on, not yet.',
  'license.wrong-instance': 'The licence of {licensee} is for another instance: {instance}.',
  'license.wrong-product': 'The licence of {licensee} is for another product: {product}.',
  'license.revoked': 'The licence of {licensee} was revoked by its vendor.',
  'license.clock-set-back':
    'The clock of this server was set back: it says {now}, and it was {highest} already. The later time counts.',
  'license.unreadable.too-large': 'This is no licence: it is far too large.',
  'license.unreadable.not-a-token':
    'This is no licence, or only a part of one: three parts with a dot between them are expected.',
  'license.unreadable.not-canonical':
    'The licence is damaged, perhaps cut off: it is not written as its vendor wrote it.',
  'license.unreadable.header-invalid': 'The licence is damaged: what it says of itself cannot be read.',
  'license.unreadable.wrong-type': 'This is a signed text of another kind, and no licence.',
  'license.unreadable.algorithm-refused': 'The licence is signed in a way that is not accepted.',
  'license.unreadable.no-keys': 'No public key of a vendor is here to check the licence with.',
  'license.unreadable.unknown-key': 'The licence is signed by a key that is not among those that are trusted here.',
  'license.unreadable.signature-wrong':
    'The signature of the licence does not fit: it was changed, or not signed by its vendor.',
  'license.unreadable.content-invalid': 'The licence is signed by its vendor, and what it says is not complete.',
  'license.unreadable.tampered':
    "What is kept here of the licence was changed by hand. Install it again, and after it your vendor's latest list of revocations, if there is one.",
} as const

/** Deutsch, in der Sie-Form. */
export const de: Readonly<Record<keyof typeof en, string>> = {
  'license.none': 'Es ist keine Lizenz installiert, und es wird keine benötigt.',
  'license.missing':
    'Es ist keine Lizenz installiert, und diese Instanz benötigt eine: Bis dahin lässt sich nichts Neues anlegen.',
  'license.valid': 'Die Lizenz für {licensee} gilt bis {end}.',
  'license.expiring': 'Die Lizenz für {licensee} endet am {end}. Bitten Sie Ihren Anbieter um die nächste.',
  'license.grace':
    'Die Lizenz für {licensee} endete am {end}. Bis {until} läuft alles weiter; installieren Sie vorher die nächste.',
  'license.expired':
    'Die Lizenz für {licensee} endete am {end}, und ihre Schonfrist ist vorbei. Wer hier ein Konto hat, meldet sich an wie bisher; Neues lässt sich nicht anlegen.',
  'license.not-yet-valid': 'Die Lizenz für {licensee} gilt erst ab {start}.',
  'license.wrong-instance': 'Die Lizenz für {licensee} gilt für eine andere Instanz: {instance}.',
  'license.wrong-product': 'Die Lizenz für {licensee} gilt für ein anderes Produkt: {product}.',
  'license.revoked': 'Die Lizenz für {licensee} wurde vom Anbieter widerrufen.',
  'license.clock-set-back':
    'Die Uhr dieses Servers wurde zurückgestellt: Sie zeigt {now}, und es war schon {highest}. Es zählt die spätere Zeit.',
  'license.unreadable.too-large': 'Das ist keine Lizenz: Der Text ist viel zu groß.',
  'license.unreadable.not-a-token':
    'Das ist keine Lizenz oder nur ein Teil davon: Erwartet werden drei Teile mit einem Punkt dazwischen.',
  'license.unreadable.not-canonical':
    'Die Lizenz ist beschädigt, vielleicht abgeschnitten: Sie ist nicht so geschrieben, wie ihr Anbieter sie geschrieben hat.',
  'license.unreadable.header-invalid': 'Die Lizenz ist beschädigt: Ihr Kopf lässt sich nicht lesen.',
  'license.unreadable.wrong-type': 'Das ist ein signierter Text anderer Art und keine Lizenz.',
  'license.unreadable.algorithm-refused': 'Die Lizenz ist auf eine Weise signiert, die nicht angenommen wird.',
  'license.unreadable.no-keys':
    'Hier liegt kein öffentlicher Schlüssel eines Anbieters, mit dem sich die Lizenz prüfen ließe.',
  'license.unreadable.unknown-key': 'Die Lizenz ist mit einem Schlüssel signiert, dem hier nicht vertraut wird.',
  'license.unreadable.signature-wrong':
    'Die Signatur der Lizenz passt nicht: Sie wurde verändert oder nicht vom Anbieter signiert.',
  'license.unreadable.content-invalid':
    'Die Lizenz ist vom Anbieter signiert, aber ihre Angaben sind nicht vollständig.',
  'license.unreadable.tampered':
    'Was hier von der Lizenz aufbewahrt ist, wurde von Hand verändert. Installieren Sie sie noch einmal und danach die neueste Widerrufsliste Ihres Anbieters, falls es eine gibt.',
}
