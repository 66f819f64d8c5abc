"""The words of column headings, in English, German, French, Dutch, Spanish, Italian, Polish, Swedish, Danish, Portuguese.

All words are normalized as by `headings.normalized`: lower case, without accents, `ß` as `ss`, `ł` as `l`, `ø` as `o`.
To teach the import a heading, add it to the table of its meaning. Within a table, likelier words come first.
"""

from typing import Final

DELIVERY_PLACES: Final = (
    "shipping|shipping address|shipping person|dest merce|verzenden aan|verzend aan|ship|ship to|shipto|ship to address|delivery|delivery address|deliver to|deliver"
    "|dispatch|dispatch address|dispatch to|post to|posting|destination|destination address|consignment address|drop off"
    "|delivered to|leveres til|levereres til|sendes til|levereras till|skickas till|wyslac na|dostarczyc do|dostawa do|consegnare a|entregar em|enviar para|livre a|envoyer a|leveringssted|leveringsted|local de entrega|send to|goods to|dest|shipping details|shipping info|delivery details|delivery info|shipping order address|deliveries shipping order address"
    "|lieferadresse|lieferanschrift|liefer|lieferung|abweichende lieferadresse|abweichende lieferanschrift|versand"
    "|versandadresse|versandanschrift|versand an|lieferung an|liefern an|zustelladresse|zustellung|zustell"
    "|lief|lieferadr|lief adr|lief anschrift|liefer an|versenden an|abw lieferadresse|abweichende lieferung|abweichend|abweichende|abweichender|abweichendes"
    "|livraison|adresse de livraison|adresse livraison|expedition|adresse d expedition|adresse expedition|livr|liv|livrer a|adresse livr"
    "|afleveradres|aflever|leveringsadres|levering|leveradres|lever|bezorgadres|bezorg|bezorging|verzending|verzendadres"
    "|verzend|verz|adres verz|afwijkend afleveradres|ander afleveradres|afl|aflev|verzenden naar|leveren aan|bezorgen bij"
    "|envio|direccion de envio|direccion envio|entrega|direccion de entrega|direccion entrega|enviar a|entregar a|entregar en|lugar de entrega"
    "|spedizione|indirizzo di spedizione|indirizzo spedizione|consegna|indirizzo di consegna|indirizzo consegna"
    "|destinazione|destinazione diversa|dest diversa|dest div|diversa destinazione|luogo di destinazione|destinazione merce|spedire a|sped|luogo di consegna|wysylka|wysylki|adres wysylki|dostawa|dostawy|adres dostawy|adres do wysylki|adres do dostawy|miejsce dostawy|wyslac do"
    "|leverans|lev|levadress|leveransadress|leverans adress|leveringsadresse|leverings|forsendelse|forsendelsesadresse"
    "|morada de entrega|morada entrega|morada de envio|endereco de entrega|endereco entrega|endereco de envio|expedicao"
)
DELIVERY_PERSONS: Final = (
    "recipient|receptionnaire|gift for|gift to|present for|geschenk fur|cadeau pour|cadeau voor|regalo para|regalo per|prezent dla|gave til|presente para|cons|gift recipient|receiver|consignee|addressee|to|ship to person|lieferempfanger|warenempfanger|empfanger|empfangers|destinataire"
    "|ontvanger|geadresseerde|destinatario|destinatario merce|odbiorca|odbiorcy|odbiorca przesylki|odbiorcy przesylki|end customer|end user|endkunde|endkunden|eindklant|client final|cliente final|cliente finale"
    "|klient koncowy|slutkund|slutkunde|mottagare|mottagarens|modtager|modtagers|recetor|recebedor"
)
BILLING_PLACES: Final = (
    "billing|billing address|bill|bill to|billto|invoice|invoice address|invoice to|invoicing|sold to|soldto|invoiced to|inv"
    "|rechnung|rechnungsadresse|rechnungsanschrift|rechnungs|facturation|adresse de facturation|adresse facturation|rechn|rechnung an"
    "|facture|facturatie|facturatieadres|factuur|factuuradres|fact|adres fact"
    "|facturar a|faturar a|fatturare a|fakturowac na|facturacion|direccion de facturacion|direccion facturacion|factura|fatturazione|indirizzo di fatturazione"
    "|indirizzo fatturazione|fattura|fatt|billing details|billing info|invoice details|faktura|faktury|adres rozliczeniowy|adres do faktury|dane do faktury|rozliczeniowy"
    "|fakt|faktureres til|faktureras till|faktura til|faktura till|fakturaadress|fakturerings|fakturering|faktureringsadress|faktureringsadresse|fakturaadresse"
    "|faturacao|morada de faturacao|faturamento|endereco de faturamento|endereco de cobranca|cobranca|fatura"
)
BILLING_PERSONS: Final = (
    "payer|rechnungsempfanger|zahler|payeur|betaler|pagador|intestatario fattura|pagatore|platnik|betalare"
)
CUSTOMER_PLACES: Final = "buyer address|customer address|account|kundenadresse|klantadres|adresse client|adres klienta"
CUSTOMER_PERSONS: Final = (
    "customer|customers|intestatario|bestallare|donneur d ordre|verkoop aan|order customer|contact|buyer|purchaser|client|shopper|member|ordered by|kunde|kunden|kaufer|kaufers|besteller|auftraggeber"
    "|acheteur|klant|koper|besteller|cliente|comprador|compratore|acquirente|klient|klienta|kupujacy|kupujacego|kontrahent|nabywca"
    "|nabywcy|zamawiajacy|kund|kundens|kopare|kober|kundes|ordonnateur|commanditaire|reseller|dealer|handler|wederverkoper|revendeur|distribuidor|rivenditore|aterforsaljare|forhandler|besteld door|ordered for|bestellt von|commande par"
)
SENDERS: Final = (
    "sender|sender address|ship from|from|return|return address|returns|seller|store address|warehouse|origin address"
    "|absender|absenderadresse|rucksende|expediteur|afzender|retour|retouradres|remitente|mittente|nadawca|nadawcy"
    "|avsandare|afsender|remetente|pickup address|shipper"
)

ABBREVIATED_PARTIES: Final = "re:li|ra:la|inv:del|fac:lev|fakt:lev|fv:wys|bt:st|f:l|r:l"
"""Abbreviations of the billing and the delivery address, as in `Name RE` and `Name LI`. They count only as a pair."""

