"""Words that people write in and around addresses, in several languages.

All are in the form of `tui.orders.addresses.formats.normalize`: lower case, no accents, no dots.
"""

import re
from functools import cache
from typing import Final

from tui.orders.addresses.formats import normalize
from tui.orders.patterns import late_pattern


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def _normalized_list(text: str) -> tuple[str, ...]:
    return tuple(filter(None, (normalize(phrase) for phrase in text.split(","))))


_LABELS: Final = {
    "name": "name, full name, your name, naam, volledige naam, name vorname, vor und nachname, vorname nachname, "
    "vollständiger name, empfänger, ontvanger, geadresseerde, recipient, receiver, nom, nom complet, nom et prénom, "
    "nom prénom, prénom et nom, destinataire, nombre, nombre completo, nombre y apellidos, nombre y apellido, "
    "destinatario, nome, nome e cognome, nome cognome, imię i nazwisko, odbiorca, adresat, tav, t.a.v., attn, att, attention, "
    "z. hd., zhd, zu händen, z. hd. v., à l'attention de, a l attention de, fao, all'attenzione di, contact, contactpersoon, "
    "ansprechpartner, klant, customer, customer name, shipping name",
    "given": "first name, given name, voornaam, vorname, prénom, imię",
    "family": "last name, surname, family name, achternaam, nachname, familienname, nom de famille, apellido, apellidos, "
    "cognome, nazwisko",
    "company_name": "company, company name, business, business name, organisation, organization, bedrijf, bedrijfsnaam, "
    "firma, firmenname, unternehmen, société, entreprise, raison sociale, empresa, razón social, azienda, "
    "ragione sociale, ditta, spółka, nazwa firmy",
    "street": "street, street name, street address, address line 1, address 1, addr 1, adres 1, adresse 1, straat, straatnaam, "
    "straat en huisnummer, straat en nummer, straat huisnummer, straat en nr, straße, strasse, strasse und hausnummer, "
    "straße hausnummer, straße und nr, straße nr, strasse nr, strasse hausnr, straße und hausnr, rue, "
    "numéro et rue, n et rue, rue et numéro, voie, calle, calle y número, via, via e numero, ulica, ulica i numer, "
    "ulica i numer domu, ulica i nr domu, ulica nr domu, ulica i nr, ulica nr, straat nr, rue et n, calle y n, calle y nº, straat en huisnr, "
    "street and number, street and house number, street no, indirizzo e numero civico, via e n",
    "number": "house number, house no, number, no, nr, huisnummer, huisnr, hausnummer, hausnr, hausnummer, numéro, "
    "número, numero, numero civico, civico, n civico, numer domu, nr domu, numer",
    "addition": "toevoeging, huisnummertoevoeging, addition",
    "address_line_2": "address line 2, address 2, addr 2, adres 2, adresse 2, adresszusatz, adressenzusatz, zusatz, adreszeile 2, "
    "complément, complément d'adresse, complément d adresse, complemento, piso, apartment, apt, flat, unit, suite, bus, "
    "appartement, interno, piano, numer mieszkania, nr mieszkania, mieszkanie, extra address, etage",
    "postal_code": "postcode, post code, postal code, zip, zip code, zipcode, plz, postleitzahl, code postal, cp, "
    "código postal, codigo postal, cap, codice postale, kod pocztowy, kod",
    "place": "postcode en plaats, postcode plaats, postcode en woonplaats, postcode woonplaats, postcode stad, plz ort, plz und ort, plz stadt, "
    "plz wohnort, code postal et ville, code postal ville, cp ville, código postal y ciudad, cp y ciudad, cp ciudad, cp localidad, "
    "cap e città, cap città, cap località, kod i miasto, kod pocztowy i miasto, kod pocztowy miasto, kod miasto, "
    "city state zip, city and postcode, zip city",
    "city": "city, town, city town, plaats, plaatsnaam, woonplaats, stad, ort, stadt, wohnort, ville, commune, localité, ciudad, "
    "localidad, población, municipio, città, comune, località, miasto, miejscowość",
    "state": "state, province, region, county, provincie, bundesland, provincia, región, prov, regione, województwo, "
    "département, departement, state province",
    "country": "country, land, pays, país, paese, nazione, stato, kraj",
    "phone_number": "phone, phone number, phone no, phone nr, telephone, telephone number, tel, tel nr, tel no, telnr, telefon, telefoon, "
    "telefoonnummer, telefoonnr, telefonnummer, telefonnr, mobile, mobile number, mobile phone, mobiel, mobiele nummer, "
    "mobiel nummer, mob, mobil, mobilnummer, mobiltelefon, handy, handynummer, gsm, cell, cell phone, cellphone, "
    "téléphone, portable, tél, teléfono, teléfono móvil, tlf, tfno, móvil, telefono, cellulare, cell, numero di telefono, "
    "número de teléfono, numéro de téléphone, komórka, nr telefonu, numer telefonu, nr tel, t, m, ph",
    "email": "email, e mail, mail, email address, e mail address, correo, correo electrónico, courriel, email adres, "
    "e mailadres, emailadres, mailadres, e mail adres, e mail adresse, email adresse, adresse e mail, adresse mail, adres e mail, adres email, "
    "indirizzo email, indirizzo e mail, posta elettronica, e",
    "po_box": "po box, postbus, postfach, boîte postale, apartado, apartado de correos, casella postale, "
    "skrytka pocztowa, postnummer, post number, postnr, dhl postnummer",
    "header": "address, adres, adresse, anschrift, dirección, indirizzo, shipping address, delivery address, shipping, delivery, ship to, "
    "deliver to, send to, address for delivery, new address, my address, my new address, new shipping address, new delivery address, "
    "bezorgadres, afleveradres, verzendadres, leveradres, leveringsadres, mijn adres, nieuw adres, nieuwe adres, het nieuwe adres, "
    "mijn nieuwe adres, het adres, naar, lieferadresse, versandadresse, lieferanschrift, versandanschrift, neue adresse, neue anschrift, "
    "neue lieferadresse, meine adresse, meine neue adresse, die adresse, meine anschrift, "
    "adresse de livraison, adresse postale, livrer à, livraison, nouvelle adresse, mon adresse, ma nouvelle adresse, "
    "dirección de envío, dirección de entrega, dirección postal, envío, entrega, nueva dirección, mi dirección, mi nueva dirección, "
    "indirizzo di consegna, indirizzo di spedizione, consegna, spedizione, spedire a, nuovo indirizzo, il nuovo indirizzo, "
    "il mio indirizzo, il mio nuovo indirizzo, "
    "adres dostawy, adres do wysyłki, adres wysyłki, adres korespondencyjny, wysyłka, nowy adres, mój adres, mój nowy adres, dostawa",
    "billing": "billing address, billing, invoice address, bill to, invoice to, factuuradres, factuur aan, rechnungsadresse, rechnungsanschrift, "
    "rechnung an, adresse de facturation, facturation, dirección de facturación, facturación, indirizzo di fatturazione, "
    "fatturazione, adres do faktury, dane do faktury, adres rozliczeniowy",
    "old": "old address, previous address, former address, wrong address, oud adres, oude adres, het oude adres, mijn oude adres, vorig adres, "
    "verkeerde adres, alte adresse, alte anschrift, bisherige adresse, falsche adresse, "
    "ancienne adresse, mon ancienne adresse, dirección antigua, antigua dirección, vecchio indirizzo, stary adres, was, not, instead of",
    "other": "fax, order, order number, order no, order nr, bestelling, bestelnummer, ordernummer, bestellung, bestellnummer, "
    "numéro de commande, commande, pedido, número de pedido, ordine, numero ordine, zamówienie, numer zamówienia, nr zamówienia, vat, "
    "vat number, btw, btw nummer, kvk, kvk nummer, ust id, ustid, ust idnr, siret, siren, tva, nif, cif, nie, dni, iva, p iva, partita iva, "
    "codice fiscale, nip, regon, pesel, iban, bic, website, web, www, subject, onderwerp, betreff, objet, asunto, oggetto, temat, "
    "from, van, von, de, da, od, date, datum, data, fecha, sent, verzonden, gesendet, envoyé, enviado, inviato, wysłano, to, aan, "
    "an, à, para, a, do, cc, bcc, kundennummer, klantnummer, opmerking, opmerkingen, notitie, note, notes, remark, remarks, bemerkung, "
    "anmerkung, hinweis, remarque, comentario, nota, uwagi, uwaga, reference, referentie, ref, referenz, ps",
}

