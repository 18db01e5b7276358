"""The words of eight languages that tell an errand from a stay: data for `heard.py`."""

import re

from frontdesk.assistant.local.folding import any_of, fold, whole

POLITE = any_of(
    "please|no|ok|okay|por favor|bitte|s'il vous plaît|svp|per favore|пожалуйста|من فضلك|لا|нет"
)
CALLED_OFF = any_of(
    "cancel|abort|stop it|cancela|cancelar|cancélalo|cancele|anular|abbrechen|stornieren|abbruch"
    "|annuler|annulez|annulla|annullare|annulli|cancela isso|отмена|отменить|отмените|إلغاء|ألغ"
)

ADDONS = {
    "breakfast": whole(
        "breakfast|breakfasts|desayuno|desayunos|frühstück|petit-déjeuner|petit déjeuner"
        "|petits-déjeuners|colazione|colazioni|café da manhã|pequeno-almoço|pequeno almoço"
        "|завтрак|завтраки|завтраком|إفطار|الإفطار|فطور|الفطور"
    ),
    "transport": whole(
        "transfer|airport pickup|airport pick-up|pick us up|pick me up|shuttle|traslado|recogida"
        "|recogernos|recogerme|abholung|flughafentransfer|abholen|navette|transfert|nous chercher"
        "|me chercher|trasferimento|navetta|трансфер|встретить|توصيل|النقل من المطار|نقل من المطار"
        "|استقبال من المطار"
    ),
    "parking": whole(
        "parking|parking space|parking spot|plaza de aparcamiento|aparcamiento|parkplatz"
        "|stellplatz|place de parking|parcheggio|posto auto|estacionamento|парковка|парковку"
        "|парковочное место|موقف سيارة|موقف للسيارة|موقف"
    ),
    "spa": whole("massage|massages|masaje|massaggio|massagem|массаж|تدليك|مساج"),
    "tours": whole(
        "boat tour|boat trip|paseo en barco|bootstour|bootsfahrt|tour en bateau"
        "|excursion en bateau|gita in barca|passeio de barco|прогулка на лодке|прогулку на лодке"
        "|прогулку на катере|جولة بالقارب|رحلة بالقارب"
    ),
}
WANTING = whole(
    "add|order|book|reserve|arrange|i'd like|we'd like|i would like|we would like|i want|we want"
    "|i need|we need|can i get|can we get|can i have|can we have|could i have|could we have"
    "|please include|can you pick|could you pick"
    "|añadir|añade|añada|agregar|agrega|pedir|reservar|quiero|queremos|quisiera|quisiéramos"
    "|necesito|necesitamos|me gustaría|nos gustaría|pueden recogernos|puede recogernos"
    "|hinzufügen|dazubuchen|dazu buchen|buchen|bestellen|ich möchte|wir möchten|möchten wir"
    "|möchte ich|hätte gern|hätten gern|hätte gerne|hätten gerne|ich brauche|wir brauchen"
    "|brauchen wir|ich nehme|wir nehmen"
    "|ajouter|ajoutez|réserver|commander|je voudrais|nous voudrions|j'aimerais|nous aimerions"
    "|je veux|il nous faut|il me faut|j'ai besoin|nous avons besoin"
    "|aggiungere|aggiungi|aggiunga|prenotare|ordinare|vorrei|vorremmo|voglio|vogliamo"
    "|ho bisogno|abbiamo bisogno"
    "|adicionar|adicione|acrescentar|quero|gostaria|gostaríamos|preciso|precisamos"
    "|добавить|добавьте|заказать|закажите|хочу|хотим|хотел бы|хотела бы|хотели бы|нужен|нужна"
    "|нужно|можно"
    "|أضف|أضيف|إضافة|اضافة|نضيف|أريد|اريد|نريد|أحتاج|نحتاج|أود|نود|اطلب|أطلب|حجز"
)
ASKING = whole(
    "what time|how much|how many|when|where|is breakfast|included|how far|how long|do you have"
    "|cuándo|a qué hora|cuánto|cuánta|incluido|incluidos|dónde|wann|wie viel|wieviel|um wie viel"
    "|inklusive|enthalten|inbegriffen|wo|quand|à quelle heure|combien|compris|inclus|où"
    "|quando|a che ora|quanto|incluso|inclusa|compresa|dove|que horas|incluído|onde"
    "|когда|во сколько|сколько|включен|включены|где|متى|كم|مشمول|أين"
)
MONEY = whole(
    "refund me|a refund|my refund|money back|compensation|compensate|chargeback|overcharged"
    "|charged twice|charged me twice|double charge|wrong charge|devuélvame el dinero"
    "|devolución del dinero|un reembolso|compensación|cobrado dos veces|cobrado de más"
    "|geld zurück|rückerstattung|entschädigung|doppelt abgebucht|zu viel abgebucht"
    "|un remboursement|rembourser|remboursez|dédommagement|débité deux fois|facturé deux fois"
    "|un rimborso|rimborsare|risarcimento|addebitato due volte|um reembolso|indenização"
    "|indemnização|cobrado duas vezes|верните деньги|возврат денег|компенсацию|списали дважды"
    "|استرداد المال|استرداد أموالي|تعويض|خصم مرتين"
)
LEGAL = whole(
    "my lawyer|a lawyer|attorney|sue you|legal action|take you to court|small claims|lawsuit"
    "|mi abogado|abogado|demandar|denunciar|acciones legales|mein anwalt|anwalt|verklagen"
    "|rechtliche schritte|mon avocat|avocat|porter plainte|poursuivre en justice|mio avvocato"
    "|avvocato|denunciare|vie legali|meu advogado|advogado|processar|ação judicial|мой адвокат"
    "|адвокат|подать в суд|в суд на вас|محامي|المحامي|مقاضاة|سأقاضيكم|إجراءات قانونية"
)
LATE_OUT = whole(
    "late check-out|late checkout|late check out|check out later|check out late"
    "|leave the room later|later check-out|later checkout|salida tardía|salir más tarde"
    "|dejar la habitación más tarde|salida tarde|später auschecken"
    "|späterer check-out|späten check-out|später abreisen"
    "|spätes auschecken|spätere abreise|départ tardif|partir plus tard|quitter la chambre plus tard"
    "|check-out tardivo|uscire più tardi|lasciare la camera più tardi|checkout tardivo"
    "|check-out tardio|checkout tardio|saída tardia|sair mais tarde|поздний выезд|позднего выезда"
    "|выехать позже|выехать попозже|تسجيل خروج متأخر|مغادرة متأخرة|خروج متأخر|تأخير المغادرة"
    "|المغادرة متأخرا"
)
ARRIVING = whole(
    "arrive|arriving|arrival|we land|landing|i land|be there|get there|get in|check in|check-in"
    "|llegamos|llegaremos|llegaré|llego|llegar|llegada|aterrizamos|komme|kommen|ankommen|anreise"
    "|ankunft|landen|arrivons|arriverons|j'arrive|arriverai|arrivée|arriver|atterrissons"
    "|arriviamo|arrivo|arriveremo|arriverò|arrivare|atterriamo|chegamos|chegaremos|chego|chegarei"
    "|chegar|chegada|приедем|приеду|прибудем|прибудут|прибытие|прилетаем|прилетим|заедем|заезд"
    "|نصل|سنصل|أصل|سأصل|الوصول|وصولنا|وصولي"
)
LANDING = whole(
    "land|lands|landing|aterrizo|aterriza|aterrizamos|landen|lande|landet|atterrissons|atterrit"
    "|atterris|atterrir|atterro|atterra|atterriamo|aterro|pousamos|прилетаем|прилетаю|прилетим"
    "|прилечу|приземляемся|تهبط|نهبط"
)
"""A plane, and not the guest at our door."""
MIDNIGHT = whole(
    "midnight|medianoche|mitternacht|minuit|mezzanotte|meia-noite|meia noite|полночь|полуночи"
    "|полночью|منتصف الليل"
)
NOON = whole(
    "noon|midday|mediodía|mittag|mittags|midi|mezzogiorno|meio-dia|meio dia|полдень|полудню|الظهر"
)
NOT_BY_ARRIVAL = whole(
    "early check-in|check-out|checkout|check out|leave|leaving|depart|salida|abreise|départ"
    "|partenza|saída|выезд|отъезд|المغادرة"
)
PM = re.compile(
    r"\s*(?:heures?|h|uhr|o'clock|ч|час\w*)?\s*(?:pm|p\.m\.|in the (?:evening|afternoon)"
    r"|de la tarde|abends|nachmittags|du soir|de l'apres-midi|di sera|della sera|del pomeriggio"
    r"|da tarde|вечера|дня|مساء)"
)
AT_NIGHT = re.compile(
    r"\s*(?:heures?|h|uhr|o'clock|ч|час\w*)?\s*(?:at night|de la noche|da noite|di notte|nachts)"
)
CHANGING = whole(
    "change|modify|move|postpone|extend|prolong|shorten|reschedule|switch|upgrade|stay longer"
    "|cambiar|cambio|cambiarla|modificar|mover|ampliar|alargar|prolongar|acortar|aplazar"
    "|ändern|umbuchen|verschieben|verlängern|verkürzen|changer|modifier|déplacer|prolonger"
    "|raccourcir|décaler|reporter|avancer|cambiare|modificare|spostare|prolungare|accorciare"
    "|posticipare|anticipare|mudar|alterar|estender|encurtar|adiar|antecipar"
    "|cambia|cambie|cámbiame|modifica|modifique|ändere|changez|modifiez|déplacez|cambi|modifichi"
    "|sposti|sposta|mude|muda|altere|altera|измените|поменяйте|перенесите|غير|عدل"
    "|изменить|поменять|перенести|продлить|сократить|تغيير|تعديل|أغير|أعدل|تمديد|تأجيل|نقل حجزي"
)
OF_A_STAY = whole(
    "booking|reservation|stay|dates|days|night|nights|arrival|departure|room type|reserva|estancia"
    "|fechas|noche|noches|llegada|buchung|reservierung|aufenthalt|nacht|nächte|termin|anreise"
    "|anreisetag|abreise|réservation|séjour|dates|nuit|nuits|arrivée|prenotazione|soggiorno|date"
    "|notte|notti|arrivo|estadia|datas|noite|noites|chegada|бронь|брони|бронирование|проживание"
    "|даты|ночь|ночи|заезд|حجزي|الحجز|إقامتي|الإقامة|ليلة|ليال|التاريخ|تاريخ"
)
LENGTHENING = whole(
    "extend|prolong|postpone|shorten|reschedule|stay longer|rebook|ampliar|alargar|prolongar"
    "|acortar|aplazar|quedarnos más|umbuchen|verlängern|verkürzen|prolonger|raccourcir|décaler"
    "|rester plus longtemps|prolungare|accorciare|posticipare|estender|encurtar|adiar|продлить"
    "|تمديد|تأجيل"
)
"""What is only done to a stay."""
LINK = whole(
    "booking link|guest link|booking page|guest page|guest portal|reservation link"
    "|link to my booking|link to our booking|link to my reservation|link to our reservation"
    "|link for my booking|link for my reservation|page of my booking|chat link|link to the chat"
    "|my booking online|our booking online|my reservation online|my stay online"
    "|enlace de mi reserva|enlace a mi reserva|enlace de la reserva|enlace de nuestra reserva"
    "|link de mi reserva|link de la reserva|página de mi reserva|página de la reserva"
    "|mi reserva en línea|mi reserva online|enlace del chat|portal del huésped"
    "|link zu meiner buchung|link zu unserer buchung|link zu meiner reservierung|link zur buchung"
    "|link zur reservierung|link für meine buchung|buchungslink|buchungsseite|gästeportal"
    "|meine buchung online|meine reservierung online|link zum chat"
    "|lien de ma réservation|lien vers ma réservation|lien de notre réservation"
    "|lien de la réservation|lien pour ma réservation|page de ma réservation"
    "|ma réservation en ligne|lien du chat|lien vers le chat|portail client"
    "|link della mia prenotazione|link alla mia prenotazione|link della prenotazione"
    "|link per la mia prenotazione|pagina della mia prenotazione|pagina della prenotazione"
    "|la mia prenotazione online|link della chat"
    "|link da minha reserva|link da reserva|link para a minha reserva|link da nossa reserva"
    "|página da minha reserva|página da reserva|a minha reserva online|minha reserva online"
    "|link do chat|portal do hóspede"
    "|ссылку на бронь|ссылку на мою бронь|ссылка на бронь|ссылка на мою бронь"
    "|ссылку на бронирование|ссылку на мое бронирование|ссылка на бронирование"
    "|ссылка на мое бронирование|страница бронирования|страницу бронирования"
    "|страницу моей брони|ссылку на чат"
    "|رابط حجزي|رابط الحجز|رابط لحجزي|رابط حجزنا|صفحة حجزي|صفحة الحجز|رابط المحادثة"
)
MORE_NIGHTS = whole(
    "one more night|another night|an extra night|two more nights|una noche más|otra noche"
    "|dos noches más|eine nacht länger|noch eine nacht|eine weitere nacht|zwei nächte länger"
    "|une nuit de plus|une nuit supplémentaire|deux nuits de plus|una notte in più|un'altra notte"
    "|due notti in più|mais uma noite|uma noite a mais|mais duas noites|еще одну ночь"
    "|ещё на одну ночь|на одну ночь больше|на ночь больше|еще на ночь|ليلة إضافية|ليلة أخرى"
)
MORE_PEOPLE = whole(
    "another person|one more person|an extra person|another adult|otra persona|una persona más"
    "|eine weitere person|noch eine person|eine person mehr|une personne de plus"
    "|une autre personne|un'altra persona|una persona in più|mais uma pessoa|outra pessoa"
    "|ещё одного человека|еще один человек|ещё один гость|شخص آخر|شخص إضافي|شخصا آخر"
)
ALSO = re.compile(
    r"(?<!\w)(?:also|too|really|auch|noch|aussi|anche|tambien|tambem|тоже|также|еще|ايضا|أيضا) "
)
UNTIL = whole("until|till|hasta|bis|jusqu'au|jusqu'à|jusque|fino|até|до|по|حتى|إلى غاية")
CANCELLING = whole(
    "cancel|cancelling|canceling|cancelled|canceled|cancellation|cancelar|cancelo|cancelación"
    "|anular|stornieren|storniere|storniert|stornierung|storno|annuler|annule|annulation"
    "|cancellare|cancello|cancellazione|disdire|disdetta|cancelamento|cancele|отменить|отменю"
    "|отмена|отмены|отмене|إلغاء|الغاء|ألغي|iptal|annuleren|annulering|取消|キャンセル|취소"
)
"""Of a question, and no order to cancel."""
CHEAP = whole(
    "cheap|cheaper|cheapest|discount|too much for me|too much for us"
    "|too expensive|less expensive|lower price|lowest price|best rate|best price|too much money"
    "|too pricey|barato|barata|baratos|baratas|más económica|más económico|demasiado caro|muy caro"
    "|mejor precio|billig|billiger|billigste|billigstes|günstiger|günstigste|günstigstes|zu teuer"
    "|preiswerter|trop cher|trop chère|moins cher|moins chère|meilleur prix|troppo caro|troppo cara"
    "|meno caro|meno cara|più economica|più economico|muito caro|mais em conta|дешевле"
    "|подешевле|дешевый|самый дешевый|слишком дорого|дорого|أرخص|غالي|رخيص"
    "|pricey|bit steep|a bit much|reduction|knock something off|lower rate|anything lower"
    "|something lower|descuento|rebaja|es caro|está caro|sale caro|un poco caro|bastante caro"
    "|menos caro|rabatt|preisnachlass|nachlass|ziemlich teuer|etwas teuer|sehr teuer"
    "|une remise|un rabais|une réduction|un peu cher|c'est cher|assez cher|plus abordable"
    "|sconto|un po' caro|è caro|molto caro|abbastanza caro|costa troppo"
    "|desconto|um pouco caro|é caro|bem caro|скидка|скидку|скидки|дороговато|خصم|تخفيض|أقل سعرا"
)
NO_NAMES = whole(
    "the|a|an|is|it|its|my|our|me|you|can|code|booking|reservation|surname|name|last|family|for"
    "|with|and|of|please|show|confirm|cancel|change|stay|under|see|check|here|on|to|in|i|have"
    "|mi|reserva|código|apellido|es|el|la|con|de|nombre|por|favor|cancelar|ver|a"
    "|meine|buchung|code|nachname|ist|und|der|die|bitte|stornieren|reservierung|name"
    "|ma|réservation|nom|est|le|et|annuler|au|avec|mia|prenotazione|codice|cognome|è|e"
    "|minha|apelido|sobrenome|nome|o|моя|бронь|код|фамилия|и|отменить|حجزي|الحجز|رمز|اسم|العائلة|و"
)
MORE = whole(
    "more|another|extra|additional|longer|extend|más|adicional|otra|otro|ampliar|alargar|mehr"
    "|länger|weitere|zusätzlich|zusätzliche|verlängern|de plus|supplémentaire|prolonger|in più"
    "|altra|altro|ancora|prolungare|mais|prolongar|estender|ещё|еще|больше|продлить|إضافية|إضافي"
    "|أخرى|آخر|تمديد"
)
FEWER = whole(
    "less|fewer|shorter|shorten|menos|acortar|weniger|kürzer|verkürzen|de moins|raccourcir"
    "|in meno|accorciare|a menos|encurtar|меньше|сократить|أقل"
)
BY_MOVING = whole(
    "move|postpone|reschedule|shift|mover|aplazar|verschieben|déplacer|décaler|reporter|spostare"
    "|posticipare|adiar|перенести|نقل|تأجيل"
)
OFF = re.compile(rf"(?:(?:{POLITE})[\s,]+)*(?:{CALLED_OFF})(?:[\s,]+(?:it|that|this|{POLITE}))*")
"""No to what is just being talked about; a stay that there is, is named."""
A_ROOM = whole(
    "a room|rooms|a double|a single|a suite|an apartment|una habitación|habitaciones|una doble"
    "|ein zimmer|zimmer|ein doppelzimmer|une chambre|chambres|una camera|camere|una doppia"
    "|um quarto|quartos|номер|номера|غرفة|غرف"
)
OWN = whole(
    "booking|reservation|confirmation|booked|reserva|reservado|confirmación|buchung|reservierung"
    "|gebucht|bestätigung|réservation|réservé|confirmation|prenotazione|prenotato|conferma"
    "|reservei|confirmação|бронь|брони|бронирование|подтверждение|حجزي|الحجز|تأكيد"
)
THINKING = whole(
    "think about it|think it over|let you know|get back to you|ask my|check with my|talk to my"
    "|talk it over|discuss it|lo pensaré|lo pensamos|pensarlo|lo consulto|te digo|les digo"
    "|consultarlo|überlege es|überlegen es|überlege mir|überlegen uns|melde mich|melden uns"
    "|meine frau fragen|meinen mann fragen|vais réfléchir|allons réfléchir|j'y réfléchis"
    "|réfléchir|reviens vers vous|demander à ma|demander à mon|ci penso|ci pensiamo|pensarci"
    "|le faccio sapere|vi faccio sapere|chiedo a mia|chiedo a mio|vou pensar|vamos pensar"
    "|eu aviso|perguntar à minha|perguntar ao meu|подумаю|подумаем|посоветуюсь|дам знать"
    "|сообщу позже|سأفكر|نفكر|سأخبركم|سأسأل"
    "|sleep on it|run it by|ask the others|check with the others|consultarlo con|consultar con"
    "|hablarlo con|hablarlo|preguntarle a|tengo que preguntar|besprechen|abklären|erst noch fragen"
    "|noch meine frau|noch meinen mann|rücksprache|en parler|parler à ma|parler à mon|j'en parle"
    "|parlarne|ne parlo|devo chiedere|mi consulto|falar com a minha|falar com o meu|falar com minha"
    "|falar com meu|vou perguntar|preciso perguntar|спрошу|спросить у|обсудим|обсудить"
    "|посоветоваться|أستشير|أشاور|سأتحدث مع|أتكلم مع"
)
UNSURE = whole(
    "not yet|todavía no|aún no|noch nicht|pas encore|non ancora|ainda não|пока нет|ещё нет"
    "|ليس بعد|i don't know yet|i don't know|don't know yet|not sure|not sure yet|i'm not sure"
    "|we don't know|we don't know yet|no lo sé|no sé|no sé todavía|todavía no sé|no estoy seguro"
    "|no estoy segura|weiß nicht|ich weiß noch nicht|ich weiß es noch nicht|weiß noch nicht"
    "|nicht sicher|je ne sais pas|je ne sais pas encore|pas sûr|non lo so|non lo so ancora"
    "|non so|não sei|ainda não sei|não sei ainda|не знаю|пока не знаю|ещё не знаю|لا أعرف"
    "|لا أعرف بعد|لست متأكدا"
)
ASKED = whole(
    "can you|could you|can someone|could someone|can we|could we|please bring|please send"
    "|puede|pueden|podría|podrían|können sie|könnten sie|kann jemand|könnte jemand"
    "|pouvez-vous|pourriez-vous|peut-on|può|potete|potrebbe|pode|podem|poderia|можете|могли бы"
    "|принесите|هل يمكن|ممكن|there is no|there are no|there's no|we have no|i have no|missing"
    "|nos falta|nos faltan|falta|faltan|uns fehlt|uns fehlen|es fehlt|il nous manque|il manque"
    "|ci manca|ci mancano|manca|mancano|não há|não temos|не хватает|ينقصنا|لا يوجد"
)
WAITLIST = whole(
    "waiting list|waitlist|wait list|waiting-list|lista de espera|warteliste|liste d'attente"
    "|lista d'attesa|лист ожидания|список ожидания|قائمة الانتظار"
)
KINDS = {
    "single": whole(
        "single|individual|sencilla|einzelzimmer|einzel|chambre simple|singola|solteiro|одноместный"
        "|одноместного|مفردة|فردية"
    ),
    "double": whole(
        "double|doble|doppelzimmer|doppel|doppia|matrimoniale|duplo|casal|двухместный"
        "|двухместного|مزدوجة"
    ),
    "family": whole(
        "family suite|family room|habitación familiar|suite familiar|familiar|familiensuite"
        "|familienzimmer|suite familiale|chambre familiale|suite familiare|camera familiare"
        "|quarto familiar|семейный|семейный номер|семейного|جناح عائلي|عائلية|جناح العائلة"
    ),
    "suite": whole("suite|сьют|люкс|جناح"),
    "loft": whole("loft|лофт|لوفت"),
    "sea view": whole(
        "sea view|seaview|ocean view|vista al mar|vistas al mar|vista mar|meerblick"
        "|blick aufs meer|vue mer|vue sur la mer|vue sur mer|vista mare|vista sul mare"
        "|vista para o mar|вид на море|видом на море|إطلالة على البحر|مطلة على البحر"
    ),
    "balcony": whole("balcony|balcón|balkon|balcon|balcone|varanda|балкон|балконом|شرفة"),
    "terrace": whole("terrace|terraza|terrasse|terrazza|terraço|терраса|террасой|تراس"),
    "garden": whole("garden view|garden room|jardín|gartenblick|vue jardin|giardino|jardim|сад"),
    "twin": whole(
        "twin|two beds|dos camas|getrennte betten|zwei betten|deux lits|lits jumeaux|due letti"
        "|duas camas|две кровати|твин|سريرين"
    ),
    "triple": whole("triple|dreibettzimmer|tripla|triplo|трёхместный|трехместный|ثلاثية"),
    "studio": whole("studio|estudio|студия|استوديو"),
    "apartment": whole(
        "apartment|apartamento|appartement|ferienwohnung|appartamento|апартаменты|شقة"
    ),
    "deluxe": whole("deluxe|de lujo|делюкс|ديلوكس"),
    "superior": whole("superior|superiore|улучшенный|سوبيريور"),
    "standard": whole("standard|estándar|стандарт|стандартный|قياسية"),
    "queen": whole("queen"),
}
WHICH = whole(
    "which one|which of|which room|which is bigger|which is better|which is nicer|which is quieter"
    "|cuál de|cuál tiene|cuál es más|cuál es mejor|qué habitación es|qué habitación tiene"
    "|welches ist|welches von|welches hat|welche ist|welcher von|welches zimmer ist"
    "|welches zimmer hat|laquelle|lequel|quelle chambre est|quelle chambre a|quale delle due"
    "|quale è|quale ha|quale camera|qual dos|qual das|qual é o maior|qual é melhor|qual tem"
    "|qual quarto|какой из|какая из|какой больше|какой лучше|в каком номере|в каком из"
    "|أيهما|أي غرفة|أي منهما"
)
HOURS = (
    "one una ein eins une una uma час الواحدة",
    "two dos zwei deux due duas два الثانية",
    "three tres drei trois tre três три الثالثة",
    "four cuatro vier quatre quattro quatro четыре الرابعة",
    "five cinco fünf cinq cinque cinco пять الخامسة",
    "six seis sechs six sei seis шесть السادسة",
    "seven siete sieben sept sette sete семь السابعة",
    "eight ocho acht huit otto oito восемь الثامنة",
    "nine nueve neun neuf nove nove девять التاسعة",
    "ten diez zehn dix dieci dez десять العاشرة",
    "eleven once elf onze undici onze одиннадцать",
    "twelve doce zwölf douze dodici doze двенадцать",
)
CLOCK_WORDS = {fold(word): hour for hour, words in enumerate(HOURS, 1) for word in words.split()}
"""Hours as they are written out."""