ADDRESS: Final = {
    "name": "name|full name|fullname|att|tav|t a v|ter attentie van|z hd|zhd|zu handen|zu handen von|recipient name|addressee name|contact name|contact person|attention|attn|naam"
    "|volledige naam|nom|nom complet|nom prenom|nom et prenom|prenom nom|nombre|nombre completo|nombre y apellidos"
    "|apellidos y nombre|nome|nome completo|nome e cognome|cognome e nome|nominativo|vor und nachname|vor nachname"
    "|name vorname|vollstandiger name|imie i nazwisko|nazwisko i imie|imie nazwisko|namn|fullstandigt namn|for och efternamn"
    "|navn|fulde navn|fuldt navn|kontaktperson|ansprechpartner|nome do destinatario|nome e apelido|name 1|name1",
    "company_name": "company name|company|companyname|organisation|organization|organisation name|business name|business"
    "|bedrijf|bedrijfsnaam|firma|firmenname|unternehmen|firmenbezeichnung|societe|nom de la societe|raison sociale"
    "|entreprise|empresa|nombre de empresa|nombre de la empresa|razon social|azienda|nome azienda|ragione sociale|societa"
    "|nazwa firmy|nazwa|foretag|foretagsnamn|virksomhed|virksomhedsnavn|firmanavn|nome da empresa|denominacao social",
    "address_line_1": "street name|street|streetname|street address|address|address line 1|address line1|address 1"
    "|address1|address 1 2|addr 1|addr1|line 1|line1|address line|street 1|street1|street line 1|straat|straatnaam|adres"
    "|adresregel 1|adres 1|straat en huisnummer|strasse|str|strasse hausnummer|strasse und hausnummer|strasse nr"
    "|strasse u hausnummer|strassenname|adresse|adresse 1|adresse1|adresse 1 2|adresszeile 1|anschrift|strasse 1|rue|voie|nom de rue"
    "|nom de la rue|numero et rue|ligne d adresse 1|adresse ligne 1|calle|direccion|direccion 1|direccion1|domicilio"
    "|nombre de la calle|linea de direccion 1|via|indirizzo|indirizzo 1|indirizzo riga 1|via e numero civico|via e numero"
    "|ulica|ulica i numer|ulica i nr domu|adres linia 1|gata|gatuadress|adress|adress 1|gatunamn|adressrad 1|vej|gade|vejnavn"
    "|gadenavn|adresselinje 1|vej og nummer|street and number|street number and name|street house number|straat nr|straat huisnummer|rua|morada|morada 1|endereco|endereco 1|logradouro|linha de endereco 1",
    "house_number": "house number|house no|house nr|housenumber|house|huisnummer|huisnr|hausnummer|hausnr|haus nr|hnr"
    "|street number|street no|number|no|nr|numero|numero de rue|numero de voie|n de rue|numero de calle|numero civico"
    "|civico|n civico|nr domu|numer domu|numer budynku|nr budynku|husnummer|husnr|gatunummer|vejnummer|numero da porta"
    "|numero de porta|numero de la calle|building number",
    "address_line_2": "address line 2|address line2|address 2|address2|addr 2|addr2|line 2|line2|street 2|street2"
    "|street line 2|street address 2|second address line|second line|additional address|address additional"
    "|additional address line|address addition|address extra|extra address|extra address line|apartment|apartment number"
    "|apt|apartment suite|suite|unit number|flat|flat number|building|floor|care of|c o|adresszusatz|adresszusatz 1"
    "|adress zusatz|anschriftzusatz|adresse zusatz|zusatz|zusatz 1|adresse 2|adresse2|adresszeile 2|anschrift 2|strasse 2"
    "|complement|complement d adresse|complement adresse|complement 1|adresse complement|adresse ligne 2|batiment|etage"
    "|appartement|residence|adres 2|adresregel 2|adres regel 2|adres aanvulling|extra adresregel|extra adres|verdieping"
    "|direccion 2|direccion2|linea de direccion 2|complemento|complemento de direccion|piso|piso y puerta"
    "|informacion adicional|indirizzo 2|indirizzo riga 2|presso|complemento indirizzo|adres linia 2"
    "|dodatkowy adres|adress 2|adressrad 2|lagenhet|lagenhetsnummer|vaning|adresselinje 2|additional address line 1|additional address line1|address cont|address continued|street cont|adresse suite|adresse fortsetzung|etage dor|sal|endereco 2|morada 2"
    "|andar|fracao|linha de endereco 2|toevoeging adres|adrestoevoeging",
    "po_box": "po box|pobox|p o box|postbox|postbus|postfach|boite postale|apartado|apartado de correos|casella postale"
    "|skrytka pocztowa|postboks|caixa postal",
    "postal_code": "postal code|postcode|pcode|post code|zip|zip code|zipcode|zip postal code|zip postcode|postal zip code|postal"
    "|postalcode|plz|postleitzahl|code postal|cp|cap|codigo postal|cod postal|codice postale|codice avviamento postale"
    "|c postal|cod post|kod poczt|kod pocztowy|kod|postnummer|postnr|post nr|cep|zip post code|postal zip",
    "city": "city|town|city town|town city|suburb|locality|plaats|woonplaats|plaatsnaam|gemeente|municipality|gemeinde|stad|ort|stadt|wohnort|ortschaft"
    "|ville|localite|commune|ciudad|poblacion|localidad|municipio|citta|comune|localita|miasto|miejscowosc|postort|by|bynavn"
    "|cidade|localidade|city name|nom de la ville",
    "country_code": "country code|country|ctry|country iso|country iso 2|country iso code|iso country|iso country code|iso code"
    "|country 2|country 3|land|landcode|landencode|landercode|landerkurzel|landeskurzel|lander code|landkurzel|land iso"
    "|pays|code pays|code pays iso|pais|codigo pais|codigo de pais|paese|nazione|codice paese|codice nazione|kraj|kod kraju"
    "|landkod|landskod|landekode|landskode|country name|nom du pays|nazwa kraju"
    "|country region|country or region|land region|land oder region|land regio|land omrade|pays region|pais region|paese regione|kraj region|region country",
    "state_province_code": "state code|province code|state|province|region|region code|county|provincie|bundesland|kanton"
    "|state province|province state|state region|state county|province name|state name|departement|provincia|estado|stato"
    "|comunidad autonoma|wojewodztwo|lan|distrito|prov|regione|regiao|region province",
    "phone_number": "phone number|phone|phone no|phone nr|phone 1|telephone|telephone number|tel|tel no|tel nr|mobile"
    "|mobile number|mobile phone|mobile no|cell|cell phone|contact number|contact phone|telefoon|telefoonnummer|tel nummer"
    "|telnummer|mobiel|mobiele nummer|mobiel nummer|telefon|telefonnummer|telefon nr|handy|handynummer|mobil|mobilnummer"
    "|mobiltelefon|numero de telephone|telephone portable|telephone mobile|portable|mobile portable|gsm|telefono"
    "|numero de telefono|telefono movil|movil|cellulare|numero di telefono|recapito telefonico|nr telefonu|numer telefonu"
    "|telefon komorkowy|komorka|telefonnr|mobilnr|tlf|tlf nr|telefone|telemovel|celular|numero de telefone|contacto telefonico",
    "email": "email|email address|e mail|e mail address|mail|mail address|emailadres|e mail adres|e mailadres|mailadres"
    "|e mail adresse|email adresse|mailadresse|adresse e mail|adresse email|adresse mail|courriel|correo|correo electronico"
    "|direccion de correo|direccion de email|indirizzo email|indirizzo e mail|posta elettronica|adres e mail|adres email"
    "|mejl|epost|e post|e postadress|epostadress|mailadress|e mailadresse|endereco de e mail|endereco de email"
    "|correio eletronico|email id",
}
NUMBER_WORDS: Final = "number|no|nr|numero"
"""House numbers only beside a street."""
IF_DIFFERENT: Final = (
    "if different|if other|si different|si differente|falls abweichend|wenn abweichend|falls anders|indien anders"
    "|indien afwijkend|si es diferente|si distinto|si es distinta|se diverso|se diversa|jesli inny|jesli inna|om annan"
    "|hvis anden|hvis anderledes|se diferente"
)
"""What may follow the headings of a delivery address."""
RANGES: Final = "from:to|von:bis|de:a|van:tot|da:a|od:do|fran:till|fra:til|desde:hasta"
"""Pairs of words for the two ends of a range, as in `House no. from` and `House no. to`."""
POSTCODE_DIGITS: Final = "cijfers|cijfer|numbers|digits|ziffern|chiffres|num|cijfergedeelte"
POSTCODE_LETTERS: Final = "letters|letter|buchstaben|lettres|lettergedeelte|alpha"
"""Words beside one for a postcode, where its digits and its letters have columns of their own, as in the Netherlands."""
FIRST_NAMES: Final = "first name|firstname|given name|forename|first|voornaam|vorname|prenom|imie|fornamn|fornavn|primeiro nome|nombre de pila"
MIDDLE_NAMES: Final = "middle name|tussenvoegsel|tussenvoegsels|middle initial|zweiter vorname|mellannamn|mellemnavn"
LAST_NAMES: Final = (
    "last name|lastname|surname|family name|last|achternaam|nachname|familienname|zuname|nom de famille|apellidos|apellido"
    "|primer apellido|cognome|nazwisko|efternamn|efternavn|sobrenome|apelido|apelidos|ultimo nome"
)
NUMBER_ADDITIONS: Final = (
    "house number addition|house number extension|house number suffix|house number ext|house number letter|number addition"
    "|number extension|number suffix|number add|huisnummer toevoeging|huisnummertoevoeging|huisnummer toevoegsel"
    "|huisnummer achtervoegsel|huisnummer extensie|huisnr toevoeging|nummer toevoeging|huisletter|toevoeging|addition|add|suffix|toev|toevoegsel|nr toev"
    "|house suffix|house extension|house addition|extension|hausnummer zusatz|hausnummerzusatz|hausnummernzusatz|hausnrzusatz|hausnr zusatz|hnr zusatz|busnummer|bus"
    "|bus nummer|bus nr|boite|bte|numero bis|indice de repetition|bis ter|esponente|barrato|nr lokalu|numer lokalu|nr mieszkania"
    "|numer mieszkania|lokal|mieszkanie|husbokstav|bogstav|bokstav|letra|porta"
)
THIRD_LINES: Final = (
    "name 2|name2|name 3|name3|namenszusatz|name zusatz|address 3|address3|address line 3|address line3|addr 3|addr3|line 3|line3|street 3|street3|street line 3|adresse 3"
    "|adresse3|adresszeile 3|adresszusatz 2|zusatz 2|adres 3|adresregel 3|complement 2|direccion 3|indirizzo 3|adress 3"
    "|door|entrance|staircase|uppgang|opgang|klatka|puerta|escalera|scala|interno|adresselinje 3|endereco 3|morada 3|address 4|address line 4|line 4|side|dor|side dor|sida"
)