LABELS: Final = {word: kind for kind, words in _LABELS.items() for word in _normalized_list(words)}
"""Labels before a colon, and the field or kind of heading that they mean."""

LONE_LABELS: Final = frozenset(
    word for word, kind in LABELS.items() if len(word) > 2 and kind not in ("other", "old", "po_box")
) - {
    "via",
    "rue",
    "land",
    "naar",
    "kod",
    "bus",
    "shipping",
    "delivery",
    "billing",
    "contact",
    "attention",
    "was",
    "not",
}
"""Labels that are also recognised without a colon, on a line of their own above the value."""

_GREETINGS: Final = _normalized_list(
    "hallo, hi, hello, hey, hoi, dear, beste, geachte, dag, goedemorgen, goedemiddag, goedenavond, goedendag, guten tag, "
    "guten morgen, guten abend, sehr geehrte, sehr geehrter, sehr geehrtes, liebe, lieber, liebes, moin, servus, bonjour, "
    "bonsoir, salut, madame monsieur, cher, chère, chers, hola, buenos días, buenas tardes, buenas noches, buenas, estimado, "
    "estimada, estimados, muy señores, buongiorno, buonasera, buon giorno, ciao, salve, gentile, gentili, gent mo, egregio, "
    "spettabile, dzień dobry, witam, szanowni, szanowny, szanowna, cześć, good morning, good afternoon, good evening, "
    "to whom it may concern"
)
_CLOSINGS: Final = _normalized_list(
    "groet, groeten, groetjes, gr, mvg, met vriendelijke groet, met vriendelijke groeten, met groet, vriendelijke groet, "
    "vriendelijke groeten, hartelijke groet, hartelijke groeten, hartelijk dank, alvast bedankt, bij voorbaat dank, "
    "bedankt, dankjewel, dank u, dank je, dank, mit freundlichen grüßen, mit freundlichem gruß, mit besten grüßen, "
    "freundliche grüße, viele grüße, liebe grüße, beste grüße, herzliche grüße, schöne grüße, gruß, grüße, mfg, lg, vg, "
    "danke, vielen dank, besten dank, herzlichen dank, kind regards, best regards, warm regards, regards, best wishes, "
    "best, sincerely, yours sincerely, yours faithfully, yours truly, cheers, thanks, thank you, many thanks, thx, "
    "cordialement, bien cordialement, bien à vous, salutations, merci, merci d'avance, merci beaucoup, saludos, "
    "un saludo, atentamente, un cordial saludo, saludos cordiales, gracias, muchas gracias, cordiali saluti, "
    "distinti saluti, saluti, un saluto, grazie, grazie mille, pozdrawiam, z poważaniem, serdecznie pozdrawiam, "
    "pozdrowienia, dziękuję, dziękuje, dzięki, z góry dziękuję, sent from my, verstuurd vanaf, verzonden vanaf, "
    "verzonden met, von meinem, gesendet von, gesendet mit, envoyé de, envoyé depuis, enviado desde, inviato da, "
    "wysłano z, get outlook"
)

