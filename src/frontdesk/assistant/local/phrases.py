"""Words that decide by themselves what a message wants, how it feels, and what is in danger."""

import re

from frontdesk.assistant.local.folding import whole
from frontdesk.assistant.values import EmergencyKind, Intent

YES = whole(
    "yes|yeah|yep|yup|yes please|ok|okay|okey|sure|of course|absolutely|confirm|i confirm|confirmed|book it|go ahead|correct|perfect|sounds good|please do"
    "|sí|si|sí por favor|claro|por supuesto|dale|listo|confirmo|de acuerdo|adelante|vale|resérvalo|reserva|ja|ja bitte|gerne|bestätige|ich bestätige|einverstanden|passt|alles klar|genau|na klar|buchen"
    "|oui|oui s'il vous plaît|d'accord|je confirme|parfait|bien sûr|volontiers|avec plaisir|ça marche|entendu|réservez|sì|sì grazie|va bene|d'accordo|prenota|prenoti|certo|certamente|volentieri|perfetto|sim|sim por favor|pode ser|pode reservar|claro que sim|com certeza|perfeito|combinado"
    "|да|да пожалуйста|хорошо|подтверждаю|согласен|согласна|бронируйте|конечно|давайте|давай|ладно|نعم|أجل|موافق|أؤكد|اؤكد|تمام|حسنا|احجز|evet|tamam|好|好的|是|是的|确认|はい|お願いします|네|예|हाँ|हां"
)
NO = whole(
    "no|nope|better not|rather not|mejor no|lieber nicht|besser nicht|plutôt pas|meglio di no|melhor não|лучше не надо|no thanks|no thank you|not now|don't|no gracias|nein|nein danke|non|non merci|no grazie|não|não obrigado|нет|нет спасибо|не надо|لا|لا شكرا|hayır|nee|不|不要|不用|いいえ|아니요|नहीं"
)
AGREED = whole(
    "venga vale|venga|vale|alright|all right|deal|let's do it|hecho|in ordnung|fechado|beleza|andata|договорились|по рукам|prenota|prenotate|reserva|reserve|je réserve|on réserve|buchen|machen wir|confirma|confirmo|бронируй|book it|book that|please book|go ahead|do it|do that|confirm it|yes please|resérvala|resérvalo|reserve por favor|hágalo|buchen sie|buch es|buche es|machen sie das|jawohl|allez-y|vas-y|réservez-la|c'est bon pour nous|prenoti|prenotala|prenotiamo|faccia pure|isso mesmo|pode confirmar|pode reservar|ага|угу|бронируем|оформляйте|بالتأكيد|احجزها|احجزه|بكل سرور"
)
"""Said to a question of ours, a yes wherever it stands in a few words."""
NOT = whole(
    "don't|do not|not|no|never|but|cannot|can't|nicht|kein|keine|aber|pas|mais|non|ma|pero|nunca|não|mas|не|нет|но|لا|ليس|لكن|before|first|antes|primero|vorher|erst|avant|d'abord|prima|сначала|أولا"
)
"""Where one of these is said, it is no plain yes."""
ASKS = whole(
    "is|are|do|does|did|can|could|may|will|would|what|what's|when|when's|where|where's|how|which|who|why|hay|tienen|puedo|podemos|qué|cuándo|dónde|cómo|cuánto|gibt es|haben sie|kann|können|wann|wo|wie|was|est-ce|y a-t-il|avez-vous|puis-je|quand|où|combien|c'è|ci sono|avete|posso|possiamo|quando|dove|quanto|há|tem|têm|podemos|onde|есть ли|можно|когда|где|сколько|какой|هل|متى|أين|كم|ما"
)
"""What a question begins with."""
THANKS = whole(
    "thanks|thank you|thx|many thanks|cheers|gracias|muchas gracias|danke|vielen dank|dankeschön|merci|merci beaucoup|grazie|grazie mille|obrigado|obrigada|muito obrigado|спасибо|большое спасибо|благодарю|شكرا|شكرا جزيلا|teşekkürler|dank je|谢谢|ありがとう|감사합니다|धन्यवाद"
)
GREETING = whole(
    "how are you|how are you doing|how's it going|cómo está|cómo estás|qué tal|wie geht's|wie geht es ihnen|comment ça va|come va|come sta|tudo bem|как дела|كيف حالك|hello|hi|hey|hi there|hello there|good morning|good evening|good afternoon|hola|buenas|buenos días|buenas tardes|buenas noches|hallo|guten tag|guten morgen|guten abend|moin|servus|bonjour|bonsoir|salut|ciao|buongiorno|buonasera|salve|olá|ola|oi|bom dia|boa tarde|boa noite|привет|здравствуйте|добрый день|добрый вечер|доброе утро|مرحبا|السلام عليكم|أهلا|صباح الخير|مساء الخير|merhaba|hoi|你好|こんにちは|안녕하세요|नमस्ते"
)
GOODBYE = whole(
    "bye|goodbye|see you|adiós|hasta luego|tschüss|auf wiedersehen|au revoir|arrivederci|tchau|adeus|до свидания|пока|مع السلامة|وداعا|再见|さようなら"
)
STOP = whole(
    "stop|unsubscribe|stop messages|baja|parar mensajes|abmelden|stopp|désabonner|arrêtez|annulla iscrizione|cancelar inscrição|стоп|отписаться|إيقاف|توقف|durdur|退订|停止"
)
START = whole(
    "start|unstop|subscribe|resubscribe|start messages|alta|anmelden|réabonner|iscrivimi|inscrever|старт|подписаться|ابدأ|başlat|订阅"
)
PERSON = whole(
    "human|real person|a person|speak to someone|talk to someone|speak with someone|an agent|receptionist|the reception|manager|staff member|operator|persona real|una persona|hablar con alguien|recepcionista|agente|gerente|mensch|mitarbeiter|jemandem sprechen|rezeption sprechen|une personne|un humain|parler à quelqu'un|un conseiller|la réception|una persona vera|parlare con qualcuno|un operatore|receptionist|uma pessoa|falar com alguém|atendente|человек|оператор|оператора|администратор|администратора|менеджер|с человеком|موظف|شخص حقيقي|التحدث مع|مدير|insan|yetkili|人工|担当者"
)
HOURS = whole(
    "what time|opening hours|open|opens|close|closes|how late|where is|where's|a qué hora|horario|dónde está|öffnungszeiten|wann|wie lange|wo ist|à quelle heure|horaires|ouverte|ouvert|ferme|où est|où se trouve|a che ora|orari|dov'è|que horas|a que horas|horário|onde fica|во сколько|часы работы|где|متى|أين"
)
"""Asks about the reception, and not for it."""
CANCEL = whole(
    "cancel|cancel my booking|cancellation of my|cancelar|cancela|anular|stornieren|storniere|annuler|annulez|cancellare|annullare|disdire|cancele|отменить|отмените|отмена брони|إلغاء|الغاء|ألغي|iptal|annuleren|取消|キャンセル|취소"
)
START_OVER = whole(
    "start over|never mind|nevermind|forget it|olvídalo|vergiss es|laisse tomber|oublie|lascia stare|lascia perdere|deixa pra lá|esquece|забудь|не важно|начать заново|انس الأمر|ابدأ من جديد"
)
MINE = whole(
    "i booked|we booked|i've booked|we've booked|have booked|had booked|he reservado|hemos reservado|reservé|habíamos reservado|gebucht habe|gebucht haben|habe gebucht|haben gebucht|j'ai réservé|avons réservé|ho prenotato|abbiamo prenotato|reservei|reservámos|я забронировал|я забронировала|мы забронировали|حجزت|حجزنا|my booking|my reservation|our booking|our reservation|booking code|mi reserva|nuestra reserva|meine buchung|meine reservierung|unsere buchung|ma réservation|notre réservation|la mia prenotazione|minha reserva|моя бронь|мое бронирование|мою бронь|моего бронирования|наша бронь|حجزي|rezervasyonum|我的预订|私の予約"
)
POLICY = whole(
    "for free|free of charge|until when|how late|what happens if|refundable|hasta cuándo|gratis|sin gastos|qué pasa si|kostenlos|gebührenfrei|bis wann|was passiert wenn|gratuitement|sans frais|jusqu'à quand|gratuitamente|fino a quando|de graça|até quando|бесплатно|до какого|до когда|مجانا|مجانًا|حتى متى|policy|política|politica|conditions|bedingungen|richtlinie|conditions d'annulation|politique|free cancellation|правила|условия|سياسة"
)
ROOM = whole(
    "anything free|something free|anything available|rooms free|noch frei|was frei|etwas frei|noch was frei|algo libre|hay sitio|quelque chose de libre|de la place|qualcosa di libero|c'è posto|alguma coisa livre|tem vaga|есть места|есть свободные|room|rooms|a double|a single|availability|available|vacancy|vacancies|rates|price for|book|booking|reserve|stay|habitación|habitaciones|disponibilidad|reservar|alojamiento|zimmer|doppelzimmer|einzelzimmer|verfügbar|verfügbarkeit|buchen|übernachten|übernachtung|chambre|chambres|disponible|disponibilité|réserver|séjour|camera|camere|disponibilità|disponibile|prenotare|soggiorno|quarto|quartos|disponível|disponibilidade|hospedagem|номер|номера|комната|забронировать|свободные|бронь|غرفة|غرف|حجز|أحجز|احجز|متاح|متاحة|oda|kamer|房间|预订|空房|部屋|予約|방|예약|कमरा"
)
INSIDE = whole(
    "in the room|in our room|in my room|to the room|to our room|to my room|en la habitación|en nuestra habitación|en mi habitación|a la habitación|en el cuarto|im zimmer|aufs zimmer|auf dem zimmer|ins zimmer|in unserem zimmer"
    "|dans la chambre|dans notre chambre|dans ma chambre|in camera|nella camera|nella nostra camera|nella stanza|no quarto|ao quarto|no nosso quarto|в номере|в номер|в наш номер|في الغرفة|إلى الغرفة|op de kamer|naar de kamer|odada|odaya|房间里|部屋に|部屋で|방에|कमरे में"
)
"""Something about a room that the guest has."""
FREE = whole(
    "anything free|something free|anything available|something available|any availability"
    "|any rooms|any room|rooms free|free rooms|rooms available|available rooms|a room free"
    "|noch frei|was frei|etwas frei|zimmer frei|freie zimmer|algo libre|hay sitio"
    "|habitaciones libres|habitación libre|quelque chose de libre|de la place|chambre libre"
    "|chambres libres|qualcosa di libero|c'è posto|camere libere|camera libera"
    "|alguma coisa livre|tem vaga|quartos livres|quarto livre|есть места|есть свободные"
    "|свободные номера|غرف متاحة|غرفة متاحة|غرف شاغرة"
)
EMERGENCIES = {
    EmergencyKind.FIRE: whole(
        "there is a fire|there's a fire|fire in|on fire|it's burning|smoke in|smell smoke|smells like smoke|smoke coming|gas leak|smell gas|hay fuego|hay un incendio|incendio en|huele a humo|se quema|es brennt|feuer im|brand im|rauch im|rieche rauch|gasgeruch|il y a le feu|au feu|incendie|fumée dans|ça brûle|c'è un incendio|al fuoco|fumo nella|sta bruciando|está pegando fogo|há fogo|incêndio|fumaça no|cheiro de fumo|пожар|горит|горим|дым в|пахнет дымом|пахнет газом|حريق|يوجد حريق|نار في|دخان في|احتراق"
    ),
    EmergencyKind.MEDICAL: whole(
        "heart attack|can't breathe|cannot breathe|can not breathe|not breathing|unconscious|ambulance|passed out|collapsed|stroke|overdose|bleeding badly|bleeding heavily|severe allergic|choking|seizure|infarto|no puede respirar|no puedo respirar|no respira|inconsciente|ambulancia|se ha desmayado|sangrando|herzinfarkt|herzanfall|bewusstlos|krankenwagen|notarzt|atmet nicht|kann nicht atmen|bekomme keine luft|crise cardiaque|ne respire pas|ne respire plus|peux pas respirer|ambulance|inconscient|évanoui|saigne beaucoup|attacco di cuore|non respira|non riesco a respirare|ambulanza|svenuto|svenuta|privo di sensi|ataque cardíaco|enfarte|não consegue respirar|não consigo respirar|não respira|ambulância|desmaiou|сердечный приступ|инфаркт|не дышит|не могу дышать|без сознания|скорую|скорая|потерял сознание|потеряла сознание|نوبة قلبية|لا يتنفس|لا أستطيع التنفس|فاقد الوعي|فقد الوعي|إسعاف|اسعاف|ينزف"
        "|chest pain|chest pains|pain in my chest|pain in his chest|pain in her chest|bleeding a lot|won't stop bleeding|losing a lot of blood|lost consciousness|won't wake up|anaphylactic|anaphylaxis|dolor en el pecho|dolor de pecho|sangra mucho|no deja de sangrar|no se despierta|perdido el conocimiento|perdió el conocimiento|convulsiones|brustschmerzen|schmerzen in der brust|blutet stark|hört nicht auf zu bluten|wacht nicht auf|ohnmächtig|schlaganfall|krampfanfall|douleur à la poitrine|douleurs à la poitrine|douleur dans la poitrine|mal à la poitrine|n'arrête pas de saigner|ne se réveille pas|perdu connaissance|fait un avc|convulsions|dolore al petto|dolori al petto|sanguina molto|non smette di sanguinare|non si sveglia|perso i sensi|perso conoscenza|un ictus|convulsioni|dor no peito|dores no peito|a sangrar muito|não para de sangrar|não acorda|perdeu os sentidos|convulsões|боль в груди|боли в груди|истекает кровью|сильно кровоточит|не просыпается|инсульт|судороги|в обморок|ألم في الصدر|ألم في صدره|ألم في صدري|نزيف|جلطة|أغمي عليه|أغمي عليها"
    ),
    EmergencyKind.VIOLENCE: whole(
        "being attacked|attacked me|is hitting me|hit me|with a knife|with a gun|he has a gun|someone broke in|breaking into|robbed|assaulted|raped|threatening me|me están atacando|me atacó|con un cuchillo|con una pistola|me han robado|robo en|me agredió|me pega|werde angegriffen|hat mich angegriffen|mit einem messer|überfallen|eingebrochen|bedroht mich|schlägt mich|on m'attaque|m'a attaqué|m'a frappé|avec un couteau|agressé|agressée|cambriolage|me menace|mi stanno aggredendo|aggredito|aggredita|con un coltello|rapinato|mi minaccia|estou sendo atacado|estão me atacando|com uma faca|com uma arma|assaltado|fui assaltada|me ameaça|на меня напали|напал|с ножом|с пистолетом|ограбили|избивает|угрожает|взломали|هاجمني|يضربني|بسكين|بمسدس|سرقوني|يهددني|اعتداء"
    ),
    EmergencyKind.SELF_HARM: whole(
        "kill myself|suicide|suicidal|want to die|end my life|hurt myself|suicidarme|suicidio|quiero morir|matarme|quitarme la vida|umbringen|selbstmord|will sterben|mir das leben nehmen|me tuer|suicide|me suicider|veux mourir|uccidermi|suicidio|voglio morire|togliermi la vita|me matar|suicídio|quero morrer|покончить с собой|убить себя|самоубийство|хочу умереть|انتحار|أقتل نفسي|اقتل نفسي|أريد أن أموت"
    ),
    EmergencyKind.CHILD_ALONE: whole(
        "lost my child|my child is missing|child is missing|lost my son|lost my daughter|my son is missing|my daughter is missing|can't find my son|can't find my daughter|can't find my child|child alone|child is alone|kid alone|child crying alone|mi hijo ha desaparecido|mi hija ha desaparecido|perdí a mi hijo|perdí a mi hija|no encuentro a mi hijo|no encuentro a mi hija|niño solo|mein kind ist weg|mein kind ist verschwunden|finde meinen sohn nicht|finde meine tochter nicht|kind allein|mon enfant a disparu|perdu mon fils|perdu ma fille|trouve pas mon fils|trouve pas ma fille|enfant seul|mio figlio è scomparso|mia figlia è scomparsa|non trovo mio figlio|non trovo mia figlia|bambino solo|meu filho desapareceu|minha filha desapareceu|não encontro meu filho|não encontro minha filha|criança sozinha|пропал ребенок|ребенок пропал|потерялся ребенок|ребенок один|не могу найти сына|не могу найти дочь|طفلي مفقود|ضاع طفلي|ضاع ابني|طفل وحده|لا أجد ابني|لا أجد ابنتي"
    ),
}
HARMLESS = whole(
    "light the fire|log fire|camp fire|fire in the fireplace|fire pit|chef is on fire|dj was on fire|dj is on fire|band was on fire|nearly had a heart attack|almost had a heart attack|gave me a heart attack|give me a heart attack|die of laughter|dying of laughter|die of hunger|stroke of genius|breast stroke|steak with a knife|cut it with a knife|ambulance museum|smells like smoke and|smoked|suicide squad|collapsed into bed|suitcase collapsed|pram collapsed|choking with laughter|choking on laughter|the bill hit me|robbed me of my diet|robbed of sleep"
    "|child alone allowed|child alone use|child alone go|children alone allowed"
    "|de infarto|humo de leña|humo de la barbacoa|puede un niño solo|dormir un niño solo|un niño solo o con|el niño solo o con|entrar un niño solo"
    "|feuer im kamin|feuer im ofen|darf ein kind allein|kann ein kind allein|darf mein kind allein|kann mein kind allein"
    "|feu d'artifice|feux d'artifice|feu de cheminée|feu de bois|un enfant seul peut|enfant seul paie"
    "|da infarto|fuoco del camino|fuochi d'artificio|un bambino da solo può"
    "|fogo de artifício|fogos de artifício|show estava pegando fogo|festa estava pegando fogo"
    "|камин горит|горит камин|тур горит|путевка горит|ребенок один или|один ребенок или"
    "|كاشف حريق|كاشف الحريق|طفاية حريق|إنذار حريق تجريبي"
    "|fireplace|fire extinguisher|fire alarm test|campfire|kamin|chimenea|cheminée|camino|lareira|stroke of luck|hit me up|if there is a fire|in case of fire|en caso de incendio|im brandfall|en cas d'incendie|in caso di incendio|em caso de incêndio|в случае пожара|في حالة الحريق"
)
URGENT = whole(
    "urgent|urgently|asap|immediately|right now|emergency|locked out|flood|flooding|water everywhere|no electricity|urgente|inmediatamente|ahora mismo|dringend|sofort|notfall|ausgesperrt|urgent|immédiatement|tout de suite|urgence|subito|immediatamente|emergenza|imediatamente|agora mesmo|emergência|срочно|немедленно|потоп|عاجل|فورا|حالا|طارئ"
    "|stuck in the elevator|stuck in the lift|stuck in your elevator|stuck in your lift|trapped in the elevator|trapped in the lift|locked in the elevator|locked in the lift|atrapado en el ascensor|atrapada en el ascensor|atrapados en el ascensor|encerrado en el ascensor|encerrados en el ascensor|im aufzug fest|im fahrstuhl fest|im lift fest|im aufzug stecken|im aufzug eingesperrt|coincé dans l'ascenseur|coincée dans l'ascenseur|coincés dans l'ascenseur|bloqué dans l'ascenseur|bloqués dans l'ascenseur|bloccato in ascensore|bloccata in ascensore|bloccati in ascensore|bloccati nell'ascensore|bloccato nell'ascensore|preso no elevador|presa no elevador|presos no elevador|застрял в лифте|застряла в лифте|застряли в лифте|عالق في المصعد|عالقون في المصعد"
)
NEGATIVE = whole(
    "terrible|horrible|awful|disgusting|dirty|filthy|unacceptable|worst|angry|furious|disappointed|disappointing|rude|broken|doesn't work|not working|does not work|noisy|too loud|cockroach|cockroaches|bedbugs|mold|mould|smells bad|stinks|ridiculous|refund|complaint|complain|scam|never again|shame|sucio|sucia|asqueroso|pésimo|pésima|inaceptable|enfadado|enfadada|decepcionado|decepcionada|maleducado|no funciona|ruidoso|cucaracha|cucarachas|vergüenza|queja|estafa|reembolso|schmutzig|dreckig|ekelhaft|furchtbar|schrecklich|inakzeptabel|wütend|enttäuscht|unverschämt|unfreundlich|kaputt|funktioniert nicht|geht nicht|zu laut|kakerlaken|beschwerde|skandal|sale|dégoûtant|horrible|affreux|inacceptable|furieux|déçu|déçue|impoli|cassé|cassée|ne marche pas|ne fonctionne pas|bruyant|cafards|honte|plainte|arnaque|remboursement|sporco|sporca|schifoso|schifo|pessimo|pessima|inaccettabile|arrabbiato|arrabbiata|deluso|delusa|maleducato|rotto|rotta|non funziona|rumoroso|scarafaggi|vergogna|reclamo|truffa|rimborso|suja|sujo|nojento|péssimo|péssima|inaceitável|irritado|desapontado|decepcionada|quebrado|não funciona|barulhento|uma barata|tem baratas|há baratas|de baratas|com baratas|vergonha|reclamação|golpe|reembolso|грязно|грязный|грязная|ужасно|ужасный|ужас|отвратительно|неприемлемо|безобразие|хамство|злой|разочарован|разочарована|сломан|сломано|не работает|шумно|тараканы|жалоба|позор|верните деньги|قذر|قذرة|فظيع|سيء|سيئة|سيئ|مقرف|غير مقبول|غاضب|محبط|لا يعمل|لا تعمل|مكسور|صراصير|شكوى|عيب|احتيال"
)
POSITIVE = whole(
    "great|wonderful|amazing|excellent|perfect|lovely|love it|fantastic|beautiful|awesome|genial|maravilloso|maravillosa|excelente|perfecto|encantado|encantada|encanta|fantástico|wunderbar|toll|super|ausgezeichnet|perfekt|fantastisch|herrlich|merveilleux|excellent|parfait|génial|magnifique|adore|meraviglioso|eccellente|perfetto|fantastico|bellissimo|maravilhoso|excelente|perfeito|ótimo|adorei|прекрасно|отлично|замечательно|великолепно|чудесно|супер|رائع|ممتاز|جميل|مثالي"
)
SIGNS: dict[Intent, str] = {
    Intent.YES: "👍👌✅🆗",
    Intent.NO: "👎❌🚫🙅",
    Intent.THANKS: "🙏❤😊😍🥰💕💖🌹🎉⭐😘",
    Intent.GREETING: "👋😀😃😄🙂",
}
"""What a message without a word or a figure says, by its first known sign."""
BAD_SIGNS = "😡🤬😠👎😤🤮💩😞😒🙄"
GOOD_SIGNS = "😊😍🥰❤👍😀😁🎉🙏⭐😄"

