"""Names of acts in languages with Latin letters: `PEOPLE` for one person, `GROUPS` for several."""

from setlist.sandbox.catalogue.grammar import Grammar

PEOPLE = {
    "en": Grammar(
        """
            {given} {family} | {given} {family} | {given} {family} | {given} {middle} {family} | {alone} |
            {alone} {family} | Lil {alone} | DJ {alone} | {given} {initial}. {family}
        """,
        given="""
            Nora | Caleb | Imogen | Wesley | Tamsin | Desmond | Odette | Rufus | Marlowe | Ingrid |
            Everett | Saoirse | Tobias | Philippa | Jasper | Lorna | Callum | Beatrix | Quentin | Maeve |
            Rowan | Ottilie | Silas | Winifred | Ezra | Harriet | Lionel | Cressida | Angus | Delphine |
            Hugo | Rosalie | Barnaby | Thea | Cormac | Ada | Leopold | Margot | Felix | Iris
        """,
        family="""
            Ashgrove | Whitlock | Penhallow | Calloway | Thornbury | Merriweather | Hollis | Vance |
            Abernathy | Lockhart | Farraday | Winslow | Carraway | Pemberton | Stroud | Halloran | Quill |
            Ravenscroft | Sinclair-Moss | Tolliver | Underhill | Wakefield | Yarrow | Blackwood-Reyes |
            Crane | Delaney | Eastman | Fairbairn | Gallagher-Osei | Hartnell | Kingsley | Larkspur |
            Montague | Nightingale | Okafor-Bell | Prewitt | Redfern | Sallow | Trevanion | Wren
        """,
        middle="Lee | Mae | St. James | Van | De la | Rae | O'Dell | Blue",
        initial="A | B | C | D | J | K | M | R | T",
        alone="""
            Velora | Marrow | Kestrel | Onyx Jane | Saffron | Juniper | Halden | Mirelle | Zephyrine |
            Quincey | Novella | Tiberius | Opaline | Sorrel | Vesper Lyn | Calico | Bramble | Ottoline |
            Lumen | Peregrine | Indigo Rose | Fable
        """,
    ),
    "es": Grammar(
        """
            {given} {family} | {given} {family} | {given} {family} {family} | {alone} |
            {given} y los {others}
        """,
        given="""
            Lucía | Mateo | Ximena | Joaquín | Renata | Iker | Alma | Santiago | Noelia | Álvaro |
            Pilar | Tomás | Itziar | Íñigo | Marisol | Ulises
        """,
        family="""
            Navarrete | Olmedo | Quiroga | Íñiguez | Balderas | Montemayor | Arrieta | Peñalosa | Solís |
            Zúñiga | Carrasquilla | Villaseñor | Uribe
        """,
        alone="""
            La Golondrina | Azahar | Niña Volcán | El Maletilla | Mar Adentro Ruiz | Candela Sur |
            Duende Gris | Tito Barranco
        """,
        others="Faroles | Inquilinos | Cometas | Puentes",
    ),
    "pt": Grammar(
        "{given} {family} | {given} {family} | {alone} | {given} da {thing}",
        given="""
            Iolanda | Otávio | Marcelina | Davi | Joana | Raimundo | Clarice | Bento | Aparecida | Nuno |
            Inês | Zeca | Tainá | Vicente
        """,
        family="""
            Guimarães | Valadares | Nascimento Reis | Sepúlveda | Conceição | Braga | Azevedo Lima |
            Taveira | Moncorvo | Falcão
        """,
        alone="Mestre Lua | Morena Sal | Zé do Farol | Dona Brisa | Caju Preto | MC Jangada",
        thing="Maré | Serra | Viola | Ponte | Rua Nova",
    ),
    "fr": Grammar(
        "{given} {family} | {given} {family} | {alone} | {given} de {thing}",
        given="""
            Éloïse | Gaspard | Solène | Théophile | Maëlle | Aurélien | Clémence | Loïc | Apolline |
            Yannick | Ségolène | Bastien | Aïcha | Noémie
        """,
        family="""
            Delaunay | Rochefort | Montclair | Lavergne | Beauchêne | Saint-Rémy | Traoré-Martin |
            Vasseur | Hennequin | D’Arcourt | Keraudren
        """,
        alone="Petite Ourse | Mistral Nord | Brume | Colombe Verte | Le Funambule | Zéphyrine K",
        thing="Brocéliande | Lune | Villefranche | Provence",
    ),
    "it": Grammar(
        "{given} {family} | {given} {family} | {alone}",
        given="""
            Ginevra | Tancredi | Ottavia | Leone | Fiammetta | Ludovico | Mirta | Ettore | Allegra |
            Corrado | Donatella | Zaira
        """,
        family="""
            Bellocchi | Montefosco | Carnevali | Del Frate | Spadaro | Vinciguerra | Altoviti |
            Sanseverino | Quaranta | Lombardelli
        """,
        alone="Cicala Blu | Maestrale | Ragazza Eclissi | Fulmine Rosa | Don Pioggia",
    ),
    "de": Grammar(
        "{given} {family} | {given} {family} | {alone}",
        given="""
            Friederike | Jannik | Leonore | Korbinian | Mathis | Hedwig | Ansgar | Thekla | Benedikt |
            Svea | Ruprecht | Jördis | Wiebke
        """,
        family="""
            Morgenthaler | Silberhorn | Köhlbrand | Nachtweyh | Winterfeldt | Österreicher | Löwenzahn |
            Brückner-Aydin | Falkenrath | Grünspan
        """,
        alone="Fräulein Ebbe | Nordlicht | Käpt’n Mohn | Sperling | Lotte Lärm | Taubenblau",
    ),
    "sv": Grammar(
        "{given} {family} | {given} {family} | {alone}",
        given="""
            Linnéa | Torbjörn | Ylva | Åke | Saga | Ragnhild | Stellan | Embla | Sölve | Märta | Øyvind |
            Solveig
        """,
        family="""
            Björkqvist | Åsberg | Norrsken | Lindhagen | Söderängen | Vinterdal | Hjelmås | Østby |
            Ljungström | Falkenstråle
        """,
        alone="Snölykta | Månskära | Ripa | Trollslända | Kapten Dimma | Älva",
    ),
    "fi": Grammar(
        "{given} {family} | {given} {family} | {alone}",
        given="Aino | Väinö | Kerttu | Onni | Hilja | Tapio | Sohvi | Eero | Lempi | Urho",
        family="""
            Hämäläinen-Rand | Koskivuori | Lumikangas | Tähtivaara | Yönranta | Pöysti | Kivilinna |
            Syysmaa
        """,
        alone="Kuutar | Revontuli | Käki | Tyttö Tuulessa | Halla",
    ),
    "pl": Grammar(
        "{given} {family} | {given} {family} | {alone}",
        given="""
            Zofia | Kazimierz | Bronisława | Mikołaj | Jagoda | Wojciech | Łucja | Stanisław | Elżbieta |
            Świętosław
        """,
        family="""
            Modrzew | Śliwa | Brzozowicz | Krzemień | Dąbrówka | Gwiazdoń | Zaremba | Jaskuła | Żuraw |
            Wiśnioch
        """,
        alone="Mgiełka | Żar | Jaskółka | Dzięcioł | Kometa Wanda",
    ),
    "tr": Grammar(
        "{given} {family} | {given} {family} | {alone}",
        given="Nilüfer | Çınar | Defne | Yiğit | Şebnem | Ömer | Gülce | Tuğrul | İpek | Işıl",
        family="Gökdemir | Yıldıztepe | Akçakaya | Şahinoğlu | Bozdağ | Üçel | Çelikkol | Denizci",
        alone="Lodos | Mavi Kedi | Yakamoz | Kırlangıç | Rüya Treni",
    ),
}