STREET_ENDS: Final = {
    "NL BE": "straat laan plein gracht kade singel dijk dreef steeg plantsoen weide hof",
    "DE AT CH": "strasse str platz gasse allee damm ufer chaussee steig graben stieg",
    "NL BE DE AT CH LU": "weg ring pad park markt",
    "SE NO DK": "gatan vagen gata veien vej gade alle",
}
"""Endings of street names, by countries."""
STREET_WORDS: Final = {
    "FR BE CH LU": "rue av bd boul boulevard impasse allee allees quai chemin cours faubourg sente rond chaussee cite",
    "FR BE CH GB US CA AU": "avenue place route passage square",
    "ES": "calle c avda avenida avd plaza pza paseo camino carrer ronda travesia carretera ctra rambla placa passeig avinguda urbanizacion "
    "poligono glorieta",
    "IT CH": "via viale piazza piazzale corso vicolo largo strada contrada vle pza vicoletto localita borgo lungomare",
    "PL": "ul ulica al aleja aleje pl plac os osiedle rynek skwer rondo",
    "GB IE US CA AU": "street st road rd lane ln ave drive dr court ct close crescent cres way terrace gardens grove mews row green "
    "hill wharf yard",
    "US CA": "blvd parkway pkwy highway hwy circle cir trail trl turnpike broadway",
    "DE AT CH": "am an im auf zum zur alte alter grosse kleine",
    "PT": "rua praca travessa largo estrada alameda",
}
"""Street words, by countries. The German ones only begin a street name."""
BEFORE_ONLY: Final = frozenset(
    ["am", "an", "im", "auf", "zum", "zur", "alte", "alter", "grosse", "kleine", "c", "os", "al", "pl"]
)
"""Street words that count only as the first word."""

