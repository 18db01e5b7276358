"""How rings travel through the broker: taken once, never handed back.

A ring that is lost is rung again by the clock within seconds, from the row that waits. So the
broker keeps no second account of what is being worked on: a dead worker's rings would come back
after the visibility timeout, long after the clock's, and handing them back over a connection
that is just lost ended the worker (kombu 5.7: the channel is closed twice, the second time
without an address to connect to).
"""

from kombu.transport.redis import Channel, Transport

QUEUE = "frontdesk"
"""The list in the broker."""


class RingChannel(Channel):
    ack_emulation = False
    do_restore = False


class RingTransport(Transport):
    Channel = RingChannel