INJECTION = re.compile(
    r"\b(?:ignor(?:e|a|ez|iere?|ieren)|disregard|forget|override|olvida|vergiss|oublie\w*|dimentica|esqueca)\W+"
    r"(?:\w+\W+){0,4}?(?:instru[ck]\w*|istruzion\w*|anweisung\w*|consignes|prompts?|system\w*"
    r"|rules above|everything (?:you|above)|todo lo anterior|alles vorherige)"
    r"|(?:игнорир\w+|забудь\w*)\W+(?:\w+\W+){0,3}?(?:инструкц\w+|указани\w+|промпт\w*)"
    r"|تجاهل\W+(?:\w+\W+){0,2}?(?:ال)?تعليمات|(?:忽略|无视|忘记).{0,8}(?:指令|指示|提示词)"
    r"|(?:指示|命令|プロンプト).{0,6}(?:無視|忘れ)|(?:지시|명령|프롬프트).{0,8}(?:무시|잊)"
    r"|talimat\w*\W+(?:\w+\W+)?(?:yok say|unut|gormezden)|(?:निर्देश|निर्देशों).{0,12}(?:अनदेखा|भूल)"
    r"|\bsystem ?prompt|prompt (?:sistema|systeme|del sistema|do sistema)|системн\w+ промпт"
    r"|系统提示|システムプロンプト|시스템 프롬프트|sistem istemi|hidden instructions"
    r"|\b(?:developer|debug|god|jailbreak|dan) mode\b|\byou are now (?:dan|a|an|in|free)\b"
    r"|</?(?:system|assistant|tool)>|\[/?inst\]|\bsystem: |\bcall the tool\b"
)
"""Words to a model, not to a hotel: nothing in such a message is the guest's mood or errand."""