COMPANY_FORMS: Final = {
    "NL BE": "bv nv vof cv",
    "DE AT CH": "gmbh ug ohg kg gbr ek ev mbh",
    "FR BE": "sarl sas sasu eurl sci srl",
    "IT": "srl spa snc sas srls",
    "ES": "sl slu sa sau scp",
    "PL": "spzoo spj spk sc",
    "GB IE": "ltd limited plc llp",
    "US": "inc llc corp corporation incorporated",
    "": "ag se co oy ab as aps sro doo kft bvba sprl cie",
}
"""Legal forms at the end of company names, without dots and spaces, by countries."""
COMPANY_WORDS: Final = frozenset(
    _normalized_list(
        "bakkerij, restaurant, café, cafe, hotel, hôtel, winkel, boekhandel, shop, store, studio, atelier, praxis, kanzlei, apotheke, verein, "
        "stichting, vereniging, universiteit, universität, university, université, università, universidad, uniwersytet, school, schule, "
        "scuola, escuela, école, szkoła, kindergarten, kita, kantoor, office, büro, praktijk, apotheek, garage, ristorante, trattoria, "
        "farmacia, librairie, librería, libreria, boulangerie, pharmacie, institut, instituut, institute, ziekenhuis, krankenhaus, hospital, "
        "gemeente, museum, verlag, autohaus, kaufhaus, sklep, apteka, przychodnia, company, firma, group, groep, gruppe, holding, "
        "services, solutions, consulting, logistics, design, media, bank, church, kirche, hair, salon, brewery, kwekerij, slagerij"
    )
)
HONORIFICS: Final = frozenset(
    _normalized_list(
        "herr, herrn, frau, dhr, de heer, mevr, mevrouw, mw, fam, familie, mr, mrs, ms, miss, mx, dr, prof, m, mme, mlle, monsieur, madame, "
        "mademoiselle, sr, sra, srta, don, doña, señor, señora, sig, sig ra, signor, signora, signorina, dott, dott ssa, ing, pan, pani, "
        "państwo, family, herrn und frau, herr und frau"
    )
)

