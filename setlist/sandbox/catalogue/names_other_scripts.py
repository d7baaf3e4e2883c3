"""Names of acts in languages with other letters, each with its Latin spelling."""

from setlist.sandbox.catalogue.grammar import Grammar

PEOPLE = {
    "ja": Grammar(
        "{family}{given}={family} {given} | {family}{given}={family} {given} | {alone}",
        family="""
            朝比奈=Asahina | 月島=Tsukishima | 水無瀬=Minase | 橘=Tachibana | 星野原=Hoshinohara |
            鷹取=Takatori | 若葉=Wakaba | 神楽坂=Kagurazaka | 氷川=Hikawa | 早乙女=Saotome
        """,
        given="""
            遥=Haruka | 蓮=Ren | 澪=Mio | 奏太=Sōta | 詩織=Shiori | 陽翔=Haruto | 凪=Nagi |
            千尋=Chihiro | 朔=Saku | 紬=Tsumugi
        """,
        alone="ヨルノハ=Yorunoha | みなもと=Minamoto | 夜凪=Yonagi | ことり=Kotori | すずめ座=Suzumeza",
    ),
    "ko": Grammar(
        "{family}{given}={family} {given} | {family}{given}={family} {given} | {alone}",
        family="한=Han | 서=Seo | 윤=Yoon | 임=Lim | 강=Kang | 백=Baek | 류=Ryu | 문=Moon",
        given="""
            서윤=Seoyun | 도현=Dohyun | 하린=Harin | 지안=Jian | 은별=Eunbyul | 태오=Taeo | 소담=Sodam |
            라온=Raon
        """,
        alone="새벽달=Saebyeokdal | 하루비=Harubi | 별무리=Byeolmuri | 온유담=Onyudam",
    ),
    "zh": Grammar(
        "{family}{given}={family} {given} | {family}{given}={family} {given}",
        family="林=Lin | 沈=Shen | 顾=Gu | 陆=Lu | 苏=Su | 叶=Ye | 江=Jiang | 白=Bai",
        given="""
            晚舟=Wanzhou | 知夏=Zhixia | 墨言=Moyan | 星河=Xinghe | 若溪=Ruoxi | 念之=Nianzhi |
            子衿=Zijin | 云深=Yunshen
        """,
    ),
    "ru": Grammar(
        "{given} {family} | {given} {family} | {alone}",
        given="""
            Арсений=Arseny | Глафира=Glafira | Тимофей=Timofey | Варвара=Varvara | Елисей=Yelisey |
            Мирослава=Miroslava | Ефим=Yefim | Таисия=Taisia
        """,
        family="""
            Снегирь=Snegir | Полынь=Polyn | Черёмуха=Cheryomukha | Звонарь=Zvonar | Лунь=Lun |
            Заря=Zarya | Ветер=Veter | Боярко=Boyarko
        """,
        alone="Стриж=Strizh | Тихая Оля=Tikhaya Olya | Метелица=Metelitsa | Юнга=Yunga",
    ),
    "uk": Grammar(
        "{given} {family} | {given} {family} | {alone}",
        given="""
            Соломія=Solomiia | Остап=Ostap | Квітка=Kvitka | Юрко=Yurko | Мар'яна=Mariana | Назар=Nazar |
            Злата=Zlata | Тарас=Taras
        """,
        family="""
            Яворенко=Yavorenko | Снігур=Snihur | Калинюк=Kalyniuk | Вербич=Verbych | Громик=Hromyk |
            Ярош=Yarosh
        """,
        alone="Мавка Ніч=Mavka Nich | Зозуля=Zozulia | Їжак=Yizhak",
    ),
    "el": Grammar(
        "{she} {hers} | {he} {his} | {alone}",
        she="Ελπίδα=Elpida | Δανάη=Danai | Μυρτώ=Myrto | Ιόλη=Ioli | Αρετή=Areti",
        hers="""
            Θαλασσινού=Thalassinou | Κυπαρίσση=Kyparissi | Φεγγάρη=Fengari | Μελισσά=Melissa |
            Ανέμη=Anemi
        """,
        he="Νικηφόρος=Nikiforos | Ορέστης=Orestis | Φοίβος=Foivos | Λεωνίδας=Leonidas",
        his="Ανεμογιάννης=Anemogiannis | Φεγγάρης=Fengaris | Μελισσάς=Melissas | Αυγερινός=Avgerinos",
        alone="Γλάρος=Glaros | Αλκυόνη=Alkyoni | Μικρή Ζάλη=Mikri Zali",
    ),
    "ar": Grammar(
        "{given} {family} | {given} {family} | {alone}",
        given="""
            ليان=Layan | سامر=Samer | ياسمين=Yasmine | طارق=Tarek | نور=Nour | زياد=Ziad |
            ميسون=Maysoun | كريم=Karim
        """,
        family="""
            الحلبي=Al Halabi | النجّار=Al Najjar | البحري=Al Bahri | الزهراوي=Al Zahrawi |
            الفارس=Al Fares | القمري=Al Qamari
        """,
        alone="قمر الدين=Qamar El Din | صدى=Sada | نسيم البحر=Nassim El Bahr",
    ),
}

