"""Words that speak to a machine and not to a desk, or ask for other people's data."""

import re

OF_A_PLACE = (
    r"(?!\W+(?:of|for|to|about|at|in|on|de|del|della|dello|du|des|der|des|fur|zum|zur|im|am|da|do"
    r"|das|dos|para|per|pour|dans|بخصوص)\b)(?!\W+(?:бассейн|сауны|дома|отел|гостиниц|для|входа))"
)
"""The rules of the pool and the instructions for the door are anybody's question."""
UNTOLD = (
    r"(?<!\bi )(?<!always )(?<!never )(?<!often )(?<!\bai )(?<!\bas )(?<!\ba )(?<!avons )"
    r"(?<!\bont )"
)
"""Somebody who forgot gives no order."""
INJECTED = re.compile(
    rf"{UNTOLD}\b(?:ignor(?:e|a|ez|iere?n?|ier|ar)|disregard|forget|overrid\w*|bypass|olvid[ae]n?"
    r"|vergiss|vergessen sie|oubli(?:e|ez)|dimentic(?:a|hi|ate)|esquec[ae]m?|забудь\w*"
    r"|игнорируй\w*|تجاهل|انس)"
    r"\W+(?:\w+\W+){0,5}?(?:instruc\w*|rules?|prompt\w*|guidelines?|directives?|reglas|anweisung\w*"
    r"|regeln|vorgaben|consignes|regles|istruzioni|regole|instruco\w*|regras|инструкц\w*|правил\w*"
    rf"|указани\w*|التعليمات|تعليماتك|القواعد|orders|training|programming)\b{OF_A_PLACE}"
    r"|system\s*(?:prompt|message|instruction)"
    r"|(?:reveal|print|show|repeat|dump|output|tell me)\W+(?:\w+\W+){0,3}?"
    r"(?:prompt|system text|api.?(?:keys?|tokens?)|access tokens?|secret keys?|tokens"
    r"|credentials|environment variables|source code)"
    r"|(?:reveal|print|show|repeat|dump|output|tell me)\W+(?:me\W+)?"
    r"(?:your|the system'?s?|all|hidden|initial|original|secret)\W+(?:\w+\W+){0,2}?"
    rf"(?:instructions|configuration){OF_A_PLACE}"
    r"|you are now (?:dan\b|in (?:\w+ )?mode|free (?:of|from)|without|root|jail|unrestricted|sudo"
    r"|(?:an? |my |the )(?:\w+ ){0,2}(?:admin|assistant|bot|ai|model|developer|manager|hacker))"
    r"|developer mode|debug mode|admin mode|maintenance mode|jailbreak|dan mode"
    r"|pretend (?:to be|you are|that)|act as (?:an?|the|my)?\s*(?:admin\w*|manager|developer|root"
    r"|system|linux|sql|owner)"
    r"|i am (?:the|your) (?:\w+ )?(?:admin\w*|developer|programmer|hotel owner|system|it department"
    r"|engineer)|i am an? (?:admin\w*|developer|programmer)\W+(?:of|for|at|and)\W+(?:this|the|show"
    r"|give|print|need)"
    r"|drop table|delete from|insert into|select \*|union select|or 1=1|<script|</?system>"
    r"|\[/?inst\]|<\|im_|begin system|end of system|###\s*system|\{\{.*\}\}|\$\{.*\}|base64"
    r"|muestra\w* (?:tu|el|las|tus) (?:prompt|instruccion\w*|configuracion)"
    r"|zeig\w* (?:mir )?(?:deine|die|den) (?:anweisung\w*|prompt|konfiguration|systemprompt)"
    r"|(?:montre|affiche)\w*(?:-moi)? (?:tes|vos|ton|votre|le) (?:instructions|consignes|prompt)"
    r"|mostra\w* (?:le tue|i tuoi|il tuo|suas|seu|as tuas|o seu) (?:istruzioni|prompt|instrucoes)"
    r"|покажи\w* (?:свои|свой|системн\w*) (?:инструкц\w*|промпт|сообщени\w*)"
    r"|(?:اظهر|اعرض|أظهر) (?:لي )?(?:تعليماتك|التعليمات|موجه النظام)"
)
"""Folded: no case, no accents."""
GIVEN_AWAY = re.compile(
    r"book\w* .{0,40}without (?:asking|confirmation|confirming|payment)|100\s?% discount"
    r"|(?:^|[.!,;:\n]\s*|please |now |and |just )(?:add|book|give|make|upgrade|confirm|reserve"
    r"|put|set|let)\W+(?:(?!if\b|with\b|that\b)\w+\W+){0,8}?for free(?! cancel)"
    r"|price (?:is|to) (?:0|zero|1)\b|mark (?:it|my booking|this|booking \w+) as paid"
)
"""An order that gives the house away; a question for it is a question."""
OTHERS = re.compile(
    r"(?:names?|phones?|numbers?|bookings?|data|details|lists?|rooms?|codes?|mails?)\W+"
    r"(?:\w+\W+){0,4}?(?:of|from|for|about)\W+(?:all|every|any|other|the other|another)\W+"
    r"(?:\w+\W+)?(?:guests?|people|customers|hotels?)|"
    r"(?:other|all|another|every|any)\W+(?:the\W+)?(?:other\W+)?(?:guests?|customers?|hotels?"
    r"|bookings?|reservations?|people)\W*(?:'s?|s')?\W*(?:\w+\W+){0,2}?(?:booking|reservation|data"
    r"|name|phone|number|detail|room|code|list|info\w*|address|mail|stay)"
    r"|(?:list|show|send|give|export|tell)\W+(?:me\W+|us\W+)?(?:of\W+)?(?:all|every|the other)"
    r"\W+(?:your\W+|the\W+)?(?:guests|bookings|reservations|customers|names|phones|phone numbers"
    r"|codes|emails|chats|conversations|messages|data|users|staff)"
    r"|guest list|who (?:else )?is (?:staying|sleeping|living) (?:in|at|next)"
    r"|which guests? (?:is|are|was|were|live|lives|stay|stays|sleep|sleeps|has|have) "
    r"|booking (?:code )?of (?:room|another|the guest|mr|mrs|ms|the other)"
    r"|(?:phone|number|name|address|email) of (?:the|another|other|your) (?:\w+ )?(?:guest|guests"
    r"|person|customer|man|woman|staff|manager|receptionist|couple|neighbou?r)"
    r"|(?:reservas?|datos|nombres|telefonos?) de (?:otros?|todos? los|los otros|los demas)"
    r"|(?:buchung\w*|daten|namen|\w*nummer\w*) (?:anderer|der anderen|von anderen"
    r"|aller|des gastes)"
    r"|(?:reservations?|donnees|noms?|numeros?) (?:des autres|de tous les|d'autres|d'un autre)"
    r"|(?:prenotazion\w+|dati|nomi|numer\w+) (?:di altri|degli altri|di tutti|di un altro)"
    r"|(?:reservas?|dados|nomes|telefones?) (?:de outros|dos outros|de todos)"
    r"|(?:бронирован\w+|данные|имена|телефоны?|номера?) (?:других|всех|другого|чужи\w+)"
    r"|(?:حجوزات|بيانات|اسماء|أسماء|ارقام|أرقام) (?:الضيوف|النزلاء|ضيوف|جميع|كل)"
)


def speaks_to_a_machine(folded: str) -> bool:
    asks = "?" in folded or "؟" in folded
    ordered = not asks and GIVEN_AWAY.search(folded)
    return bool(INJECTED.search(folded) or OTHERS.search(folded) or ordered)