_UNITS: Final = frozenset(
    _normalized_list(
        "apt, apartment, appartement, app, appt, flat, unit, suite, ste, floor, fl, room, rm, bus, bte, boite, boîte, étage, etage, et, verdieping, og, "
        "eg, dg, obergeschoss, erdgeschoss, stock, stiege, top, tür, tuer, whg, wohnung, hinterhaus, vorderhaus, seitenflügel, gebouw, building, bldg, block, "
        "bâtiment, batiment, bât, bat, bldg, esc, escalera, escalier, piso, planta, puerta, pta, bajo, bajos, entresuelo, portal, interno, int, scala, "
        "piano, palazzina, m, lok, lokal, mieszkanie, klatka, piętro, pietro, dept, department, afdeling, abteilung, abt, résidence, residence, "
        "residenz, lieu dit, lieudit, achterhuis, kamer, toren, tower, entrance, ingang, aufgang, zimmer, hs, level, door, hus, lgh, po, c o, p a"
    )
)
_FLOORS: Final = frozenset(
    ["verdieping", "etage", "floor", "stock", "og", "obergeschoss", "piso", "planta", "piano", "pietro", "tage", "hoog"]
)
_ATTENTION: Final = late_pattern(
    r"(?:t\.?a\.?v\.?|attn|att|att\.?n\.?e|z\. ?hd\.?(?: v(?:on|\.))?|zu händen(?: von)?|à l['’]attention d[e']|fao|all['’]attenzione di|f\.?a\.?o\.?)[.:]?\s+(?P<name>\S.*)",
    re.IGNORECASE,
)
_CARE_OF: Final = late_pattern(r"(?:c/o|p/a|℅|bei|chez|presso)[.:]?\s+\S.*|c/o\S.*", re.IGNORECASE)
_ORDINAL_FLOOR: Final = late_pattern(
    r"(?:\d{1,2}\s?(?:e|de|ste|er|ère|ème|eme|st|nd|rd|th|º|ª|°|o|a|\.)?\s+"
    r"(?:verdieping|etage|étage|og|stock|floor|piso|planta|piano|piętro|obergeschoss)\b.{0,40}"
    r"|\d{1,2}\s?[.ºª°]?\s?[ºª°]?\s?(?:[A-Z]|izq|dcha|der|izda|ctro|og)\b\.?.{0,20}"
    r"|(?:bajo|ático|entlo|pral)\b.{0,20})",
    re.IGNORECASE,
)
_BOX: Final = late_pattern(
    r"(?:postbus|postfach|p\.?\s?o\.?\s?box|post office box|b\.?p\.?|boîte postale|boite postale|apartado(?: de correos)?|"
    r"apdo\.?(?: de correos)?|casella postale|skrytka(?: pocztowa)?|skr\. ?poczt\.?|postboks|case postale|locked bag)"
    r"\s{0,3}(?:nr\.?|no\.?|n°|nº)?\s{0,3}\d[\d ]{0,11}[a-z]?",
    re.IGNORECASE,
)
_NAMES_BOX: Final = late_pattern(
    r"(?:^box|^boks|\b(?:postbus|postfach|p\.?\s?o\.?\s?box|g\.?p\.?o\.?\s?box|post office box|private bag|locked bag|"
    r"b\.?p\.?|t\.?s\.?a\.?|c\.?s\.?|"
    r"bo[îi]te postale|apartado|apdo|caixa postal|casella postale|c\.?p\.?|case postale|skrytka|skr\.? ?poczt|post[bo]o?[kx]s|"
    r"postilokero|packstation|paketbox|postfiliale|paketshop|paczkomat|locker|antwoordnummer))\b\.?"
    r"(?: (?:pocztowa|de correos))?[ :,]{0,3}(?:nr\.?|no\.?|n°|nº)?\s{0,3}(?:[A-Z]{3}[A-Z0-9]*)?\d",
    re.IGNORECASE,
)
_ROUTE_TYPE: Final = late_pattern(
    r"\b(?:sr|hwy|highway|rte|rt|cr|fm|sh|ih|km|interstate|ss|sp|(?:county|state|farm|national) (?:road|route|rd|rte)|"
    r"strada (?:statale|provinciale|regionale)|route (?:nationale|départementale)|nationale|départementale|carretera|"
    r"autovía)\.?$|^(?:.* )?us$|^(?:route|rural route|rr)$",
    re.IGNORECASE,
)
_LOCKER: Final = late_pattern(
    r"(?:dhl\s)?(?:packstation|postfiliale|paketshop|paczkomat)\s{1,3}(?:nr\.?\s)?\w{1,12}", re.IGNORECASE
)
_LOCKER_CODE: Final = late_pattern(
    r"(?:dhl[ -]?)?(?:postnummer|post-nr\.?|postnr\.?)?[ :]{0,3}(?P<code>\d{6,10})", re.IGNORECASE
)
_PROSE_WORDS: Final = frozenset(
    _words(
        "ik mijn mij je jullie het een is zijn naar graag kunnen kunt willen wil ben bent niet wel ook nog "
        "bij voor met dat dit deze ich meine mein mir sie bitte und nach ist sind nicht auch noch wir uns "
        "habe haben können könnten kann das dem den bestellung i my me you we our please to it is are was not "
        "can could would the this that for have has with order package parcel send je mon ma mes vous nous "
        "est sont pas pour merci avec veuillez svp commande colis que qui yo mi mis por favor es son no para "
        "con que pedido gracias envio enviar pueden io mio mia vi per favore non ordine con che sono ho "
        "grazie potete spedire pacco mój moja prosze proszę jest nie na do dla zamówienie paczkę czy się"
    )
)
_ADDRESS_NOUNS: Final = frozenset(
    _words("adres adresse anschrift address direccion indirizzo adresu bezorgadres lieferadresse afleveradres")
)
_TO_BE: Final = frozenset(
    _words(
        "is ist lautet luidt est es e to now nu jetzt nun wordt becomes will be lauten war maintenant ahora "
        "adesso teraz follows volgt als folgt wie the following"
    )
)