GROUPS = {
    "ja": Grammar(
        """
            {noun}の{noun}={noun} no {noun} | {adjective}{noun}={adjective} {noun} | {coined} |
            {noun}{tail}={noun} {tail} | {coined}
        """,
        noun="""
            銀河=Ginga | 金魚=Kingyo | 雷鳴=Raimei | 遊園地=Yūenchi | 狐=Kitsune | 夕凪=Yūnagi |
            風鈴=Fūrin | 真夜中=Mayonaka | 硝子=Garasu
        """,
        adjective="青い=Aoi | 最後の=Saigo no | 小さな=Chiisana | 眠れる=Nemureru | 走れ=Hashire",
        tail="楽団=Gakudan | 倶楽部=Kurabu | 同盟=Dōmei | 少年=Shōnen | 通信=Tsūshin",
        coined="""
            ソラノート=Soranōto | ネオン堂=Neondō | ハルカゼ電鉄=Harukaze Dentetsu |
            ミライズム=Miraizumu | KAZAGURUMA | ゆらゆら喫茶=Yurayura Kissa | Mizuiro Signal
        """,
    ),
    "ko": Grammar(
        "{noun}{tail}={noun} {tail} | {adjective} {noun} | {coined}",
        noun="고래=Gorae | 은하=Eunha | 달빛=Dalbit | 바다=Bada | 구름=Gureum | 자정=Jajeong",
        adjective="푸른=Pureun | 작은=Jageun | 마지막=Majimak | 조용한=Joyonghan",
        tail="클럽=Club | 악단=Akdan | 상점=Sangjeom | 소년단=Sonyeondan Band",
        coined="""
            NOVA9 | 하늘정원=Haneul Jeongwon | LUMINA | 새벽라디오=Saebyeok Radio |
            도시락밴드=Dosirak Band
        """,
    ),
    "zh": Grammar(
        "{noun}{tail}={noun} {tail} | {adjective}{noun}={adjective} {noun} | {coined}",
        noun="银河=Yinhe | 晚风=Wanfeng | 蝴蝶=Hudie | 海岸=Hai'an | 月台=Yuetai | 鲸鱼=Jingyu",
        adjective="蓝色=Lanse | 最后的=Zuihou de | 失眠=Shimian | 透明=Touming",
        tail="乐队=Band | 俱乐部=Club | 电台=Radio | 剧场=Theatre",
        coined="""
            雨停以后=After the Rain Stops | 十三号公路=Highway 13 | 慢车=Slow Train |
            不明飞鸟=Unidentified Birds
        """,
    ),
    "ru": Grammar(
        "{noun} и {noun}={noun} i {noun} | {adjective} {noun} | {coined}",
        noun="""
            Маяк=Mayak | Трамвай=Tramvay | Иней=Iney | Оркестр=Orkestr | Ветер=Veter |
            Проспект=Prospekt | Компас=Kompas
        """,
        adjective="""
            Тихий=Tikhiy | Северный=Severnyy | Бумажный=Bumazhnyy | Последний=Posledniy |
            Электрический=Elektricheskiy
        """,
        coined="""
            Полынья=Polynya | Белые Вороны Двора=Belye Vorony Dvora | Утро Среды=Utro Sredy |
            Черновик=Chernovik | Ёжик в Космосе=Yozhik v Kosmose
        """,
    ),
    "uk": Grammar(
        "{noun} і {noun}={noun} i {noun} | {adjective} {noun} | {coined}",
        noun="Маяк=Maiak | Трамвай=Tramvai | Іній=Inii | Оркестр=Orkestr | Вітер=Viter | Дніпро=Dnipro",
        adjective="Тихий=Tykhyi | Північний=Pivnichnyi | Паперовий=Paperovyi | Останній=Ostannii",
        coined="""
            Яблуневий Двір=Yablunevyi Dvir | Шуміла Ліщина=Shumila Lishchyna |
            Сьоме Небо Львова=Some Nebo Lvova | Ґудзик=Gudzyk
        """,
    ),
    "el": Grammar(
        "{noun} και {noun}={noun} kai {noun} | {coined} | Οι {others}=Oi {others}",
        noun="Φάρος=Faros | Άνεμος=Anemos | Κύμα=Kyma | Λιμάνι=Limani | Ορίζοντας=Orizontas",
        others="Ταξιδευτές=Taxideftes | Γείτονες=Geitones | Ναυαγοί=Navagoi | Κομήτες=Komites",
        coined="""
            Μπλε Ποδήλατα=Ble Podilata | Ώρα Μηδέν=Ora Miden | Αστροφεγγιά=Astrofengia |
            Τρίτο Κουδούνι=Trito Koudouni
        """,
    ),
    "ar": Grammar(
        "{noun} {the} | فرقة {the}=Firqat {the} | {coined}",
        noun="صوت=Sawt | ليالي=Layali | طريق=Tariq | نجوم=Nujoom",
        the="المدينة=Al Madina | الياسمين=Al Yasmin | البحر=Al Bahr | الريح=Al Reeh | الصحراء=Al Sahra",
        coined="سبعة أبواب=Sab'at Abwab | مقهى بيروت=Maqha Beirut | غيمة=Ghaima | خيط أزرق=Khayt Azraq",
    ),
}