ITEM_WORDS: Final = (
    "item|items|lineitem|line item|line|order item|order line|orderline|product|products|product item|article|articles|art"
    "|artikel|artikels|produkt|produkts|produkte|position|pos|produit|produits|du produit|de l article|del producto|producto"
    "|productos|articulo|del articulo|prodotto|del prodotto|prodotti|articolo|dell articolo|riga|produktu|produkty|towar"
    "|towaru|pozycja|pozycji|vara|varu|varans|vare|varens|produktets|produto|do produto|artigo|do artigo|bestelregel|regel"
    "|ligne|goods|des artikels|des produkts|offer|listing|lines|line items|lineitems|order lines|orderlines|order items"
    "|positions|auftragszeilen|auftragszeile|bestellzeilen|auftragspositionen|auftragsposition|bestellpositionen|bestellposition"
    "|positionen|lignes|lignes de la commande|lignes de commande|ligne de commande|lignes commande|lineas|linea"
    "|lineas del pedido|lineas de pedido|lineas pedido|linea de pedido|orderregels|orderregel|bestelregels|righe"
    "|righe ordine|righe dell ordine|riga ordine|riga d ordine|pozycje zamowienia|pozycja zamowienia|orderrader|orderrad"
    "|ordrelinjer|ordrelinje|linhas da encomenda|linhas do pedido|linhas|linha|oferty|angebots|objet|de l objet|oggetto"
)
ITEM_MEMBERS: Final = {
    "name": "name|title|naam|titel|tekst|text|bezeichnung|beschreibung kurz|nom|titre|designation|libelle|nombre|titulo|nome|titolo"
    "|nazwa|tytul|namn|navn|benamning|betegnelse|omschrijving|label",
    "quantity": "quantity|qty|amount ordered|count|menge|anzahl|aantal|hoeveelheid|quantite|qte|cantidad|cant|quantita"
    "|qta|ilosc|antal|maengde|mangd|quantidade|qtd|qtde|units|pieces|stuck|stk|szt",
    "unit_price/value": "price|unit price|cost|value|price per item|price per unit|price each|prijs|stuksprijs|preis"
    "|einzelpreis|stuckpreis|prix|prix unitaire|precio|precio unitario|prezzo|prezzo unitario|cena|cena jednostkowa|pris"
    "|styckpris|stykpris|enhedspris|preco|preco unitario|price incl tax|value per item|value eur",
    "unit_price/currency": "currency|value currency|price currency",
    "total_price/value": "total|total price|line total|subtotal|row total|amount|gesamtpreis|summe|totaal|regeltotaal"
    "|total ligne|importe|totale|razem|wartosc|summa|belopp|belob|total amount",
    "total_price/currency": "total currency",
    "sku": "sku|code|reference|ref|number sku|nummer|number|nr|no|numero|numer|codigo|codice|kod|kode|referentie|referencia|riferimento"
    "|reference number|number code|id sku",
    "description": "description|variant|variation|options|option|properties|attributes|beschreibung|description courte"
    "|descripcion|descrizione|opis|beskrivning|beskrivelse|descricao|variante|wariant|variant title|variation details"
    "|details|custom options|personalization|personalisation",
    "measurement/weight/value": "weight|gewicht|poids|peso|waga|vikt|vaegt|vagt|weight per item|weight per unit|weight each"
    "|unit weight|grams|masse|massa",
    "measurement/weight/unit": "weight unit|unit of weight",
    "hs_code": "hs code|hs|hscode|tariff|tariff number|tariff code|customs code|commodity code|harmonized code",
    "country_of_origin": "origin|country of origin|origin country|origin country code|country of manufacture|made in",
    "item_id": "id",
    "ean": "ean|gtin|barcode|upc",
    "image_url": "image url|image",
}
ITEM_ALONE: Final = {
    "name": "item name|product name|title|product title|product|titel|artikel|artikelname|materialkurztext|kurztext|material description|concepto|designacao|artikelbezeichnung|article"
    "|produkt|productnaam|producttitel|item description|omschrijving|bezeichnung|produktbezeichnung|produit|designation"
    "|libelle|producto|articulo|prodotto|articolo|nazwa produktu|nazwa towaru|towar|produktnamn|produktnavn|varenavn|vara"
    "|benamning|produto|artigo|item|artikelnaam|vare|varetekst|angebotstitel|offertitel|listing title|description of goods|contents description|articolo descrizione|nazwa oferty|oferta|tytul oferty|part description|part name|short text|item text|material text|artikeltext|artbez|art bez",
    "quantity": "quantity|qty|number of items|number of articles|number of products|number of units|number of pieces|items number|articles number|products number|quantity purchased|quantity ordered|quantity refund|menge erstattung|menge ruckerstattung|quantite remboursement|aantal terugbetaling|cantidad reembolso|quantita rimborso|ilosc zwrot|pieces|pcs|units|aantal|hoeveelheid|menge"
    "|anzahl|anz|stk|stuck|stuckzahl|stuks|quantite|qte|cantidad|cant|quantita|qta|pezzi|piezas|unidades|ilosc|ilosc sztuk"
    "|liczba sztuk|sztuk|szt|antal|antal stk|mangd|maengde|quantidade|qtd|qtde|no of items|unites|nombre d articles",
    "unit_price/value": "unit price|price per unit|price per item|price each|item value|price|value|waarde|wert|valeur|prijs|preis|prix|precio"
    "|prezzo|einzelpreis|stuckpreis|stukprijs|stuksprijs|prijs per stuk|prix unitaire|pu|precio unitario|precio por unidad"
    "|prezzo unitario|cena|cena jednostkowa|pris|styckpris|stykpris|enhedspris|a pris|preco|preco unitario|sold for"
    "|verkauft fur|vendu|vk preis|vk|verkaufspreis|prix de vente|precio de venta|prezzo di vendita|verkoopprijs"
    "|prijs per eenheid|price per each|selling price|sale price|cena sprzedazy|salgspris|forsaljningspris|preco de venda|price incl vat|item rate|nettopreis|bruttopreis|nettoprijs|brutoprijs|valor unitario"
    "|unit cost|declared value per unit|eenheidsprijs|ep|ep netto|ep brutto|price amount|pr unit|pvp|sku unit original price|sku unit price|unit original price",
    "total_price/value": "line total|item total|total price|amount|betrag|bedrag|importo|belopp|belob|row total|order line total|line amount|total line amount"
    "|regel totaal|regeltotaal|gesamtpreis|zeilensumme|positionssumme|total ligne|prix total|importe|importe total linea"
    "|total linea|totale riga|precio total|preis gesamt|prezzo totale|wartosc|cena calkowita|radsumma|linjetotal|totalpris|preco total|total da linha",
    "sku": "sku|ugs|variant sku|material number|material no|material nr|material code|materialnummer|materialnr|matnr|mat nr"
    "|nr materialu|numer materialu|indeks materialowy|numero de material|codigo de material|codigo material|numero materiale"
    "|codice materiale|numero de materiel|code materiel|code matiere|materiaalnummer|materiaalcode|materialekode|materialkod|article number|article no|article code|artikelnummer|artikelnr|artikel nr|artnr|item number|item no"
    "|product code|product reference|seller sku|merchant sku|stock keeping unit|custom label|custom label sku"
    "|bestandseinheit|reference article|reference produit|ref article|codigo de producto|codigo articulo|codice articolo"
    "|codice prodotto|kod produktu|symbol|sygnatura|produktnummer|varenummer|varunummer|varenr|referencia do produto"
    "|codigo do produto|part number|part no|cod articolo|cod prodotto|cod articulo|own sku|my sku|seller part number|merchant item number|eigene artikelnummer"
    "|interne artikelnummer|handler sku|reference vendeur|ref vendeur|referencia del vendedor|codice venditore"
    "|libelle personnalise|etiqueta personalizada|etichetta personalizzata|item code|art nr|varenr|own item no|own item number|own article number|eigene art nr|sku del vendedor|sku vendedor|model|products model|product model|item model",
    "description": "variant|variations|variation|variation details|variant title|variant name|item properties|options"
    "|selected options|product options|attributes|description|variante|variation du produit|declinaison|varianten|opcje"
    "|opciones|opzioni|opcoes|desc|descr|alternativ|item options|beschreibung|descripcion|descrizione|opis|beskrivning|beskrivelse|descricao|personalization|personalisation",
    "measurement/weight/value": "item weight|unit weight|weight per item|weight per unit|weight each|product weight"
    "|stuckgewicht|einzelgewicht|artikelgewicht|poids unitaire|poids article|gewicht per stuk|stukgewicht|peso unitario"
    "|waga jednostkowa|styckvikt|stykvaegt",
    "measurement/weight/unit": "item weight unit",
    "hs_code": "hs code|hscode|harmonized system code|harmonised system code|tariff number|tariff code|customs code"
    "|customs tariff number|zolltarifnummer|warentarifnummer|goederencode|gn code|commodity code|hs tariff number"
    "|hs tariff code|code sh|code douanier|nomenclature douaniere|codigo hs|codigo arancelario|codice hs|codice doganale"
    "|kod hs|kod cn|kod celny|tullkod|toldkode|codigo pautal|taric",
    "country_of_origin": "country of origin|origin country|origin|origin country code|land van herkomst|ursprungsland"
    "|herkunftsland|country of manufacture|made in|pays d origine|pais de origen|paese di origine|paese d origine"
    "|kraj pochodzenia|ursprungsland kod|oprindelsesland|pais de origem",
    "item_id": "order item id|line item id|lineitem id|item id|positions id|position id|bestellposten id|bestellpositions id",
    "product_id": "product id|asin|listing id|listing number|listing no|listing nr|offer id|offer no|offer number|angebots nr|angebotsnr|numer oferty|id oferty|angebotsnummer|ebay item number|ebay item id",
    "variant_id": "variant id|variation id",
    "ean": "ean|gtin|barcode|ean code|ean13|upc|streepjescode|strichcode|code barre|codigo de barras|codice a barre"
    "|kod kreskowy|streckkod|stregkode",
    "manufacturer_product_id": "manufacturer product id|mpn|manufacturer part number|manufacturer part no"
    "|manufacturer number|manufacturer code|supplier product code|herstellernummer|fabrikantnummer",
    # A column named GTIN or UPC fills the item's EAN, unless another column does; then it fills this field.
    "manufacturer_product_id_std": "manufacturer product id std|standard product id|gtin|upc|gtin 14|gtin14"
    "|global trade item number|isbn|jan",
    "image_url": "image url|product image",
    "mid_code": "mid code",
    "material_content": "material content|material composition|composition|fabric|material|materiaal|materiale|material"
    "|matiere|zusammensetzung|samenstelling|composicion|composizione|materialzusammensetzung",
    "intended_use": "intended use",
}
QUANTITY_QUALIFIERS: Final = (
    "ordered|order|purchased|sold|bestellt|bestellte|besteld|bestelde|commandee|commande|commandees|vendue|pedida"
    "|vendida|ordinata|ordinate|venduta|zamowiona|zamowionych|sprzedana|bestallt|bestalld|bestallda|bestilte|vendidas|bestilt|solgt|encomendada|de|of"
    "|des|to|ship|auftrags|bestell|best|bestel|auftrags|order|number|no|nr|nombre|numero|liczba|gekaufte|verkaufte|achetee"
    "|acquistata|acquistate|comprada|verkocht|kupiona|st|stuks|stk|szt|sztuk|ud|uds|pz|stykker|sold|pcs"
)
QUANTITY_WORDS: Final = (
    "quantity|qty|qte|quantite|menge|anzahl|anz|aantal|hoeveelheid|cantidad|quantita|qta|ilosc|antal|mangd"
    "|maengde|quantidade|qtd|qtde|units|pieces|stk|stuck|stuckzahl|aant|uds|unid|unids|unidades|unidade|szt|sztuk|stuks|pezzi"
    "|positionsmenge|bestellmenge|auftragsmenge|artikelanzahl|pz|pcs|pce|piezas|stykker|q ta"
)

