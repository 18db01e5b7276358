"""How a guest picks from what was offered: “2”, "la segunda", "the cheapest", "the suite"."""

import re
from collections.abc import Sequence

from frontdesk.assistant.local.folding import any_of, fold

NTH = (
    "1st|first|first one|one|1 one|primera|primero|primer|uno|erste|ersten|erstes|eins|première"
    "|premier|un|prima|primo|uma|primeira|primeiro|первый|первая|первое|первую|один|الأول|الأولى"
    "|واحد|第一个|第一個|第一间|第一|一号|我要第一个|1番|一番目|1つ目|最初の"
    "|첫 번째|첫번째|1번|birinci|ilki"
    "|eerste|पहला|पहली|पहले वाला",
    "2nd|second|second one|two|segunda|segundo|dos|zweite|zweiten|zweites|zwei|deuxième|seconde"
    "|deux|seconda|secondo|due|dois|второй|вторая|второе|вторую|два|الثاني|الثانية|اثنان"
    "|第二个|第二個|第二间|第二|二号|我要第二个|2番|二番目|2つ目"
    "|두 번째|두번째|2번|ikinci|ikincisi|tweede|दूसरा"
    "|दूसरी|दूसरे वाला",
    "3rd|third|third one|three|tercera|tercero|tres|dritte|dritten|drittes|drei|troisième|trois"
    "|terza|terzo|tre|terceira|terceiro|três|третий|третья|третье|третью|три|الثالث|الثالثة"
    "|ثلاثة|第三个|第三個|第三间|第三|三号|我要第三个|3番|三番目|3つ目"
    "|세 번째|세번째|3번|üçüncü|derde|तीसरा"
    "|तीसरी",
)
ORDINALS = {fold(word): n for n, words in enumerate(NTH, 1) for word in words.split("|")}
CHEAPEST = any_of(
    "cheapest|cheapest one|cheaper one|cheaper option|cheaper room|the cheaper|least expensive"
    "|less expensive one|la más barata|el más barato|lo más barato|lo más económico"
    "|la más económica|el más económico|la barata|günstigste|günstigsten|günstigstes|billigste"
    "|billigsten|das günstigere|das billigere|die günstigere|die billigere|das billigste"
    "|preiswerteste|la moins chère|le moins cher|la plus économique|le plus économique"
    "|la più economica|il più economico|la meno cara|quella più economica|quella meno cara"
    "|o mais barato|a mais barata|o mais em conta|a mais em conta|o mais económico"
    "|самый дешёвый|самый дешевый|самую дешевую|самое дешевое|подешевле|الأرخص|最便宜的|便宜的那个"
    "|一番安いの|一番安い部屋|安い方"
    "|제일 싼 거|제일 저렴한 거|en ucuzu|en ucuz olan|goedkoopste|सबसे सस्ता|सबसे सस्ती"
)
DEAREST = any_of(
    "most expensive|most expensive one|more expensive one|more expensive|pricier one|la más cara"
    "|el más caro|teuerste|teuersten|das teurere|la plus chère|le plus cher|la più cara"
    "|il più caro|o mais caro|a mais cara|самый дорогой|подороже|الأغلى"
)
LAST = any_of(
    "last|last one|última|último|letzte|letzten|letztes|dernière|dernier|ultima|ultimo|última"
    "|последний|последнюю|последняя|الأخير|الأخيرة"
)
AROUND = any_of(
    "ok|okay|yes|yes please|the|number|no|nr|option|room|i take|i'll take|we take|we'll take"
    "|please|pls|thanks|thank you|let's take|then|so|well|great|perfect|fine|good|looks good"
    "|looks great|sounds good|sounds perfect|sounds great|is good|is fine|would be great|it is"
    "|that's fine|works|works for us|i'd like|we'd like|i would like|we would like|i want"
    "|we want|i prefer|we prefer|i choose|we choose|i'd prefer|we'd prefer|i'd rather have"
    "|actually|let's go with|let's go for|let's do|let me have|let me take|let us have|go for"
    "|go with|we go for|we go with|we will go for|i will go for|we'll go for|i'll go for"
    "|we will go with|i'll go with|we will take|i will take|give me|give us|can i have"
    "|can we have|could we have|can we take|can i take|what about|how about|just|my choice is|a"
    "|book|book me|book us|reserve|for us|for me|with|and|in|of|has|that has|that one with"
    "|the one|that|this|si|sí|vale|la|el|lo|los|las|número|opción|quiero|queremos|prefiero"
    "|preferimos|me quedo con|nos quedamos con|nos quedamos|por favor|gracias|habitación|con"
    "|está bien|perfecto|pues|mejor|tomo|tomamos|cojo|cogemos|la de|el de|entonces|me gusta"
    "|reserva|reserve|y|de|del|al|ja|die|das|der|den|dann|also|nummer|ich nehme|wir nehmen"
    "|nehme ich|nehmen wir|nehmen|bitte|danke|zimmer|mit|wir möchten|ich möchte|lieber|passt"
    "|ist gut|gerne|gern|ich hätte gern|wir hätten gern|ein|einmal|und|dem|im|am|zum|oui|le|les"
    "|numéro|je prends|nous prenons|on prend|prenons|s'il vous plaît|svp|merci|chambre|avec"
    "|c'est bien|c'est parfait|parfait|je préfère|nous préférons|celle|celui|alors|je voudrais"
    "|nous voudrions|celle avec|et|du|des|vue sur|sì|il|lo|numero|prendo|prendiamo|per favore"
    "|grazie|camera|con|va bene|perfetto|preferisco|preferiamo|quella|quello|allora|vorrei"
    "|vorremmo|e|al|della|sim|o|a|os|fico com|ficamos com|obrigado|obrigada|quarto|com|está bom"
    "|perfeito|prefiro|preferimos|então|queria|quero|pode ser|ao|do|da|да|номер|вариант|беру"
    "|берём|берем|давайте|пожалуйста|спасибо|с|лучше|хочу|хотим|тогда|подойдёт|подойдет|нам|мне"
    "|и|на|رقم|نعم|من فضلك|شكرا|الغرفة|غرفة|مع|ذات|أريد|نريد|سآخذ|نأخذ|أفضل|إذن|الخيار"
)
GENERIC = frozenset(
    [
        "one",
        "ones",
        "room",
        "rooms",
        "option",
        "zimmer",
        "habitacion",
        "chambre",
        "camera",
        "quarto",
    ]
)
WORD = "|".join(sorted(map(re.escape, ORDINALS), key=len, reverse=True))
NUMBERED = re.compile(
    rf"(?:(?:{AROUND})[\s,.:]+)*#?(?:(?P<n>\d{{1,2}})|(?P<word>{WORD}))(?:[\s,.]+(?:{AROUND}))*"
)
"""Of a folded text: nothing but the number, and what politeness puts around it."""
FILLING = re.compile(rf"(?<!\w)(?:{AROUND})(?!\w)")
BY_PRICE = re.compile(rf"(?<!\w)(?:(?P<low>{CHEAPEST})|(?P<high>{DEAREST}))(?!\w)")
AT_THE_END = re.compile(rf"(?<!\w)(?:{LAST})(?!\w)")
WORDS = re.compile(r"[^\W_]+")
LONG = 12
"""Words: who writes more says more than a choice."""


