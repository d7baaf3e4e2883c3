"""Song titles in Spanish, Portuguese, French and Italian."""

from setlist.sandbox.catalogue.grammar import Grammar

SPANISH = Grammar(
    """
        {whole} | {whole} | {whole} | {the} de {thing} | {the} | {the} y {the} | Sin {thing} |
        Con {thing} y {thing} | Bajo {the} | {place} | Desde {place} | Camino a {place} | {name} |
        Para {name} | {verb} | {verb} en {place} | {verb} ({aside}) | Entre {the} y {the} | ¿{ask}? |
        ¡{shout}!
    """,
    whole="""
        Aún no amanece | Se nos fue el tren | Corazón de papel | Mañana te lo cuento |
        Lo que callan las calles | Niña de agosto | Todo lo que no fui | Cuando llueve al revés |
        Nadie baila solo | Casi casi | Ojalá que sea martes | Ni tú ni la luna | La última y nos vamos |
        Quédate otro rato | Mil y una noches más | Ya no quema | Adiós, otoño | Vuelve a casa |
        Café para dos | Canción sin dueño | Seis cuerdas | A media luz del bar | El año que viene
    """,
    the="""
        la noche | el río | la ciudad | el viento | la luna | el espejo | la lluvia | el camino |
        la ventana | el reloj | la sal | el jardín | la carretera | el silencio | la memoria | el fuego |
        la orilla | el invierno | la sombra | el verano
    """,
    thing="""
        papel | cristal | azúcar | arena | ceniza | miel | plata | humo | madera | terciopelo | niebla |
        fiesta | prisa | agua
    """,
    place="""
        Valparaíso | Sevilla | Oaxaca | Montevideo | Cádiz | Medellín | La Habana | Bogotá | Mérida |
        Asturias
    """,
    name="Manuela | Rosalía del Mar | Joaquín | Lucía | Carmen | Inés | Tomás | Paloma | Abril | Martina",
    verb="""
        Respiro | Te espero | Volveré | Bailemos | Despierta | Olvídame | Llévame | Amanece | Gira |
        Cántame
    """,
    aside="otra vez | si puedes | a solas | por ti | lento | hasta el final",
    ask="Quién eres | Dónde estás | Y ahora qué | Te acuerdas | Cuánto falta | Por qué no",
    shout="Ay, corazón | Que no pare | Viva el domingo | Arriba la noche | Ya está bien",
)

PORTUGUESE = Grammar(
    """
        {whole} | {whole} | {the} de {thing} | {the} | Sem {thing} | {thing} e {thing} | {place} |
        Saudade de {place} | {name} | Samba de {name} | {verb} | {verb} ({aside}) | {the} e {the} |
        Volta, {name} | Antes d{the}
    """,
    whole="""
        Amanhã eu volto | Quase verão | Janela aberta | Dois passos atrás | O mar não tem pressa |
        Devagarinho | Canção do meio-dia | Fica mais um pouco | Chuva de janeiro | Meu bem, meu mal |
        Nada além de nós | Tudo azul | Era uma vez agosto | Conversa de elevador | Coração vadio |
        Por acaso | Sete ladeiras
    """,
    the="""
        a noite | o rio | a cidade | o vento | a lua | o espelho | a chuva | o caminho | a janela |
        o relógio | o jardim | a estrada
    """,
    thing="""
        papel | vidro | açúcar | areia | cinza | mel | prata | fumaça | madeira | neblina | festa |
        pressa | água
    """,
    place="Lisboa | Salvador | Ipanema | Recife | Luanda | Porto | Minas | Belém | Coimbra | Paraty",
    name="Iracema | Helena | Joana | Benedito | Luísa | Tereza | Caetana | Rita | Dora | Marina",
    verb="Respira | Te espero | Dança comigo | Acorda | Me leva | Amanhece | Canta | Fica | Voa | Esquece",
    aside="outra vez | se der | a sós | por ti | até o fim",
)

FRENCH = Grammar(
    """
        {whole} | {whole} | {whole} | {the} | {the} de {thing} | Sans {thing} | {thing} et {thing} |
        Sous {the} | {place} | Nuit à {place} | {name} | Lettre à {name} | {verb} | {verb} ({aside}) |
        Entre {the} et {the} | Avant {the} | {ask} ?
    """,
    whole="""
        On verra demain | Le dernier métro | Rien qu’un dimanche | Comme un goût de sel |
        Chanson d’ascenseur | Les heures creuses | Tu m’avais dit septembre | Presque rien |
        La mer est en retard | Au café des absents | J’ai perdu le fil | Rue des Martins-Pêcheurs |
        Tout doucement | Encore un tour de manège | À contre-jour | Mille fois non | Le cœur à l’envers |
        Petite averse | Un été sans toi | Les mots qu’on garde | Fenêtre sur cour d’école
    """,
    the="""
        la nuit | le fleuve | la ville | le vent | la lune | le miroir | la pluie | le chemin | la fenêtre |
        l’horloge | le jardin | la route | le silence | la mémoire | le feu | l’hiver | l’ombre | l’été
    """,
    thing="""
        papier | verre | sucre | sable | cendre | miel | argent | fumée | bois | velours | brume | fête |
        eau
    """,
    place="Marseille | Lyon | Bruxelles | Montréal | Brest | Dakar | Genève | Saint-Malo | Nantes | Alger",
    name="Mathilde | Éloïse | Anaïs | Hélène | Marius | Camille | Léon | Zoé | Solène | Gaspard",
    verb="""
        Respire | Je t’attends | Reviens | Dansons | Réveille-moi | Oublie | Emmène-moi | Chante encore |
        Tourne
    """,
    aside="encore une fois | si tu veux | toute seule | pour toi | jusqu’au bout",
    ask="Qui es-tu | Où vas-tu | Et maintenant | Tu te souviens | Pourquoi pas",
)

ITALIAN = Grammar(
    """
        {whole} | {whole} | {the} | {the} di {thing} | Senza {thing} | {thing} e {thing} | {place} |
        Ritorno a {place} | {name} | Lettera a {name} | {verb} | {verb} ({aside}) | {the} e {the} |
        Sotto {the}
    """,
    whole="""
        Domani è un altro treno | Quasi niente | Via dei Gelsomini | Se piove a maggio |
        Il mare d’inverno in bici | Un caffè alle tre | Non è ancora sera | Le ore piccole |
        Cuore di carta | Andata e ritorno | Tutta colpa di agosto | Canzone senza fretta |
        Mezzanotte e un quarto | Che ne sarà | Il cielo in cucina | A piedi nudi
    """,
    the="""
        la notte | il fiume | la città | il vento | la luna | lo specchio | la pioggia | la strada |
        la finestra | l’orologio | il giardino
    """,
    thing="""
        carta | vetro | zucchero | sabbia | cenere | miele | argento | fumo | legno | velluto | nebbia |
        festa | acqua
    """,
    place="Napoli | Torino | Trieste | Palermo | Genova | Bologna | Matera | Siena | Bari | Lecce",
    name="Beatrice | Giulietta | Marcello | Chiara | Anna | Ottavia | Lorenzo | Elisa | Nina | Viola",
    verb="""
        Respira | Ti aspetto | Torna | Balliamo | Svegliami | Portami via | Canta ancora | Gira |
        Dimentica | Resta
    """,
    aside="ancora | se vuoi | da solo | per te | fino in fondo",
)
