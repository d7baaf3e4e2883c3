"""Song titles in German, Swedish, Finnish, Polish and Turkish."""

from setlist.sandbox.catalogue.grammar import Grammar

GERMAN = Grammar(
    """
        {whole} | {whole} | {whole} | {noun} | {noun} | {noun} aus {stuff} | {noun} & {noun} | {place} |
        Nachts in {place} | Zurück nach {place} | {name} | Brief an {name} | {verb} | {verb} ({aside}) |
        Ohne {stuff} | {adverb} | {stuff}{tail} | {number} {plural}
    """,
    whole="""
        Bis es hell wird | Fast wie zu Hause | Der letzte Bus | Was wir nicht sagen | Morgen vielleicht |
        Halb so wild | Alles auf Anfang | Kein Grund zur Eile | Lieder für niemand | Gegen den Strom |
        Wenn der Regen schweigt | Sonntagskind | Nichts bleibt liegen | Wir waren doch Freunde |
        Irgendwo dazwischen | Kopf über Wasser | Sag’s noch mal leise | Zwischen den Jahren |
        Schönwettertage | Auf dem Dach der Welt | Nur für heute | Das Meer weiß Bescheid
    """,
    noun="""
        Fenster | Fernweh | Straßenlicht | Spiegel | Übermut | Laternen | Heimweg | Horizont | Sommerregen |
        Flügel | Karussell | Schatten | Echo | Größenwahn | Brücken | Zugvögel | Nebel | Kompass | Herbst |
        Treppenhaus
    """,
    stuff="Papier | Glas | Zucker | Sand | Asche | Honig | Silber | Rauch | Holz | Samt | Gold | Schnee",
    tail="herz | regen | stadt | tage | träume | land | flug | kind",
    place="Hamburg | Leipzig | Wien | Köln | Zürich | Lissabon | Dresden | Paris | Basel | Warnemünde",
    name="Johanna | Karl | Marlene | Friederike | Anton | Lotte | Jonas | Greta | Käthe | Emil",
    verb="""
        Atme | Warte auf mich | Komm zurück | Tanz weiter | Halt mich fest | Lauf | Vergiss es |
        Dreh dich um | Bleib
    """,
    aside="noch einmal | wenn du willst | allein | für dich | bis zum Schluss",
    adverb="Irgendwann | Beinahe | Trotzdem | Rückwärts | Anderswo | Langsam | Übermorgen | Unterwegs",
    number="Drei | Sieben | Tausend | Neunundneunzig | Zwölf | Hundert",
    plural="Lieder | Sommer | Nächte | Straßen | Wörter | Sterne | Gründe | Boote",
)

SWEDISH = Grammar(
    """
        {whole} | {whole} | {noun} | {noun} | {noun} av {stuff} | {noun} och {noun} | {place} |
        Hem till {place} | {name} | Brev till {name} | {verb} | {verb} ({aside}) | Utan {stuff} | {adverb}
    """,
    whole="""
        Innan det ljusnar | Nästan framme | Sista tåget norrut | Allt vi inte sa | Halvvägs till havet |
        Aldrig mer november | Som om ingenting hänt | Vänta på snön | En låt om ingenting |
        Fönster mot gården | Kanske imorgon | Två steg bak | Du glömde din jacka | Tystare nu | När isen går
    """,
    noun="""
        Natten | Älven | Staden | Vinden | Månen | Spegeln | Regnet | Vägen | Sommaren | Skuggan |
        Elden | Snön | Fyren | Skogen | Ön
    """,
    stuff="papper | glas | socker | sand | aska | honung | silver | rök | trä | sammet | guld | dimma",
    place="Göteborg | Malmö | Visby | Umeå | Åre | Luleå | Ystad | Bergen | Skagen | Kiruna",
    name="Astrid | Elsa | Björn | Linnéa | Sigrid | Nils | Ebba | Malin | Åsa | Tove",
    verb="Andas | Jag väntar | Kom tillbaka | Dansa | Väck mig | Glöm det | Håll om mig | Spring | Stanna",
    aside="igen | om du vill | ensam | för dig | till slutet",
    adverb="Någonstans | Nästan | Ändå | Baklänges | Långsamt | Aldrig | Alltid",
)