GROUPS = {
    "en": Grammar(
        """
            The {adjective} {plural} | {noun} {plural} | {noun} & the {plural} | {adjective} {noun} |
            {gerund} {noun} | {place} {noun} | {noun} {noun} | {number} {plural} | {noun} of {place} |
            The {noun} {society} | {coined} | {coined} | {plural} in {place} | {adjective} {coined} |
            {noun} Club | The {plural} | {family} Brothers | {family} & {other} | {noun}, {noun} & {noun} |
            !{coined} | {coined} {year}
        """,
        adjective="""
            Copper | Velvet | Northern | Paper | Lunar | Crooked | Electric | Ivory | Quiet | Feral |
            Amber | Distant | Borrowed | Magnetic | Salted | Winter | Polite | Hollow | Radiant | Second |
            Obsidian | Wandering | Marble | Tangerine | Static | Glass
        """,
        noun="""
            Meridian | Heron | Orchard | Satellite | Foundry | Lagoon | Pavilion | Thistle | Archive |
            Cinema | Viaduct | Comet | Harvest | Monsoon | Parade | Lantern | Tundra | Cassette |
            Observatory | Marigold | Tramway | Glacier | Almanac | Canopy | Ferry | Antenna | Magpie |
            Terrace | Atlas | Beacon | Quarry | Falcon | Theorem | Arcade | Delta
        """,
        plural="""
            Wolves | Cartographers | Foxes | Librarians | Saints | Swimmers | Tigers | Engines |
            Chandeliers | Architects | Pilgrims | Ravens | Botanists | Postmen | Sirens | Weathermen |
            Otters | Acrobats | Lemons | Astronauts | Bakers | Pioneers | Moths
        """,
        gerund="""
            Chasing | Leaving | Painting | Becoming | Hiding | Counting | Waking | Trading | Building |
            Losing
        """,
        place="""
            Halifax | Tupelo | Marrakesh | Cardiff | Savannah | Oslo | Harlem | Duluth | Lisbon | Winnipeg |
            Galway | Yukon | Tacoma | Camden | Sahara | Baltic | Bristol | Atlantic | Dakota
        """,
        number="Three | Five | Seven | Nine | Twelve | Forty | Ninety-Nine | A Thousand | Zero",
        society="""
            Society | Department | Committee | Orchestra | Ensemble | Syndicate | Collective | Union |
            Theory | Machine | Method
        """,
        coined="""
            Velmora | Ashkeld | Orrery | Thalassa | Nyxen | Vantross | Kaldwen | Morrowind Lane | Ulmaris |
            Sylphid | Drathe | Ombra | Quillon | Arkadiem | Zenthra | Hexwater | Fennimore | Oscilla |
            Wyrdsmith | Pallasite | Gloamer | Ironmoth | Noctule
        """,
        family="""
            Whitlock | Calloway | Tolliver | Lockhart | Abernathy | Merriweather | Delaney | Halloran |
            Winslow
        """,
        other="Daughters | Sons | Co. | Vale | Friends | Wren | The Rest",
        year="1977 | 88 | 303 | 2000 | IX",
    ),
    "es": Grammar(
        """
            Los {others} | Las {others2} | {noun} {adjective} | La {noun} del {place} |
            {place} {society} | {coined} | {noun} y {noun}
        """,
        others="""
            Inquilinos | Relojeros | Náufragos | Cometas | Vecinos del Quinto | Eléctricos | Sonámbulos |
            Tranvías
        """,
        others2="Golondrinas | Brújulas | Sirenas | Amapolas | Cigarras | Máquinas",
        noun="Luciérnaga | Tormenta | Orquesta | Brújula | Feria | Marea | Estación | Naranja",
        adjective="Eléctrica | Salvaje | Lunar | del Norte | Azul | Perdida | de Papel",
        place="Ático | Puerto | Sur | Paraná | Valle | Mirador",
        society="Sound System | Club Social | Filarmónica | Central | Ska",
        coined="Quetzalia | Aljibe | Zarzamora | Ñandú | Caracola | Andén 9",
    ),
    "pt": Grammar(
        "Os {others} | {noun} {adjective} | Banda {noun} | {coined} | {noun} de {place}",
        others="Navegantes | Vaga-lumes | Inquilinos | Carteiros | Eléctricos | Sem Pressa",
        noun="Maresia | Tempestade | Varanda | Andorinha | Fogueira | Garoa | Jangada",
        adjective="Azul | do Norte | Elétrica | Selvagem | de Papel | Tropical",
        place="Olinda | Alfama | Sintra | Goiás | Cabo Branco",
        coined="Caravela 3 | Açaízeiro | Tamborim | Sertânia | Bossa Lunar",
    ),
    "fr": Grammar(
        """
            Les {others} | {noun} {adjective} | La {noun} | {coined} | {noun} & {noun} |
            Orchestre {adjective}
        """,
        others="Funambules | Noctambules | Passagers | Allumettes | Hirondelles | Mécaniciens | Voisins",
        noun="Comète | Tempête | Lanterne | Boussole | Fanfare | Marée | Gare | Abeille | Étincelle",
        adjective="Électrique | du Nord | Sauvage | Lunaire | de Papier | Imaginaire | Mobile",
        coined="Écume | Tramontane | Minuit Dix | Saltimbanque | Velours 75 | L’Heure d’Été",
    ),
    "it": Grammar(
        "I {others} | {noun} {adjective} | La {noun} | {coined} | Orchestra {adjective}",
        others="Naufraghi | Girasoli | Vicini di Casa | Sonnambuli | Lampioni | Postini",
        noun="Cometa | Tempesta | Lanterna | Bussola | Marea | Stazione | Lucciola",
        adjective="Elettrica | Lunare | di Carta | Selvaggia | del Nord | Mobile",
        coined="Scirocco | Quadrifoglio | Vetrolabio | Ombrìa | Fermata 12",
    ),
    "de": Grammar(
        "Die {others} | {noun} {society} | {adjective} {noun} | {coined} | {noun} & {noun}",
        others="""
            Sternwarte | Fahrradboten | Schlafwandler | Nachbarn | Leuchttürme | Zugvögel | Feuermelder
        """,
        noun="Hafenkante | Elbvogel | Kometen | Laternen | Übermut | Brandung | Nordwand | Mondstaub",
        society="Orchester | Kollektiv | Kapelle | Süd | 3000 | Klub",
        adjective="Blaue | Stille | Schräge | Wilde | Elektrische | Ferne",
        coined="Zwielicht | Grauzone 7 | Fernwehr | Tanzkomet | Ölwechsel | Kopfsteinpflaster",
    ),
    "sv": Grammar(
        "{noun} {noun} | {adjective} {noun} | {coined} | {noun} & {noun} | Orkester {noun}",
        noun="Norrsken | Fjäril | Måne | Skärgård | Höst | Räv | Älv | Frost | Fyr | Storm",
        adjective="Stilla | Elektrisk | Vild | Blå | Nordisk | Evig",
        coined="Skymningsåret | Isbrytaren | Tjärn | Ödemark | Rävsax | Dröm 84 | Hrafnsól",
    ),
    "fi": Grammar(
        "{noun} | {adjective} {noun} | {coined}",
        noun="Myrsky | Kettu | Pakkanen | Kuu | Satama | Aalto | Lumi | Usva",
        adjective="Hiljainen | Sähköinen | Sininen | Pohjan | Ikuinen",
        coined="Yötön | Routa | Hämärän Lapset | Kaamosradio | Teräsmarja",
    ),
    "pl": Grammar(
        "{noun} i {noun} | {coined} | {adjective} {noun} | Orkiestra {coined}",
        noun="Mgła | Wrona | Burza | Latarnia | Zorza | Pszczoła | Rzeka | Łąka",
        adjective="Cicha | Dzika | Elektryczna | Srebrna | Ostatnia",
        coined="Świt Nocy | Tramwaj Widmo | Żółte Okna | Kwiat Jabłoni Nocą | Próg | Dziewiętnasta",
    ),
    "tr": Grammar(
        "{noun} {noun} | {coined} | {adjective} {noun} | Grup {noun}",
        noun="Fırtına | Deniz | Lodos | Martı | Işık | Rüzgâr | Pusula | Vapur",
        adjective="Mavi | Deli | Uzak | Gümüş | Sessiz",
        coined="Yedi Tepe Caz | Kuzgun | Anadolu Ekspresi | Çarkıfelek | Gece Treni",
    ),
}