def picked(text: str, count: int, names: Sequence[str] = ()) -> int | None:
    """Which of `count` things on a list is meant, from 0, or None; a question picks nothing.

    `names` are of rooms, cheapest first: these may also be picked by price or by name.
    """
    said = fold(text).strip(" .!)…,")
    if not count or len(said.split()) > LONG:
        return None
    numbered = NUMBERED.fullmatch(said)
    if numbered is not None:
        number = int(numbered["n"]) if numbered["n"] else ORDINALS[numbered["word"]]
        return number - 1 if 1 <= number <= count else None
    if _only(AT_THE_END, said):
        return count - 1
    if not names:
        return None
    if _only(BY_PRICE, said):
        return 0 if any(m["low"] for m in BY_PRICE.finditer(said)) else count - 1
    return _by_name(said, names)


def _only(words: re.Pattern[str], said: str) -> bool:
    """One of these is there, and else nothing that says anything."""
    found = words.search(said)
    return found is not None and not _rest(words.sub(" ", said))


def _rest(said: str) -> set[str]:
    return set(WORDS.findall(FILLING.sub(" ", said))) - GENERIC


def _by_name(said: str, names: Sequence[str]) -> int | None:
    """By words that only one of the names has; every other word has to be of the names too."""
    tokens = [set(WORDS.findall(FILLING.sub(" ", fold(name)))) for name in names]
    left = _rest(said)
    if not left or not left <= set().union(*tokens):
        return None
    own = [mine - set().union(*(t for t in tokens if t is not mine)) for mine in tokens]
    hits = [at for at, mine in enumerate(own) if left & mine]
    return hits[0] if len(hits) == 1 else None