FINNISH = Grammar(
    """
        {whole} | {whole} | {noun} | {noun} | {noun} ja {noun} | {of} {noun} | {place} | {name} | {verb} |
        {verb} ({aside})
    """,
    whole="""
        Ennen aamua | Melkein kotona | Viimeinen juna | Kaikki mitä jäi | Ehkä huomenna |
        Puolitiessä merelle | Odota lunta | Laulu ei mistään | Ikkuna pihalle | Hiljaa nyt |
        Kun jää lähtee | Kaksi askelta | Syyskuun jälkeen
    """,
    noun="""
        Yö | Joki | Kaupunki | Tuuli | Kuu | Peili | Sade | Tie | Kesä | Varjo | Tuli | Lumi | Majakka |
        Metsä | Saari | Revontuli
    """,
    of="Talven | Pohjoisen | Hopeinen | Vanha | Hiljainen | Äidin | Meren | Viimeinen | Valkoinen | Pitkä",
    place="Helsinki | Turku | Rovaniemi | Inari | Hanko | Oulu | Tampere | Porvoo",
    name="Aino | Kerttu | Väinö | Eeva | Hilma | Onni | Saara | Tyyne",
    verb="Hengitä | Odotan | Tule takaisin | Tanssi | Herätä minut | Unohda | Juokse | Jää",
    aside="taas | jos haluat | yksin | sinulle | loppuun asti",
)

POLISH = Grammar(
    """
        {whole} | {whole} | {noun} | {noun} | {noun} z {stuff} | {noun} i {noun} | {place} |
        Powrót do {to} | {name} | List do {dear} | {verb} | {verb} ({aside}) | Bez {stuff}
    """,
    whole="""
        Zanim wstanie dzień | Prawie w domu | Ostatni tramwaj | Czego nie mówimy | Może jutro |
        Serce z papieru | Cisza po burzy | Piosenka o niczym | Okno na podwórko | Dwa kroki w tył |
        Wszystko od nowa | Gdzie śpią ptaki | Jeszcze nie pora | Światło w bramie
    """,
    noun="""
        Noc | Rzeka | Miasto | Wiatr | Księżyc | Lustro | Deszcz | Droga | Lato | Cień | Ogień | Śnieg |
        Latarnia | Las | Łódź | Źródło
    """,
    stuff="papieru | cukru | piasku | popiołu | miodu | dymu | drewna | aksamitu | mgły | wiatru | waty",
    place="Kraków | Gdańsk | Łódź | Wrocław | Sopot | Zakopane | Lublin | Poznań",
    to="Krakowa | Gdańska | Łodzi | Wrocławia | Sopotu | Lublina | Poznania | Warszawy",
    name="Agnieszka | Małgorzata | Zofia | Kazimierz | Jadwiga | Wiesława | Tadeusz | Hania",
    dear="Agnieszki | Zofii | Kazimierza | Jadwigi | Tadeusza | Hani",
    verb="Oddychaj | Czekam | Wróć | Tańcz | Obudź mnie | Zapomnij | Biegnij | Zostań",
    aside="jeszcze raz | jeśli chcesz | samotnie | dla ciebie | do końca",
)

TURKISH = Grammar(
    """
        {whole} | {whole} | {noun} | {noun} | {noun} ve {noun} | {adjective} {noun} | {place} |
        {place} Geceleri | {name} | {verb} | {verb} ({aside})
    """,
    whole="""
        Sabah Olmadan | Neredeyse Evde | Son Vapur | Söylemediklerimiz | Belki Yarın | Kâğıttan Kalp |
        Yağmurdan Sonra | Hiçbir Şeyin Şarkısı | Avluya Bakan Pencere | İki Adım Geri | Kuşlar Nerede Uyur |
        Bir Çay Daha | Ağustos Biter mi | Işıklar Sönünce
    """,
    noun="""
        Gece | Nehir | Şehir | Rüzgâr | Ay Işığı | Ayna | Yağmur | Yol | Yaz | Gölge | Ateş | Kar |
        Fener | Orman | Ada | İstasyon
    """,
    adjective="Sessiz | Uzak | Kırık | Gümüş | Deli | Eski | Mavi | Yorgun | Son | Gizli",
    place="İstanbul | İzmir | Ankara | Kadıköy | Bodrum | Mardin | Çeşme | Üsküdar",
    name="Ayşe | Defne | Leyla | Mehmet | Zeynep | Emre | Nilüfer | Şirin",
    verb="Nefes Al | Bekliyorum | Geri Dön | Dans Et | Uyandır Beni | Unut | Koş | Kal",
    aside="Bir Daha | İstersen | Yalnız | Senin İçin | Sonuna Kadar",
)