ORDER_WORDS: Final = (
    "order|orders|bestellung|bestell|auftrag|auftrags|commande|de commande|de la commande|bestelling|bestel|pedido|del pedido"
    "|ordine|dell ordine|zamowienie|zamowienia|bestallning|bestallnings|ordre|ordrer|encomenda|da encomenda|do pedido|sale"
    "|sales|your|parcel|shipment|package|paket|colis|pakket|to"
)
ORDER_MEMBERS: Final = {
    "order_number": "number|no|nr|num|nummer|reference|ref|name|numero|numer|referentie|referencia|riferimento|n",
    "order_id": "id",
    "order_details/status/code": "status|state|statut|etat|estado|stato|stan",
    "order_details/order_created_at": "date|datum|created|created at|placed|placed at|date time|timestamp|du|fecha|data|dato"
    "|date order",
    "order_details/notes": "notes|note|comment|comments|remarks|opmerking|bemerkung|kommentar|commentaire|comentario"
    "|commento|uwagi|observacoes",
    "payment_details/total_price/value": "total|amount|value|total amount|grand total|summe|betrag|gesamtbetrag|gesamtsumme"
    "|montant|montant total|totaal|totaalbedrag|bedrag|importe|totale|importo|wartosc|kwota|summa|belob|valor|total price",
    "payment_details/total_price/currency": "currency",
    "payment_details/subtotal_price/value": "subtotal|subtotal amount",
    "payment_details/estimated_shipping_price/value": "shipping|shipping amount|shipping cost|shipping price|postage",
    "payment_details/estimated_tax_price/value": "tax|tax amount|total tax amount|vat",
    "shipping_details/measurement/weight/value": "weight|gewicht|poids|peso|waga|vikt|vaegt",
    "shipping_details/measurement/weight/unit": "weight unit",
}
ORDER_ALONE: Final = {
    "order_number": "order number|order reference|order no|order nr|order name|bestelnummer|bestellnummer"
    "|bestellnr|bestell nr|auftragsnummer|auftragsnr|auftrag|ordernummer|ordernr|ordrenummer|ordrenr|numero de commande"
    "|n de commande|no commande|order ref|numero de pedido|numero pedido"
    "|numero ordine|n ordine|numer zamowienia|nr zamowienia|bestallningsnummer|numero da encomenda|numero do pedido"
    "|numero de encomenda|order|pedido|ordine|zamowienie|commande|bestellung|bestelling|verkaufsprotokollnummer|ordre|sales order|so number|so no|so|sales order number|sales order no|belegnummer|belegnr|beleg nr"
    "|vorgangsnummer|bestellreferenz|auftragsreferenz|reference de la commande|reference de commande|reference commande"
    "|ref commande|referencia del pedido|referencia de pedido|referencia pedido|orderreferentie|bestelreferentie"
    "|riferimento ordine|encomenda|referencia da encomenda|referencia do pedido|orderreferens|ordrereference|num ordine|sendungsreferenz",
    "order_id": "order id|external order id|orderid|shop order id|external reference|amazon order id|id de commande"
    "|id commande|bestell id|id pedido|id ordine|id zamowienia",
    "order_details/integration/id": "shop|integration id|integration|shop id|sendcloud integration",
    "order_details/status/code": "order status|status|fulfillment status|fulfilment status|bestellstatus|auftragsstatus"
    "|bestelstatus|statut|statut de la commande|statut commande|etat|estado|estado del pedido|stato|stato ordine"
    "|stato dell ordine|status zamowienia|orderstatus|ordrestatus|estado da encomenda|estado do pedido"
    "|bearbeitungsstatus|verarbeitungsstatus|abwicklungsstatus|vorgangsstatus|orderstatus shop|stan|stan zamowienia"
    "|etat de la commande|etat commande|estado de pedido|bestelling status|processing status|shop status",
    "order_details/order_created_at": "order date|ordered at|created at|purchase date|date|sale date|order created at"
    "|ordered on|order placed at|besteldatum|bestelldatum|auftragsdatum|date created|order placed|created|created on"
    "|date added|orderdatum|datum|order date time|date de commande|date commande|date de la commande|date d achat|fecha"
    "|fecha de pedido|fecha del pedido|fecha pedido|data ordine|data dell ordine|data|data zamowienia|data zlozenia"
    "|bestallningsdatum|ordredato|dato|data da encomenda|data do pedido|verkauft am|kaufdatum|transaction date|erstelldatum|erstellungsdatum|erstellt am|aankoopdatum|orderdatum en tijd|date achat"
    "|fecha de compra|fecha compra|data acquisto|data di acquisto|data zakupu|inkopsdatum|kobsdato|data da compra|data de compra"
    "|date d achat|date creation|date de creation|fecha de creacion|data creazione|data utworzenia|skapad|oprettet"
    "|document date|doc date|data doc|data documento|belegdatum|date document|date du document|date piece|fecha documento|fecha doc"
    "|documentdatum|data dokumentu|dokumentdatum|dokumentdato|data do documento",
    "order_details/order_updated_at": "updated at|last update date|modified|date updated|last modified",
    "order_details/notes": "customer note|customer notes|buyer note|note from buyer|note to seller|customer message|notes"
    "|note|order note|order notes|order comment|comment|comments|remarks|opmerking|opmerkingen|bemerkung|bemerkungen"
    "|anmerkung|anmerkungen|kommentar|kundenkommentar|commentaire|commentaires|remarque|nota|notas|comentarios|commenti|uwagi"
    "|meddelande|bemaerkning|observacoes|delivery instructions|delivery notes|lieferhinweis|instructions de livraison"
    "|klantopmerking|customer comment|message|special instructions|instructions|hinweis|hinweise|lieferhinweise|zustellhinweis",
    "order_details/tags": "tags|labels",
    "payment_details/total_price/value": "order total|total|grand total|order total amount|order value|order amount|totaal|razem|i alt|lacznie|total paye|total pagado|totale pagato|total pago|endbetrag|endsumme|att betala"
    "|at betale|te betalen"
    "|gesamt|grand total purchased|total amount|total order value|total paid|amount paid|gesamtbetrag|gesamtsumme"
    "|totaalbedrag|montant total|montant|total ttc|importe total|total pedido|totale|totale ordine|suma|do zaplaty"
    "|wartosc zamowienia|summa|totalt|total a pagar|valor total|ordertotal|rechnungsbetrag|summe",
    "payment_details/total_price/currency": "currency|currency code|order currency|curr|curr code|wahr|valuta|valutakod|valutakode|wahrung"
    "|wahrungscode|devise|moneda|divisa|waluta|moeda",
    "payment_details/subtotal_price/value": "subtotal|order subtotal|order subtotal amount|subtotaal|zwischensumme|zwischensumme der bestellung|bestellung zwischensumme"
    "|sous total|subtotale|delsumma",
    "payment_details/status/code": "payment status|estado pago|etat paiement|etat du paiement|statut paiement|stan platnosci|estado pagamento|financial status|paid|payment state|betaalstatus|betaald|zahlungsstatus|zahlstatus"
    "|bezahlt|statut de paiement|statut du paiement|paye|estado de pago|estado del pago|pagado|stato pagamento|pagato"
    "|status platnosci|oplacone|betalningsstatus|betald|betalingsstatus|betalt|estado do pagamento|pago",
    "payment_details/estimated_shipping_price/value": "shipping|shipping price|order shipping amount|shipping cost"
    "|order shipping|shipping costs|shipping amount|shipping total|shipping fee|verzendkosten|versandkosten|versand"
    "|shipping and handling|shipping rate|shipment costs|shipment cost|delivery costs|delivery cost|postage|postage and packaging|postage and packing|verpackung und versand|frais de port"
    "|frais de livraison|frais d expedition|gastos de envio|gastos envio|costes de envio|spese di spedizione|costi di spedizione"
    "|koszt wysylki|koszt dostawy|frakt|fraktkostnad|fragt|portes|portes de envio|custos de envio|line shipping|item shipping|shipping per item|shipping per line"
    "|item shipping price|item shipping cost|line shipping cost|versandkosten pro artikel|versandkosten je artikel"
    "|versandkosten je position|versandkosten pro position|verzendkosten per artikel|verzendkosten per regel"
    "|frais de port par article|frais de port ligne|gastos de envio por articulo|spese di spedizione per articolo"
    "|spedizione e imballaggio|gastos de envio y manipulacion|verzend en verpakkingskosten",
    "payment_details/estimated_tax_price/value": "tax|taxes|order total tax amount|tax amount|tax total|vat|vat amount"
    "|order tax|mwst|steuer|btw|tva|iva|moms|podatek",
    "payment_details/discount_granted/value": "discount|discount amount|discount total|cart discount amount|cart discount|warenkorb rabattbetrag|warenkorbrabatt|rabattbetrag|korting|rabatt"
    "|remise|reduction|descuento|sconto|rabat|desconto",
    "payment_details/insurance_costs/value": "insurance|insured value|insurance amount",
    "payment_details/invoice_date": "invoice date|factuurdatum|rechnungsdatum|date de facture|fecha de factura|data fattura",
    "payment_details/is_cash_on_delivery": "cash on delivery|cod|nachnahme|rembours|contre remboursement|contrassegno"
    "|contrareembolso|pobranie",
    "customs_details/commercial_invoice_number": "commercial invoice|customs invoice number|invoice number"
    "|commercial invoice number|customs invoice nr|rechnungsnummer|factuurnummer|numero de facture|numero fattura",
    "customs_details/shipment_type": "customs shipment type",
    "customs_details/export_type": "export type",
    "shipping_details/delivery_indicator": "delivery indicator|delivery method|shipping method|shipping method title"
    "|shipping service|ship service level|delivery option|checkout shipping method|delivery wish|versandart|verzendmethode"
    "|mode de livraison|metodo de envio|metodo di spedizione|sposob dostawy|sposob wysylki|fraktsatt|leveransmetod"
    "|leveringsmetode|metodo de entrega|postage service|requested shipping service",
    "shipping_details/ship_with/properties/shipping_option_code": "shipping option|shipping option code|ship with",
    "shipping_details/ship_with/properties/contract_id": "contract|contract id",
    "shipping_details/measurement/weight/value": "weight|parcel weight|total weight|order weight|shipping weight|versandgewicht|verzendgewicht|gewicht|gesamtgewicht"
    "|paketgewicht|poids|poids total|poids du colis|peso|peso total|peso totale|waga|waga paczki|vikt|vaegt|totaalgewicht"
    "|shipment weight|package weight|gross weight|bruttogewicht|brutto gewicht|poids brut|peso bruto|peso lordo|waga brutto|bruttovikt|bruttovaegt",
    "shipping_details/measurement/weight/unit": "weight unit|unit of weight|weight uom|parcel weight unit|gewichtseinheit"
    "|unite de poids|gewichtseenheid|unidad de peso|unita di peso",
    "shipping_details/measurement/dimension/length": "length|parcel length|lengte|lange|longueur|largo|lunghezza|dlugosc"
    "|langd|laengde|comprimento",
    "shipping_details/measurement/dimension/width": "width|parcel width|breedte|breite|largeur|ancho|larghezza|szerokosc"
    "|bredd|bredde|largura",
    "shipping_details/measurement/dimension/height": "height|parcel height|hoogte|hohe|hauteur|alto|altezza|wysokosc|hojd"
    "|hojde|altura",
    "shipping_details/measurement/dimension/unit": "dimension unit|size unit|dimensions unit",
    "shipping_details/is_local_pickup": "local pickup|is local pickup",
    "service_point_details/id": "service point id|service point|to service point|to service point id|afhaalpunt",
    "service_point_details/carrier_service_point_id": "carrier service point id|pickup point id|parcel shop id",
    "service_point_details/post_number": "post number|to post number",
}
WEAK: Final = {
    "order_number": "reference|ref|referentie|referenz|referencia|riferimento|reference 1|referenz 1|referenz1|kundenreferenz"
    "|customer reference|sales document|sales doc|sales document no|sales document number|referens|reference client|document number|document no|doc n|n doc|nr doc|doc no|doc nr|num documento|nr dokumentu"
    "|n documento|numero documento|n piece|verkaufsbeleg|numer dokumentu|num doc|documento|document de vente|no doc|dokumentnr|dokumentnummer|documentnummer|verkooporder|verkoopordernr|best nr|bestnr"
    "|po number|po no|number po|po|purchase order|purchase order number|customer po",
    "item:sku": "reference|ref|referencia|riferimento|referens|code|codigo|codice|kod",
    "item:name": "name|naam|nom|nombre|nome|nazwa|namn|navn",
    "item:quantity": "nombre|numero|count|no of items|q|st",
    "service_point_details/post_number": "postnummer",
}
"""Words that name too many things. Such a column has this field only if no other column has it, in this order."""
TITLES: Final = "title|titel|titre|titolo|titulo|tytul"
"""Words for the name of an article. Beside the name of a person they mean `Mrs` or `Dr.`."""
SALUTATIONS: Final = (
    "salutation|anrede|civilite|tratamiento|aanhef|courtesy title|name prefix|prefix|honorific|zwrot|zwrot grzecznosciowy"
    "|tilltal|tiltale|tratamento|appellativo|titolo di cortesia|titre de civilite|gender|geschlecht|geslacht|genre"
)
"""Columns with `Mrs` or `Frau`, also of an address; they are not part of a name on a parcel."""
OPTIONS: Final = (
    "colour|color|farbe|kleur|couleur|colore|kolor|farg|farve|cor|size|grosse|groesse|maat|taille|talla|taglia|rozmiar"
    "|storlek|storrelse|tamanho"
)
"""Columns of what a customer chose, which are joined as the description of an item."""
DESCRIPTIONS: Final = (
    "description|desc|descr|beschreibung|artikelbeschreibung|produktbeschreibung|omschrijving|artikelomschrijving|descripcion"
    "|descrizione|opis|beskrivning|beskrivelse|descricao|descriptif"
)
"""An item without a name has that of such a column."""
NOTE_WORDS: Final = (
    "note|notes|notitie|notities|comment|comments|message|messages|remark|remarks|instructions|notiz|bemerkung|bemerkungen|anmerkung|anmerkungen"
    "|kommentar|kommentare|nachricht|hinweis|opmerking|opmerkingen|bericht|commentaire|commentaires|remarque|nota|notas"
    "|comentario|comentarios|mensaje|commento|commenti|messaggio|uwagi|uwaga|wiadomosc|komentarz|meddelande|anteckning"
    "|bemaerkning|besked|observacoes|mensagem"
)
NOTE_WRITERS: Final = (
    "customer|customers|buyer|buyers|client|shopper|kunde|kunden|kaufer|kaufers|klant|koper|acheteur|cliente|comprador"
    "|acquirente|klient|klienta|kupujacy|kupujacego|kund|kundens|kopare|kober|kundes"
)
"""A note of one of these is the customer's; it is preferred to a bare `Note`, which is often the shop's own."""
PER_PIECE: Final = (
    "unit|each|ea|per unit|per item|per piece|per pc|a piece|p st|per stuk|per st|pro stuck|pro stk|je stuck|je stk|stuck|stk|st"
    "|unitaire|unit ht|a l unite|par unite|unitario|unitaria|ud|por unidad|por ud|uni|unid|per unita|cad|cadauno|za sztuke|za szt"
    "|jedn|jednostkowa|szt|per styck|styck|pr stk|per stk|por unid"
)
PRICE_WORDS: Final = "price|preis|prijs|prix|precio|prezzo|cena|pris|preco|cost|p|vk preis|vk"
WITH_TAXES: Final = "incl|inc|including|inkl|brutto|bruto|gross|ttc|incluido|incluida|incluidos|ivato|inclusa|incluso|mit|con|com|toutes|comprises"
WITHOUT_TAXES: Final = (
    "excl|ex|excluding|exc|exkl|zzgl|ohne|without|netto|net|neto|ht|hors|imponibile|esclusa|escluso|sin|sem|excluido"
)
TAXES: Final = "tax|taxes|vat|mwst|ust|btw|tva|taxe|taxes|iva|impuestos|moms|podatek|vatem"
"""Words beside an amount about its taxes, which do not change what the amount is of."""
ADDRESS_NOUNS: Final = (
    "address|addr|adresse|adr|anschrift|adres|direccion|indirizzo|adress|morada|endereco|destination|consignee"
    "|to|an|a|do|naar|aan|till|til"
)
"""A place alone, such as `Delivery address`, is a street only with one of these words or written together with it."""