@cache
def _starts(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"(?:{'|'.join(sorted(map(re.escape, words), key=len, reverse=True))})\b")


def is_greeting(line: str) -> bool:
    """Whether a line is a greeting: `Beste Jan,`."""
    words = normalize(line)
    begins = _starts(_GREETINGS).match(words) is not None
    return begins and (line.rstrip()[-1:] in ",!.:" or len(words.split()) <= 6) and not re.search(r"\d", words)


def is_closing(line: str) -> bool:
    """Whether a line is the closing of a letter: `Met vriendelijke groet,`."""
    words = normalize(line)
    found = _starts(_CLOSINGS).match(words)
    if found is None or re.search(r"\d", words):
        return False
    return line.rstrip()[-1:] in ",!." or found.end() > 8 or len(words.split()) <= len(found[0].split()) + 2


def is_prose(line: str) -> bool:
    """Whether a line is a sentence rather than a part of an address."""
    words = normalize(line).split()
    if len(words) < 4:
        return line.rstrip()[-1:] in "!?" and len(words) > 1
    common = sum(word in _PROSE_WORDS for word in words)
    return common >= 2 or len(words) > 14 or (line.rstrip()[-1:] in "!?:" and common >= 1)


def introduction(line: str) -> int:
    """The number of words that introduce an address: 4 in `Mijn nieuwe adres is: Kerkstraat 12`."""
    words = [normalize(word) for word in line.split()[:14]]
    noun = next((index for index, word in enumerate(words) if word in _ADDRESS_NOUNS), None)
    if noun is None:
        return 0
    if len(words) < 14 and line.rstrip().endswith(":"):
        return len(words)
    end = noun + 1
    while end < len(words) and (words[end] in _TO_BE or not words[end]):
        end += 1
    return end if end > noun + 1 or line.split()[noun].endswith(":") else 0


