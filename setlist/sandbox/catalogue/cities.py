"""Real cities with their coordinates and time zones; the venues in them are invented."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Country:
    code: str
    name: str  # as setlist.fm and MusicBrainz write it
    long_name: str  # as Ticketmaster does
    region: str
    language: str


@dataclass(frozen=True, slots=True)
class City:
    name: str
    local_name: str  # as its inhabitants write it: Ticketmaster's spelling
    state: str
    state_code: str
    country: Country
    latitude: float
    longitude: float
    timezone: str


_COUNTRIES = """
US|United States|United States Of America|america|en
CA|Canada|Canada|america|en
MX|Mexico|Mexico|latin|es
GB|United Kingdom|Great Britain|islands|en
IE|Ireland|Ireland|islands|en
FR|France|France|west|fr
BE|Belgium|Belgium|west|fr
NL|Netherlands|Netherlands|west|en
DE|Germany|Germany|middle|de
AT|Austria|Austria|middle|de
CH|Switzerland|Switzerland|middle|de
PL|Poland|Poland|middle|pl
CZ|Czechia|Czech Republic|middle|en
ES|Spain|Spain|south|es
PT|Portugal|Portugal|south|pt
IT|Italy|Italy|south|it
GR|Greece|Greece|south|el
TR|Turkey|Turkey|south|tr
SE|Sweden|Sweden|north|sv
NO|Norway|Norway|north|sv
DK|Denmark|Denmark|north|sv
FI|Finland|Finland|north|fi
UA|Ukraine|Ukraine|middle|uk
GE|Georgia|Georgia|orient|ru
KZ|Kazakhstan|Kazakhstan|orient|ru
AM|Armenia|Armenia|orient|ru
JP|Japan|Japan|asia|ja
KR|South Korea|South Korea|asia|ko
TW|Taiwan|Taiwan|asia|zh
HK|Hong Kong|Hong Kong|asia|zh
SG|Singapore|Singapore|asia|en
AU|Australia|Australia|oceania|en
NZ|New Zealand|New Zealand|oceania|en
BR|Brazil|Brazil|latin|pt
AR|Argentina|Argentina|latin|es
CL|Chile|Chile|latin|es
CO|Colombia|Colombia|latin|es
UY|Uruguay|Uruguay|latin|es
LB|Lebanon|Lebanon|orient|ar
EG|Egypt|Egypt|orient|ar
AE|United Arab Emirates|United Arab Emirates|orient|ar
MA|Morocco|Morocco|orient|ar
ZA|South Africa|South Africa|orient|en
"""

_CITIES = """
New York|New York|New York|NY|US|40.7143|-74.0060|America/New_York
Brooklyn|Brooklyn|New York|NY|US|40.6501|-73.9496|America/New_York
Boston|Boston|Massachusetts|MA|US|42.3584|-71.0598|America/New_York
Philadelphia|Philadelphia|Pennsylvania|PA|US|39.9523|-75.1638|America/New_York
Washington|Washington|District of Columbia|DC|US|38.8951|-77.0364|America/New_York
Richmond|Richmond|Virginia|VA|US|37.5538|-77.4603|America/New_York
Charlotte|Charlotte|North Carolina|NC|US|35.2271|-80.8431|America/New_York
Atlanta|Atlanta|Georgia|GA|US|33.7490|-84.3880|America/New_York
Miami|Miami|Florida|FL|US|25.7743|-80.1937|America/New_York
Pittsburgh|Pittsburgh|Pennsylvania|PA|US|40.4406|-79.9959|America/New_York
Detroit|Detroit|Michigan|MI|US|42.3314|-83.0458|America/Detroit
Columbus|Columbus|Ohio|OH|US|39.9612|-82.9988|America/New_York
Indianapolis|Indianapolis|Indiana|IN|US|39.7684|-86.1580|America/Indiana/Indianapolis
Chicago|Chicago|Illinois|IL|US|41.8500|-87.6501|America/Chicago
Milwaukee|Milwaukee|Wisconsin|WI|US|43.0389|-87.9065|America/Chicago
Minneapolis|Minneapolis|Minnesota|MN|US|44.9800|-93.2638|America/Chicago
St. Louis|St. Louis|Missouri|MO|US|38.6273|-90.1979|America/Chicago
Nashville|Nashville|Tennessee|TN|US|36.1659|-86.7844|America/Chicago
New Orleans|New Orleans|Louisiana|LA|US|29.9547|-90.0751|America/Chicago
Austin|Austin|Texas|TX|US|30.2672|-97.7431|America/Chicago
Houston|Houston|Texas|TX|US|29.7633|-95.3633|America/Chicago
Dallas|Dallas|Texas|TX|US|32.7831|-96.8067|America/Chicago
Kansas City|Kansas City|Missouri|MO|US|39.0997|-94.5786|America/Chicago
Denver|Denver|Colorado|CO|US|39.7392|-104.9847|America/Denver
Salt Lake City|Salt Lake City|Utah|UT|US|40.7608|-111.8911|America/Denver
Phoenix|Phoenix|Arizona|AZ|US|33.4484|-112.0740|America/Phoenix
Las Vegas|Las Vegas|Nevada|NV|US|36.1750|-115.1372|America/Los_Angeles
San Diego|San Diego|California|CA|US|32.7153|-117.1573|America/Los_Angeles
Los Angeles|Los Angeles|California|CA|US|34.0522|-118.2437|America/Los_Angeles
Oakland|Oakland|California|CA|US|37.8044|-122.2708|America/Los_Angeles
San Francisco|San Francisco|California|CA|US|37.7749|-122.4194|America/Los_Angeles
Portland|Portland|Oregon|OR|US|45.5234|-122.6762|America/Los_Angeles
Seattle|Seattle|Washington|WA|US|47.6062|-122.3321|America/Los_Angeles
Toronto|Toronto|Ontario|ON|CA|43.7001|-79.4163|America/Toronto
Montreal|Montréal|Quebec|QC|CA|45.5088|-73.5878|America/Toronto
Vancouver|Vancouver|British Columbia|BC|CA|49.2497|-123.1193|America/Vancouver
Halifax|Halifax|Nova Scotia|NS|CA|44.6453|-63.5724|America/Halifax
Calgary|Calgary|Alberta|AB|CA|51.0501|-114.0853|America/Edmonton
Mexico City|Ciudad de México|Mexico City|09|MX|19.4285|-99.1277|America/Mexico_City
Guadalajara|Guadalajara|Jalisco|14|MX|20.6668|-103.3918|America/Mexico_City
Monterrey|Monterrey|Nuevo León|19|MX|25.6751|-100.3185|America/Monterrey
London|London|England|ENG|GB|51.5085|-0.1257|Europe/London
Brighton|Brighton|England|ENG|GB|50.8284|-0.1395|Europe/London
Bristol|Bristol|England|ENG|GB|51.4552|-2.5966|Europe/London
Birmingham|Birmingham|England|ENG|GB|52.4814|-1.8998|Europe/London
Manchester|Manchester|England|ENG|GB|53.4810|-2.2374|Europe/London
Leeds|Leeds|England|ENG|GB|53.7965|-1.5478|Europe/London
Newcastle|Newcastle upon Tyne|England|ENG|GB|54.9733|-1.6140|Europe/London
Glasgow|Glasgow|Scotland|SCT|GB|55.8652|-4.2576|Europe/London
Cardiff|Caerdydd|Wales|WLS|GB|51.4800|-3.1800|Europe/London
Belfast|Belfast|Northern Ireland|NIR|GB|54.5968|-5.9254|Europe/London
Dublin|Dublin|Leinster|07|IE|53.3331|-6.2489|Europe/Dublin
Cork|Cork|Munster|20|IE|51.8980|-8.4706|Europe/Dublin
Paris|Paris|Île-de-France|A8|FR|48.8534|2.3488|Europe/Paris
Lyon|Lyon|Auvergne-Rhône-Alpes|84|FR|45.7485|4.8467|Europe/Paris
Marseille|Marseille|Provence-Alpes-Côte d'Azur|93|FR|43.2970|5.3811|Europe/Paris
Nantes|Nantes|Pays de la Loire|52|FR|47.2173|-1.5534|Europe/Paris
Brussels|Bruxelles|Brussels Capital|BRU|BE|50.8505|4.3488|Europe/Brussels
Antwerp|Antwerpen|Flanders|VLG|BE|51.2205|4.4003|Europe/Brussels
Amsterdam|Amsterdam|North Holland|07|NL|52.3740|4.8897|Europe/Amsterdam
Utrecht|Utrecht|Utrecht|09|NL|52.0908|5.1222|Europe/Amsterdam
Berlin|Berlin|Berlin|16|DE|52.5244|13.4105|Europe/Berlin
Hamburg|Hamburg|Hamburg|04|DE|53.5507|9.9930|Europe/Berlin
Cologne|Köln|North Rhine-Westphalia|07|DE|50.9333|6.9500|Europe/Berlin
Munich|München|Bavaria|02|DE|48.1374|11.5755|Europe/Berlin
Leipzig|Leipzig|Saxony|13|DE|51.3396|12.3713|Europe/Berlin
Frankfurt|Frankfurt am Main|Hesse|05|DE|50.1155|8.6842|Europe/Berlin
Vienna|Wien|Vienna|09|AT|48.2085|16.3721|Europe/Vienna
Graz|Graz|Styria|06|AT|47.0667|15.4500|Europe/Vienna
Zürich|Zürich|Zurich|ZH|CH|47.3667|8.5500|Europe/Zurich
Geneva|Genève|Geneva|GE|CH|46.2022|6.1457|Europe/Zurich
Warsaw|Warszawa|Masovia|78|PL|52.2298|21.0118|Europe/Warsaw
Kraków|Kraków|Lesser Poland|77|PL|50.0614|19.9366|Europe/Warsaw
Prague|Praha 9|Prague|52|CZ|50.0880|14.4208|Europe/Prague
Madrid|Madrid|Madrid|29|ES|40.4165|-3.7026|Europe/Madrid
Barcelona|Barcelona|Catalonia|56|ES|41.3888|2.1590|Europe/Madrid
Bilbao|Bilbao|Basque Country|59|ES|43.2627|-2.9253|Europe/Madrid
Lisbon|Lisboa|Lisbon|14|PT|38.7167|-9.1333|Europe/Lisbon
Porto|Porto|Porto|17|PT|41.1496|-8.6110|Europe/Lisbon
Milan|Milano|Lombardy|09|IT|45.4643|9.1895|Europe/Rome
Rome|Roma|Lazio|07|IT|41.8919|12.5113|Europe/Rome
Bologna|Bologna|Emilia-Romagna|05|IT|44.4938|11.3387|Europe/Rome
Athens|Αθήνα|Attica|ESYE31|GR|37.9838|23.7278|Europe/Athens
Thessaloniki|Θεσσαλονίκη|Central Macedonia|ESYE12|GR|40.6436|22.9309|Europe/Athens
Istanbul|İstanbul|Istanbul|34|TR|41.0138|28.9497|Europe/Istanbul
Stockholm|Stockholm|Stockholm|26|SE|59.3326|18.0649|Europe/Stockholm
Gothenburg|Göteborg|Västra Götaland|28|SE|57.7072|11.9668|Europe/Stockholm
Oslo|Oslo|Oslo|12|NO|59.9127|10.7461|Europe/Oslo
Copenhagen|København|Capital Region|17|DK|55.6759|12.5655|Europe/Copenhagen
Helsinki|Helsinki|Uusimaa|01|FI|60.1695|24.9354|Europe/Helsinki
Tampere|Tampere|Pirkanmaa|06|FI|61.4991|23.7871|Europe/Helsinki
Lviv|Львів|Lviv|15|UA|49.8383|24.0232|Europe/Kyiv
Kyiv|Київ|Kyiv City|12|UA|50.4547|30.5238|Europe/Kyiv
Tbilisi|Tbilisi|Tbilisi|51|GE|41.6941|44.8337|Asia/Tbilisi
Almaty|Almaty|Almaty|02|KZ|43.2500|76.9500|Asia/Almaty
Yerevan|Yerevan|Yerevan|11|AM|40.1811|44.5136|Asia/Yerevan
Tokyo|東京|Tokyo|40|JP|35.6895|139.6917|Asia/Tokyo
Osaka|大阪|Osaka|32|JP|34.6937|135.5022|Asia/Tokyo
Nagoya|名古屋|Aichi|01|JP|35.1815|136.9064|Asia/Tokyo
Fukuoka|福岡|Fukuoka|07|JP|33.6000|130.4167|Asia/Tokyo
Sapporo|札幌|Hokkaido|12|JP|43.0667|141.3500|Asia/Tokyo
Seoul|서울|Seoul|11|KR|37.5660|126.9784|Asia/Seoul
Busan|부산|Busan|10|KR|35.1017|129.0300|Asia/Seoul
Taipei|台北|Taipei|03|TW|25.0478|121.5319|Asia/Taipei
Hong Kong|香港|Central and Western|HCW|HK|22.2783|114.1747|Asia/Hong_Kong
Singapore|Singapore|Singapore|SG|SG|1.2897|103.8501|Asia/Singapore
Sydney|Sydney|New South Wales|02|AU|-33.8679|151.2073|Australia/Sydney
Melbourne|Melbourne|Victoria|07|AU|-37.8140|144.9633|Australia/Melbourne
Brisbane|Brisbane|Queensland|04|AU|-27.4679|153.0281|Australia/Brisbane
Adelaide|Adelaide|South Australia|05|AU|-34.9287|138.5986|Australia/Adelaide
Perth|Perth|Western Australia|08|AU|-31.9522|115.8614|Australia/Perth
Auckland|Auckland|Auckland|E7|NZ|-36.8485|174.7635|Pacific/Auckland
Wellington|Wellington|Wellington|G2|NZ|-41.2866|174.7756|Pacific/Auckland
São Paulo|São Paulo|São Paulo|27|BR|-23.5475|-46.6361|America/Sao_Paulo
Rio de Janeiro|Rio de Janeiro|Rio de Janeiro|21|BR|-22.9028|-43.2075|America/Sao_Paulo
Recife|Recife|Pernambuco|30|BR|-8.0539|-34.8811|America/Recife
Buenos Aires|Buenos Aires|Buenos Aires F.D.|07|AR|-34.6132|-58.3772|America/Argentina/Buenos_Aires
Córdoba|Córdoba|Cordoba|05|AR|-31.4135|-64.1811|America/Argentina/Cordoba
Santiago|Santiago|Santiago Metropolitan|12|CL|-33.4569|-70.6483|America/Santiago
Bogotá|Bogotá|Bogota D.C.|34|CO|4.6097|-74.0818|America/Bogota
Montevideo|Montevideo|Montevideo|10|UY|-34.9033|-56.1882|America/Montevideo
Beirut|بيروت|Beyrouth|04|LB|33.8933|35.5016|Asia/Beirut
Cairo|القاهرة|Cairo|11|EG|30.0626|31.2497|Africa/Cairo
Dubai|دبي|Dubai|03|AE|25.0772|55.3093|Asia/Dubai
Casablanca|Casablanca|Casablanca-Settat|06|MA|33.5883|-7.6114|Africa/Casablanca
Cape Town|Cape Town|Western Cape|11|ZA|-33.9258|18.4232|Africa/Johannesburg
"""

COUNTRIES = {row.split("|")[0]: Country(*row.split("|")) for row in _COUNTRIES.split("\n") if row}


def _city(row: str) -> City:
    name, local_name, state, state_code, country, latitude, longitude, timezone = row.split("|")
    return City(
        name, local_name, state, state_code, COUNTRIES[country], float(latitude), float(longitude), timezone
    )


CITIES = tuple(_city(row) for row in _CITIES.split("\n") if row)
REGIONS = {
    region: tuple(place for place, city in enumerate(CITIES) if city.country.region == region)
    for region in sorted({city.country.region for city in CITIES})
}
