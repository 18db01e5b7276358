"""Every room's routes, in the order in which they are described and matched."""

from frontdesk.assistant.case_routes import router as cases
from frontdesk.assistant.feedback_routes import router as feedback
from frontdesk.assistant.gap_routes import router as gap_groups
from frontdesk.assistant.publishing_routes import router as publishing
from frontdesk.assistant.release_routes import router as releases
from frontdesk.assistant.usage_routes import router as model_usage
from frontdesk.bookings.addon_routes import router as orders
from frontdesk.bookings.authorisation_routes import router as authorisations
from frontdesk.bookings.availability_routes import router as availability
from frontdesk.bookings.calendar_routes import router as calendar
from frontdesk.bookings.folio_routes import router as folios
from frontdesk.bookings.group_routes import router as master_folios
from frontdesk.bookings.import_routes import router as imports
from frontdesk.bookings.invoice_routes import router as invoices
from frontdesk.bookings.payment_routes import router as payments
from frontdesk.bookings.rate_limit_routes import router as rate_limits
from frontdesk.bookings.rate_routes import router as rates
from frontdesk.bookings.report_routes import router as reports
from frontdesk.bookings.review_routes import router as reviews
from frontdesk.bookings.room_routes import router as booking_rooms
from frontdesk.bookings.routes import router as bookings
from frontdesk.bookings.stay_routes import router as stays
from frontdesk.bookings.waitlist_routes import router as waitlist
from frontdesk.configuration.routes import router as configuration
from frontdesk.conversations.doors import ROUTERS as DESK
from frontdesk.conversations.survey_routes import router as surveys
from frontdesk.guests.routes import router as guests
from frontdesk.knowledge.fact_routes import router as facts
from frontdesk.knowledge.index_routes import router as indexes
from frontdesk.knowledge.routes import router as knowledge
from frontdesk.live.routes import router as live
from frontdesk.messaging.event_routes import router as events
from frontdesk.messaging.routes import router as messaging
from frontdesk.notifications.alert_routes import public as alert_links
from frontdesk.notifications.channel_routes import router as staff_channels
from frontdesk.notifications.ladder_routes import router as ladders
from frontdesk.notifications.log_routes import router as delivery_log
from frontdesk.notifications.routes import router as notifications
from frontdesk.notifications.template_routes import router as alert_templates
from frontdesk.pms.routes import router as pms
from frontdesk.portal.chat_routes import router as guest_chat
from frontdesk.portal.routes import portal as guest_portal
from frontdesk.portal.routes import router as guest_links
from frontdesk.privacy.routes import router as privacy
from frontdesk.rooms.addon_routes import router as addons
from frontdesk.rooms.calendar_routes import public as calendar_feeds
from frontdesk.rooms.calendar_routes import router as calendars
from frontdesk.rooms.catalogue_routes import router as catalogue
from frontdesk.rooms.housekeeping_routes import router as housekeeping
from frontdesk.rooms.maintenance_routes import router as maintenance
from frontdesk.rooms.photo_routes import router as photos
from frontdesk.rooms.routes import router as rooms
from frontdesk.search.routes import router as search
from frontdesk.sla.routes import router as promises
from frontdesk.tenancy.audit_routes import router as audit
from frontdesk.tenancy.auth_routes import pages
from frontdesk.tenancy.auth_routes import router as sign_in
from frontdesk.tenancy.me_routes import router as me
from frontdesk.tenancy.member_routes import router as people
from frontdesk.tenancy.routes import router as tenancy
from frontdesk.triggers.broadcast_routes import router as broadcasts
from frontdesk.triggers.journey_routes import router as journeys
from frontdesk.triggers.latch_routes import router as rules_latch
from frontdesk.triggers.ledger_routes import router as ledger
from frontdesk.triggers.result_routes import router as broadcast_results
from frontdesk.triggers.routes import router as triggers
from frontdesk.webhooks.delivery_routes import router as webhook_deliveries
from frontdesk.webhooks.routes import router as webhooks

ROUTERS = (
    tenancy,
    configuration,
    sign_in,
    pages,
    me,
    people,
    audit,
    guests,
    privacy,
    messaging,
    events,
    rooms,
    catalogue,
    photos,
    addons,
    housekeeping,
    maintenance,
    calendars,
    calendar_feeds,
    availability,
    bookings,
    stays,
    booking_rooms,
    waitlist,
    orders,
    imports,
    pms,
    authorisations,
    rates,
    rate_limits,
    calendar,
    knowledge,
    model_usage,
    facts,
    indexes,
    publishing,
    releases,
    cases,
    feedback,
    gap_groups,
    search,
    triggers,
    promises,
    webhooks,
    webhook_deliveries,
    live,
    ledger,
    rules_latch,
    broadcasts,
    broadcast_results,
    journeys,
    surveys,
    *DESK,
    notifications,
    ladders,
    staff_channels,
    alert_templates,
    delivery_log,
    alert_links,
    folios,
    master_folios,
    payments,
    invoices,
    reviews,
    reports,
    guest_links,
    guest_portal,
    guest_chat,
)
