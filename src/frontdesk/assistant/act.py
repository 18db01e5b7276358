"""Does what was decided: reads the hotel's tables, and writes only through our own quotes."""

from collections.abc import Awaitable, Callable

from frontdesk.assistant import own_stays, sell
from frontdesk.assistant.acting import Acting, Done
from frontdesk.assistant.decide import Step

ACTS: dict[Step, Callable[[Acting], Awaitable[Done]]] = {
    Step.OFFER: sell.offer,
    Step.QUOTE: sell.quote_chosen,
    Step.BOOK: sell.book,
    Step.DROP: sell.drop,
    Step.FIND_CANCEL: own_stays.find_cancel,
    Step.ASK_CANCEL: own_stays.ask_chosen,
    Step.CANCEL: own_stays.do_cancel,
    Step.MY_BOOKINGS: own_stays.my_bookings,
}