def street_words(text: str) -> dict[str, int]:
    """Count the street words in a text by country."""
    found: dict[str, int] = {}
    words = normalize(text).split()
    for index, word in enumerate(words):
        for countries in _street_countries(word, index == 0):
            found[countries] = found.get(countries, 0) + 1
    return found


@cache
def _whole_words() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for countries, words in STREET_WORDS.items():
        for word in words.split():
            found[word] = (*found.get(word, ()), *countries.split())
    return found


def _street_countries(word: str, is_first: bool) -> tuple[str, ...]:
    found = () if word in BEFORE_ONLY and not is_first else _whole_words().get(word, ())
    for countries, ends in STREET_ENDS.items():
        if word.endswith(tuple(ends.split())):
            found = (*found, *countries.split())
    return found


@cache
def _forms() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for countries, forms in COMPANY_FORMS.items():
        for form in forms.split():
            found[form] = (*found.get(form, ()), *countries.split())
    return found


def company_countries(text: str) -> tuple[str, ...] | None:
    """The countries of the legal form at the end of a company name; None if it has none."""
    words = [normalize(word).replace(" ", "") for word in text.split()][-4:]
    for length in (1, 2, 3):
        form = "".join(words[-length:])
        if len(words) > length and form in _forms() and (length > 1 or _is_form(text.split()[-1])):
            return _forms()[form]
    inner = (word for word in words[1:] if word in ("gmbh", "bv", "ltd", "inc", "ag", "kg", "srl"))
    return _forms()[found] if (found := next(inner, None)) is not None else None


def _is_form(word: str) -> bool:
    # co, as and sa count as a legal form only if they are written like one.
    return "." in word or word.isupper() or len(word) > 2


def is_company(text: str) -> bool:
    return company_countries(text) is not None or any(word in COMPANY_WORDS for word in normalize(text).split())


def is_honorific(text: str) -> bool:
    """Whether the text is only a form of address: `Herrn`."""
    return normalize(text) in HONORIFICS


def has_honorific(text: str) -> bool:
    words = normalize(text).split()
    return len(words) > 1 and (words[0] in HONORIFICS or " ".join(words[:2]) in HONORIFICS)


def attention(text: str) -> str:
    """The name in `t.a.v. Jan Jansen`, or ""."""
    found = _ATTENTION.fullmatch(text)
    return found["name"] if found is not None else ""


def is_unit(text: str) -> bool:
    """Whether the text is a part of a building or a care-of line: `3. OG links`, `Apt 4`, `c/o Meyer`."""
    if _CARE_OF.fullmatch(text) or _ORDINAL_FLOOR.fullmatch(text):
        return True
    words = normalize(text).split()
    if not 1 < len(words) < 9:
        # A single such word may also be a name.
        return False
    if words[0] in _UNITS:
        return len(words[0]) > 3 or bool(re.search(r"\d", text)) or (len(words[0]) == 3 and len(words[1]) < 3)
    return len(words) < 4 and words[-1] in _FLOORS and bool(re.search(r"\d", text))


def is_box(text: str) -> bool:
    return _BOX.fullmatch(text) is not None


def names_box(text: str) -> bool:
    """Whether the text contains the number of a PO box or a parcel locker: `DHL Packstation 104`, `12 rue X, BP 40`."""
    return _NAMES_BOX.search(text) is not None


def is_route_type(text: str) -> bool:
    """Whether a number after this text is that of a route: `SR 99`, `Highway 12`, `Carretera N-340 km 12`."""
    return _ROUTE_TYPE.search(text) is not None


def is_locker(text: str) -> bool:
    return _LOCKER.fullmatch(text) is not None


def locker_countries(text: str) -> tuple[str, ...]:
    """The countries that use this name for a parcel locker."""
    if not is_locker(text):
        return ()
    return ("PL",) if normalize(text).startswith("paczkomat") else ("DE",)


def locker_code(text: str) -> str:
    """The customer's number at a parcel locker, or ""."""
    found = _LOCKER_CODE.fullmatch(text)
    return found["code"] if found is not None else ""
