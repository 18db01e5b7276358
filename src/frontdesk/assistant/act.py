"""Does what was decided: reads the hotel's tables, and writes only through our own quotes."""

from collections.abc import Awaitable, Callable

from frontdesk.assistant import extras, nothing_free, own_change, own_link, own_stays, proving, sell
from frontdesk.assistant.acting import Acting, Done
from frontdesk.assistant.states import Step

ACTS: dict[Step, Callable[[Acting], Awaitable[Done]]] = {
    Step.OFFER: sell.offer,
    Step.CHEAPEST: sell.cheapest,
    Step.QUOTE: sell.quote_chosen,
    Step.BOOK: sell.book,
    Step.DROP: sell.drop,
    Step.FIND_CANCEL: own_stays.find_cancel,
    Step.ASK_CANCEL: own_stays.ask_chosen,
    Step.CANCEL: own_stays.do_cancel,
    Step.MY_BOOKINGS: own_stays.my_bookings,
    Step.LINK: own_link.send_link,
    Step.FIND_CHANGE: own_change.find_change,
    Step.SHOW_CHANGE: own_change.show_change,
    Step.CHANGE: own_change.do_change,
    Step.ASK_ADDON: extras.ask_addon,
    Step.ORDER: extras.order,
    Step.ASK_WAIT: nothing_free.ask_wait,
    Step.PROVE: proving.prove_it,
    Step.WAIT: nothing_free.wait,
}
