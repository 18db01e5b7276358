"""Amounts, times and counts that are written as words, in the languages we speak."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from frontdesk.assistant.local.folding import LETTER, fold


class _Tongue(NamedTuple):
    few: str
    """Numbers that need a unit or an hour's preposition to be a figure."""
    many: str
    """Numbers that are one by themselves."""
    units: str
    at: str
    joint: str = r"[\s-]+(?:and\s+)?"


TONGUES = (
    _Tongue(
        "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve",
        "thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty"
        "|sixty|seventy|eighty|ninety|hundreds?|thousands?|million|dozen",
        "euros?|dollars?|pounds?|francs?|cents?|percent|per cent|nights?|days?|weeks?|months?"
        "|hours?|minutes?|o'clock|a\\.?m|p\\.?m|people|persons?|guests?|adults?|children|rooms?"
        "|kilomet\\w+|met(?:re|er)s?|miles?|kilos?|stars?|floors?",
        "at|by|from|until|till|before|after|between|costs?",
    ),
    _Tongue(
        "dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce",
        "trece|catorce|quince|dieciseis|diecisiete|dieciocho|diecinueve|veinte|veinti\\w+|treinta"
        "|cuarenta|cincuenta|sesenta|setenta|ochenta|noventa|cien|ciento|\\w*cient[oa]s"
        "|quinient[oa]s|mil|docena",
        "euros?|dolares|pesos|libras|centimos|por ciento|noches|dias|semanas|meses|horas|minutos"
        "|personas|huespedes|adultos|ninos|habitaciones|kilometros|metros|estrellas|de la manana"
        "|de la tarde|de la noche",
        "a las|las|hasta las|desde las|sobre las|cuesta|cuestan",
        r"\s+(?:y\s+)?",
    ),
    _Tongue(
        "zwei|drei|vier|funf|sechs|sieben|acht|neun|zehn|elf|zwolf",
        "\\w*(?:zehn|zwanzig|dreissig|dreißig|vierzig|funfzig|sechzig|siebzig|achtzig|neunzig"
        "|hundert|tausend)\\w*|dutzend",
        "euro|dollar|franken|cent|prozent|nachte|nachten|tage|tagen|wochen|monate|stunden|minuten"
        "|uhr|personen|gaste|erwachsene|kinder|zimmer|kilometer|meter|sterne",
        "um|ab|bis|gegen|von|vor|nach|kostet|kosten",
        r"\s+(?:und\s+)?",
    ),
    _Tongue(
        "deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze",
        "treize|quatorze|quinze|seize|dix-(?:sept|huit|neuf)|vingts?|trente|quarante|cinquante"
        "|soixante|cents?|mille|douzaine",
        "euros?|dollars?|francs|centimes|pour cent|nuits?|jours?|semaines?|mois|heures?|minutes?"
        "|personnes?|adultes?|enfants?|chambres?|kilometres?|metres?|etoiles?",
        "a partir de|vers|jusqu'a|des|avant|apres|coute|coutent",
        r"[\s-]+(?:et[\s-]+)?",
    ),
    _Tongue(
        "due|tre|quattro|cinque|sei|sette|otto|nove|dieci|undici|dodici",
        "tredici|quattordici|quindici|sedici|diciassette|diciotto|diciannove|\\w*(?:vent|trent"
        "|quarant|cinquant|sessant|settant|ottant|novant)[aiou]\\w*|\\w*cento\\w*|mille|\\w+mila",
        "euro|dollari|franchi|centesimi|per cento|notti|giorni|settimane|mesi|ore|minuti|persone"
        "|ospiti|adulti|bambini|camere|chilometri|metri|stelle",
        "alle|dalle|fino alle|verso le|le|costa|costano",
        r"\s+(?:e\s+)?",
    ),
    _Tongue(
        "dois|duas|tres|quatro|cinco|seis|sete|oito|nove|dez|onze|doze",
        "treze|catorze|quatorze|quinze|dezesseis|dezasseis|dezessete|dezoito|dezenove|vinte|trinta"
        "|quarenta|cinquenta|sessenta|setenta|oitenta|noventa|cem|cento|duzent[oa]s|\\w+cent[oa]s"
        "|quinhent[oa]s|mil|duzia",
        "euros?|dolares|reais|centavos|por cento|noites|dias|semanas|meses|horas|minutos|pessoas"
        "|hospedes|adultos|criancas|quartos|quilometros|metros|estrelas",
        "as|ate as|das|pelas|custa|custam",
        r"\s+(?:e\s+)?",
    ),
    _Tongue(
        "два|две|двух|три|трех|четыре|четырех|пять|пяти|шесть|шести|семь|семи|восемь|восьми"
        "|девять|девяти|десять|десяти",
        "\\w+надцат[ьи]|двадцат[ьи]|тридцат[ьи]|сорок\\w?|\\w+десят[ьи]?|девяност[оа]|ст[оа]|двест[иа]"
        "|двухсот|трист[аи]|четырест[аи]|(?:тр[её]х|четыр[её]х|пять|шесть|семь|восемь|девять)сот|тысяч\\w*|дюжин\\w",
        "евро|доллар\\w*|рубл\\w+|процент\\w*|ноч\\w+|дн\\w+|день|недел\\w+|месяц\\w*|час\\w*|минут\\w*"
        "|человек\\w?|гост\\w+|взрослы\\w+|дет\\w+|номер\\w+|километр\\w*|метр\\w*|звезд\\w*|утра|вечера",
        "в|до|с|после|около|стоит",
        r"\s+",
    ),
    _Tongue(
        "اثنان|اثنين|ثلاث|ثلاثة|اربع|اربعة|خمس|خمسة|ست|ستة|سبع|سبعة|ثماني|ثمانية|تسع|تسعة|عشر|عشرة",
        "عشرون|عشرين|ثلاثون|ثلاثين|اربعون|اربعين|خمسون|خمسين|ستون|ستين|سبعون|سبعين|ثمانون|ثمانين"
        "|تسعون|تسعين|مئة|مائة|مئتا|مئتان|مئتين|مائتين|\\w+مئة|\\w+مائة|الف|الفان|الفين|الاف",
        "يورو|دولار\\w*|ريال\\w*|درهم\\w*|بالمئة|ليال|ليلة|ليلتين|ايام|اسابيع|ساعات|ساعة|دقائق|دقيقة"
        "|اشخاص|ضيوف|غرف|كيلومتر\\w*|متر\\w*|نجوم|صباحا|مساء",
        "الساعة|حتى|من",
        r"\s+(?:و\s?)?",
    ),
    _Tongue(
        "twee|drie|vier|vijf|zes|zeven|acht|negen|tien|elf|twaalf",
        "dertien|veertien|vijftien|zestien|zeventien|achttien|negentien|\\w*(?:twintig|dertig|veertig"
        "|vijftig|zestig|zeventig|tachtig|negentig|honderd|duizend)\\w*|dozijn",
        "euro|dollar|cent|procent|nachten|dagen|weken|maanden|uur|minuten|personen|gasten"
        "|volwassenen|kinderen|kamers|kilometer|meter|sterren",
        "om|tot|vanaf|rond|kost|kosten",
        r"\s+(?:en\s+)?",
    ),
    _Tongue(
        "iki|üç|dört|beş|altı|yedi|sekiz|dokuz|on|yüz|bin",
        "yirmi|otuz|kırk|elli|altmış|yetmiş|seksen|doksan|düzine",
        "euro|avro|lira|dolar|gece|gün|hafta|ay|saat|dakika|kişi|misafir|yetişkin|çocuk|oda"
        "|kilometre|metre|yıldız",
        "saat|yüzde",
        r"\s+",
    ),
    _Tongue(
        "दो|तीन|चार|पाँच|पांच|छह|छः|सात|आठ|नौ|दस|ग्यारह|बारह",
        "तेरह|चौदह|पंद्रह|सोलह|सत्रह|अठारह|उन्नीस|बीस|पच्चीस|तीस|चालीस|पचास|साठ|सत्तर|अस्सी|नब्बे|सौ"
        "|हज़ार|हजार|दर्जन",
        "यूरो|रुपये|रुपए|डॉलर|प्रतिशत|रात|रातें|रातों|दिन|दिनों|हफ़्ते|हफ्ते|महीने|घंटे|मिनट|बजे|लोग|लोगों"
        "|मेहमान|वयस्क|बच्चे|कमरे|किलोमीटर|मीटर",
        "कीमत",
        r"\s+",
    ),
)
DENSE = re.compile(
    fold(
        r"(?:[二两兩三四五六七八九十百千万][〇零一二三四五六七八九十百千万]*|一[十百千万][〇零一二三四五六七八九十百千万]*)"
        r"\s?(?:欧元|歐元|美元|元|块|塊|ユーロ|ドル|円|晚|夜|泊|天|日|周|週間|个月|ヶ月|月|小时|時間|分钟|分|点|時"
        r"|位|名|人|间|部屋|公里|キロ|米|メートル|星|折|割)"
        r"|(?:(?:[이삼사오육칠팔구]?[십백천만][일이삼사오육칠팔구십백천만]*)\s?(?:유로|원|달러|박|일|분|시간|명|퍼센트|미터)"
        r"|(?<!\w)(?:두|세|네|다섯|여섯|일곱|여덟|아홉|열|열한|열두)\s?(?:명|시간|시|박|개월|달|분간|사람))"
    )
)
"""Scripts that set no spaces; a lone one counts nothing."""


def _pattern(t: _Tongue) -> re.Pattern[str]:
    few, many, units, at = (fold(words) for words in (t.few, t.many, t.units, t.at))
    number = rf"(?:{many}|{few})"
    row = rf"{number}(?:{t.joint}{number})*"
    unit = rf"(?:\s+(?:de\s+|of\s+)?(?:{units}))"
    return re.compile(
        rf"(?<!{LETTER}|-)(?:{row}{unit}|(?:{at})\s+{row}"
        rf"|(?:{number}{t.joint})*(?:{many})(?:{t.joint}{number})*)(?!{LETTER}|-)"
    )


PATTERNS = tuple(_pattern(t) for t in TONGUES)


def spelled(text: str) -> Iterator[str]:
    """Each one with its unit or its preposition, folded."""
    folded = fold(text)
    for pattern in (*PATTERNS, DENSE):
        yield from (m[0] for m in pattern.finditer(folded))