COMPOUND_HEADS: Final = (
    "liefer|lieferungs|versand|zustell|empfanger|rechnungs|kunden|kaufer|besteller|aflever|bezorg|verzend|lever"
    "|factuur|klant|leverans|fakturerings|faktura|mottagar|kund|leverings|modtager|kunde|shipto|billto|ship|bill"
    "|shipping|billing|delivery|recipient|receiver|artikel|produkt|product|bestell|bestel|auftrags|order|ordre"
    "|ordrer|vare|varu|bestallnings|orders"
)
"""Beginnings of words written together, as in `Lieferstrasse`, `afleverpostcode` or `shiptocity`."""

CONNECTORS: Final = (
    "de|du|des|d|l|la|le|les|del|della|dello|dell|do|da|dos|das|di|der|die|das|den|van|het|the|of|for|fur|for|per"
    "|til|till|para|voor|pour|i|na|no|a|zu|zur|zum|och|og|und|and|et|e|y|en"
)

TECHNICAL: Final = (
    "id|ids|uuid|guid|key|token|hash|fee|fees|fess|commission|url|link|image|picture|photo|utm|campaign|marketing"
    "|newsletter|accepts|ip|agent|browser|device|gateway|processor|transaction|payout|authorization|card|brand"
    "|risk|fraud|source|channel|referrer|affiliate|employee|staff|user|username|login|nutzername|website|site"
    "|locale|language|sprache|langue|taal|group|gruppe|created|updated|modified|imported|exported|printed|synced"
    "|timestamp|version|checksum|tax|taxes|vat|mwst|btw|tva|iva|moms|taxable|duty|duties|compare|vendor|supplier"
    "|brand|category|categories|collection|stock|inventory|warehouse|location|currency|rate|exchange|payment"
    "|method|methode|zahlungsart|betaalwijze|paiement|pago|pagamento|platnosc|betalning|betaling|coupon|discount"
    "|rabatt|remise|korting|gift|card|loyalty|points|tracking|trackingnumber|carrier|label|invoice|rechnung"
    "|facture|factuur|credit|refund|refunded|outstanding|balance|net|adjusted|receipt|terms|due|fulfilled|paid"
    "|feedback|promoted|listings|listing|type|types|condition|meta|attribute|export|import|row|line|import|key"
    "|subtotal|total|totals|score|estimated|minimum|maximum|promise|reporting|bundle|parent|child|is|has|requires"
    "|digital|download|permissions|base|margin|profit|shipping|service|days|past|business|prime|replacement"
    "|verification|visibility|seller|gdpr|consent|tags|date|time|at|on|sold|via|shipment|web|store|pos"
    "|zahlungsmethode|betaalmethode|forma|metodo|metoda|sposob|platnosci|betalsatt|betalningssatt|betalingsmetode|satz|mode|moyen"
    "|kundennummer|kundennr|klantnummer|klantnr|kundnummer|kundenummer|anrede|salutation|civilite|tratamiento|aanhef"
    "|betalingsvillkor|fulfillment|fulfilment|sales|last|abrechnungsnummer|abrechnung|latest|earliest|pseudo"
    "|kundengruppe|kundegruppe|kundgrupp|klantgroep|grupo|gruppo|groupe|grupa|sprak|sprog|lingua|jezyk|idioma"
    "|corriere|vettore|transporteur|vervoerder|transportista|transportadora|kurier|przewoznik|fraktbolag|transportor"
    "|nif|cif|nip|fiscale|fiscal|codice|kanal|canal|canale|kanaal"
)
"""A column is technical if each of its words is one of these; its values are not part of an order."""
PICKUP_POINTS: Final = (
    r"(pick ?up|service|parcel|collection|relay|drop off) (point|shop|station|locker)|packstation|abholstation|abholpunkt|paketshop|paketautomat"
    r"|point relais|relais colis|pakketpunt|afhaalpunt|ophaalpunt|punto de recogida|punto di ritiro|punkt odbioru|paczkomat"
    r"|ombud|utlamningsstalle|pakkeshop|pakkeautomat|ponto de recolha"
)
"""Words for a place where the recipient collects the parcel, as a regular expression."""
NO_ADDRESS: Final = (
    "ip|mac|web|fiscale|fiscal|website|url|link|mail|email|card|payment|bank|wallet|tax|vat|mwst|browser|device|currency|origin|herkunft"
    "|manufacture|store|shop|branch|filiale|filial|vestiging|agence|sucursal|oddzial|pos|seller|warehouse|location|username|nutzername|login|id|ids|type|status|service|method|usuario"
    "|utente|pseudo|zone|fee|rate|gps|lat|lng"
)
"""A column with one of these words is not part of an address, even if it has words of addresses."""
NEUTRAL: Final = (
    "order|item|items|lineitem|line|product|article|artikel|produkt|number|no|nr|nummer|code"
    "|name|value|amount|level|details|info|status|reason|text|data|field|custom|other|total|title|price|cost|customer|client|cliente|klient|kunde|klant"
    "|kund|buyer|address|ship|by|bis|de|numero|numer"
)
"""Words that a technical column may have in addition to technical ones."""
FLAT_NUMBERS: Final = "nr lokalu|numer lokalu|nr mieszkania|numer mieszkania|lokal|mieszkanie"
"""House number additions that are written after a slash, as in `5/7`."""
ATTENTION: Final = (
    "att|att til|attention|attn|fao|tav|t a v|ter attentie van|z hd|zhd|zu handen|zu handen von|a l attention de"
)
"""Words for a person. Beside a recipient they mean somebody at the recipient's address."""
CENTS: Final = (
    "cents|cent|ct|cts|centen|eurocent|eurocents|pence|centime|centimes|centesimi|centimos|centimo|centavos|grosze|groszy|groszach|ore|subunits"
    "|minor"
)
"""Words of headings of amounts in hundredths, as in `Price (cents)` and `amount minor units`."""
PREFIXES: Final = {
    "c/o": "c o|care of",
    "Att.": ATTENTION,
    "bus": "bus|busnummer|bus nr",
    "bte": "boite|bte",
    "int.": "interno|int",
    "scala": "scala",
    "lgh": "lgh|lagenhet|lagenhetsnummer|lagenhetsnr",
    "apt": "apt|apartment|apartment number",
    "flat": "flat|flat number",
    "suite": "suite",
}
"""What a part of an address needs before it, because only its heading says what it is."""
UNCERTAIN_NUMBERS: Final = (
    "number|no|nr|numero|suffix|addition|add|extension|letra|porta|lokal|bus|toev|toevoeging|boite"
)
"""House numbers or parts of them only beside a street or a house number."""
ANY_NUMBERS: Final = "number|no|nr|numero|num|nummer|numer|n|id"
"""Words for any kind of number."""
ADDITION_ENDINGS: Final = (
    "addition|add|ext|extension|suffix|letter|zusatz|toev|toevoeging|toevoegsel|bogstav|bokstav|bis|ter|letra|esp"
    "|esponente"
)
"""Words after one for a house number that make it a house number addition."""
CURRENCIES: Final = "eur|euro|euros|usd|gbp|chf|pln|sek|dkk|nok|czk|huf|ron|bgn|cad|aud|nzd|jpy|cny|try|brl|mxn|zar"
"""Currencies in headings, normalized."""
