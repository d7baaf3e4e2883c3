"""Song titles in English."""

from setlist.sandbox.catalogue.grammar import Grammar

_WHOLE = """
Half a Mile of Daylight | Who Left the Porch Light On | Ask Me in the Morning | Undertow | Static Lullaby |
The Last Bus Home | Kitchen Floor Waltz | Borrowed Coat | What the River Kept | Nobody's Wedding |
Before the Paint Dries | Postcards to Myself | The Year We Didn't Sleep | Slow Arithmetic | Good Bones |
Every Window Facing West | Matchbook | I Was Never a Swimmer | Ghost of a Good Idea | Ordinary Thunder |
You Said August | Left-Handed Love Song | Carry the One | Northbound | Small Hours | Cheap Fireworks |
Telephone Weather | All My Maps Are Wrong | The Astronomer's Daughter | Sugar in the Engine | Salt & Vinegar |
Don't Wake the Neighbors | Paper Crowns | How to Fold a Boat | Tell It to the Tide | Second-Hand Halo |
Everything but the Rain | Ten Thousand Umbrellas | The Quiet Part | Hold Still | Leave the Radio On |
Wrong Side of the Harbor | Afterglow Motel | Bicycle Thieves' Anthem | If You Must | Low Tide, High Noon |
Where Do the Swallows Go? | Is This Thing On? | Why Not Tonight | (We Used to Be) Electric | Snow Day |
Nothing Rhymes with Silver | The Understudy | Elevator Eyes | Sing It Like You Mean It | Grand Opening |
Please Return to Sender | Hours & Hours & Hours | We Were Never Lost | Tin Roof | Dial Tone |
Skipping Stones |
Counting Backwards from Ten | The Weight of a Feather | Backseat Astronaut | Hymn for the Night Shift |
Something Like Forgiveness | Marzipan | Vertigo Season | Rooftop Choir | Almost Famous in Ohio | Overpass |
Dandelion Economics | My Kingdom for a Song | Unsent | Sleepwalker's Alibi | Tremolo | Blue Hour Boulevard |
A Toast to the Absent | The Long Way Down to Easy | Fault Lines | Gravity Pays the Bills |
Lighthouse Keeping |
Quarter Past Forever | Wait for the Chorus | Rust Belt Romance | It Gets Loud in Here | Slow Burn |
Honey, I Shrunk the Sky | Goodnight, Whoever You Are | Two Left Feet | Anchors Aweigh (Sort Of) | Reprieve |
The Opposite of Lonely | Riverbed | Oh, Marigold | See You at the Bottom | Thirteen O'Clock | Kite Season |
Tambourine Girl | Satellite Sister | Empty Pool in Winter | Seven Minutes of Fame | Bright Young Nothing |
Over the Counter | Strange Currency | Winter Coat Confessions | Mercy Street Parade | The Art of Leaving |
Never Mind the Weather | Ballad of the Broken Umbrella | Learning to Drive at Night | Terms & Conditions
"""

ENGLISH = Grammar(
    """
    {whole} | {whole} | {whole} | {whole} | {whole} | {whole} | {whole} | {whole} | {whole} | {whole} |
    {whole} | {whole} | {whole} | {whole} |
    {noun} | {noun} | {adjective} {noun} | {adjective} {noun} |
    {noun} of {mass} | The {noun} and the {noun} | {name} | {name}, {ask} | Letter to {name} |
    {name}'s {noun} |
    {place} | {place} in {season} | Back to {place} | {gerund} {mass} | {gerund} the {noun} |
    {gerund} for {name} |
    {ask} | {ask} ({aside}) | ({aside}) {ask} | {number} {plural} | {plural} | {adjective} {plural} |
    {day} {noun} | {day} in {place} | When the {noun} {comes} | Until the {plural} {come} |
    {mass} & {mass} | Like {mass} | Under the {adjective} {noun} | Between {plural} |
    {mass} | My {adjective} {noun} | {adverb} | {number} {adjective} {plural} | {adverb} {adjective} |
    Give Me {mass} | You and the {noun} |
    One {noun} for {name} | {noun} {noun} | {noun}song | The {noun} | Oh {name} | {gerund} {adverb}
    """,
    whole=_WHOLE,
    noun="""
        Lantern | Harbor | Window | Orchard | Ceiling | Mirror | Carousel | Ladder | Comet | Meadow |
        Engine | Avenue | Sparrow | Compass | Garden | Curtain | Signal | Shadow | Horizon | Suitcase |
        Candle | Island | Bridge | Tiger | Anthem | Staircase | Pillow | Willow | Hurricane | Ribbon |
        Station | Valley | Parachute | Chandelier | Photograph | Diamond | Metronome | Pendulum | Canyon |
        Drummer | Stranger | Feather | Fever | Kingdom | Mountain | Echo | Telescope | Violin | Blanket |
        Cathedral | Firefly | Heron | Skyline | Traveller
    """,
    adjective="""
        Golden | Crooked | Silent | Velvet | Distant | Broken | Electric | Gentle | Hollow | Crimson |
        Restless | Faithful | Midnight | Paper | Wild | Bitter | Northern | Neon | Tender | Reckless |
        Silver | Weightless | Ordinary | Sleeping | Perfect | Invisible | Lonesome | Scarlet | Careless |
        Burning | Frozen | Unfinished
    """,
    plural="""
        Rivers | Sirens | Strangers | Fireworks | Headlights | Mirrors | Summers | Feathers | Satellites |
        Bells | Wolves | Promises | Oceans | Matches | Violets | Telephones | Mountains | Dancers |
        Letters | Shadows | Kites | Balconies | Magnolias | Secrets | Stars | Birds | Horses | Elevators |
        Candles | Umbrellas
    """,
    mass="""
        Gravity | Silence | Honey | Thunder | Gasoline | Daylight | Mercy | Dust | Velvet | Sugar | Smoke |
        Patience | Electricity | Weather | Moonlight | Salt | Tenderness | Trouble | Rain | Static |
        Wonder | Gold | Snow | Water | Laughter | Confetti | Oxygen | Perfume | Wine | Memory
    """,
    name="""
        Adelaide | Marianne | Josephine | Caroline | Eleanor | Matilda | Rosalind | Johnny | Valentina |
        Theodore | Amelia | Cordelia | Daniel | Frankie | Gloria | Henrietta | Isadora | Jolene Rae |
        Lucinda | Magdalena | Oliver | Penelope | Ramona | Sebastian | Vivian | Winona | Augustine |
        Delilah Jane
    """,
    place="""
        Santa Fe | Lisbon | Galveston | Coney Island | Marseille | Tallahassee | Brighton Pier | Havana |
        Montauk | Reykjavik | Trieste | Kyoto | Sacramento | Vermont | The Outer Banks | Birmingham |
        New Mexico | Halifax | Tulsa | Venice Beach | Buenos Aires | Copenhagen | The Bronx | Savannah |
        Istanbul
    """,
    season="Winter | Summer | Spring | Autumn | December | April | July | October | The Rain | The Dark",
    day="Sunday | Monday | Tuesday | Wednesday | Thursday | Friday | Saturday | New Year's | Midsummer",
    number="""
        Two | Three | Four | Five | Six | Seven | Nine | Eleven | Twenty | Forty | A Hundred |
        A Million | 1,000
    """,
    gerund="""
        Chasing | Drawing | Leaving | Waiting | Burning | Breathing | Counting | Dreaming | Stealing |
        Dancing | Driving | Falling | Singing | Sailing | Whispering | Learning | Forgetting | Climbing
    """,
    ask="""
        Don't Look Down | Come Home | Stay a While | Call Me Back | Turn It Up | Let Me In |
        Take Me Anywhere | Don't Let Go | Meet Me Halfway | Say My Name Slow | Hold On | Wake Me Up Gently |
        Run to Me | Make It Last | Shake It Loose | Tell Me Everything | Write Me Down | Stop the Clock |
        Save Me a Dance | Try Again
    """,
    aside="""
        One More Time | For You | At Last | Before You Go | So They Say | All Night | I Remember | If Only |
        Again | It's Alright | Not Today | Oh Well | The Reason | After All | Somebody
    """,
    comes="Sleeps | Falls | Sings | Burns Out | Comes Down | Forgets You | Turns | Answers | Opens",
    come="Come Home | Fall | Sing | Burn Out | Go Quiet | Forget Us | Turn Around | Answer",
    adverb="""
        Slowly | Tomorrow | Anyway | Sideways | Always | Somewhere | Nearly | Maybe | Almost | Forever |
        Tonight | Again | Elsewhere | Instead | Until Morning
    """,
)
