"""What texts claim of the things facts are about: what differs is seen, what is alike is not."""

import pytest

from frontdesk.knowledge.claims import agree, claims

AGAINST = [
    ("check_out_until", "11:00", "Check-out", "Rooms have to be free by 12:00."),
    ("check_out_until", "11:00", "Info", "Check-in is possible from 15:00, check-out until 12:00."),
    ("check_in_from", "15:00", "Info", "Check-in is possible from 14:00, check-out until 11:00."),
    ("check_out_until", "11:00", "Salida", "La salida es hasta las 12:00."),
    ("check_out_until", "11:00", "Haus", "Die Abreise ist bis 12 Uhr möglich."),
    ("check_out_until", "11:00", "Maison", "Le départ se fait avant 12h00."),
    ("check_out_until", "11:00", "Casa", "Lasciare la camera entro le 10:30."),
    ("check_out_until", "11:00", "House", "Please leave your room by noon."),
    ("check_out_until", "11:00", "House", "Late check-out is possible. Check-out is at 10 am."),
    ("check_in_from", "15:00", "Anreise", "Ab 14.00 Uhr können Sie einchecken."),
    ("breakfast_hours", ("07:00", "10:30"), "Breakfast", "Breakfast is served from 7:00 to 11:00."),
    ("breakfast_hours", ("07:00", "10:30"), "Breakfast", "Served from 6:30 to 10:30."),
    ("breakfast_hours", ("07:00", "10:30"), "Desayuno", "El desayuno se sirve de 8:00 a 10:30."),
    ("breakfast_hours", ("07:00", "10:30"), "Frühstück", "Frühstück gibt es von 7 bis 10 Uhr."),
    (
        "breakfast_hours",
        ("07:00", "10:30"),
        "Petit-déjeuner",
        "Le petit-déjeuner est servi de 7h30 à 10h30.",
    ),
    (
        "breakfast_price",
        1400,
        "Breakfast",
        "Breakfast costs 15 euros a person; children under six eat free.",
    ),
    ("breakfast_price", 1400, "Info", "Colazione: 12,50 €."),
    ("breakfast_price", 1400, "Frühstück", "Das Frühstück kostet 16 EUR, für Kinder 7 EUR."),
    ("parking_price", 1500, "Parking", "There are 20 parking spaces for 12 euros a night."),
    ("parking_price", 1500, "Garaje", "El aparcamiento cuesta 18 € por noche."),
    ("parking_price", 1500, "Info", "Unsere Tiefgarage kostet €20 pro Nacht."),
    ("pets_fee", 1000, "Pets", "Dogs are welcome for 15 euros a night."),
    ("pets_allowed", False, "Pets", "Dogs up to 15 kg are welcome."),
    ("pets_allowed", True, "House rules", "Pets are not allowed."),
    ("pets_allowed", True, "Haustiere", "Hunde sind nicht erlaubt."),
    ("pets_allowed", False, "Mascotas", "Se admiten perros pequeños."),
    ("pets_allowed", True, "Animaux", "Les animaux ne sont pas acceptés."),
    ("smoking_allowed", True, "Smoking", "The whole house is non-smoking."),
    ("smoking_allowed", False, "Rauchen", "Rauchen ist in allen Zimmern erlaubt."),
    (
        "pool_hours",
        ("09:00", "20:00"),
        "Pool",
        "The heated indoor pool is open from 8:00 to 21:00.",
    ),
    ("pool_hours", ("09:00", "20:00"), "Piscina", "La piscina abre de 9:00 a 22:00."),
    ("pool_hours", ("09:00", "20:00"), "Pool", "The pool closes at 9 pm."),
    ("gym_hours", ("06:00", "22:00"), "Gym", "Open 7 am to 10 pm."),
    ("bar_hours", ("17:00", "24:00"), "Bar", "The roof bar opens at 18:00 and closes at midnight."),
    (
        "reception_hours",
        ("06:00", "23:00"),
        "Reception",
        "The reception is staffed from 7:00 to 23:00.",
    ),
    ("quiet_hours", ("22:00", "07:00"), "Rules", "Quiet hours are from 23:00 to 7:00."),
    ("city_tax", 300, "Tax", "A city tax of 4 euros per adult and night is paid at reception."),
    ("city_tax", 300, "Tasse", "La tassa di soggiorno è di 2,50 € a notte."),
    ("extra_bed_price", 3500, "Beds", "An extra bed for a third adult costs 40 euros a night."),
    (
        "free_cancellation_hours",
        48,
        "Cancellation",
        "Bookings can be cancelled free of charge until three days before arrival.",
    ),
    (
        "free_cancellation_hours",
        48,
        "Cancellation",
        "Cancel up to 24 hours before arrival without charge.",
    ),
    (
        "free_cancellation_hours",
        48,
        "Storno",
        "Sie können bis 7 Tage vor Anreise kostenlos stornieren.",
    ),
    ("free_cancellation_hours", 48, "Cancelación", "Puede cancelar gratis hasta 24 horas antes."),
    ("late_check_out_fee", 2500, "Check-out", "Late check-out until 14:00 costs 30 euros."),
    ("late_check_out_until", "14:00", "Check-out", "Late check-out until 15:00 costs 25 euros."),
    ("airport_shuttle_price", 3000, "Airport", "Our shuttle to the airport costs 35 euros."),
    ("sauna_hours", ("16:00", "21:00"), "Sauna", "Die Sauna ist von 15:00 bis 21:00 geöffnet."),
    ("bicycle_rental_price", 1500, "Bikes", "You can rent bicycles for 12 euros a day."),
    ("check_out_until", "11:00", "Выезд", "Выезд до 12:00."),
    ("breakfast_price", 1400, "Завтрак", "Завтрак стоит 10 евро."),
    ("deposit", 20000, "Deposit", "We take a deposit of 100 euros."),
    ("half_board_price", 2800, "Halbpension", "Die Halbpension kostet 32 € pro Person."),
]
ALIKE = [
    ("check_out_until", "11:00", "Info", "Check-in is possible from 15:00, check-out until 11:00."),
    (
        "check_out_until",
        "11:00",
        "Check-out",
        "Late check-out until 14:00 costs 25 euros. Rooms have to be free by 11 am.",
    ),
    (
        "breakfast_hours",
        ("07:00", "10:30"),
        "Breakfast",
        "Breakfast is served from 7:00 to 10:30, on Sundays and at weekends until 11:30.",
    ),
    ("breakfast_price", 1400, "Breakfast", "Breakfast costs €14.00; children pay 7 euros."),
    (
        "breakfast_hours",
        ("07:00", "10:30"),
        "Frühstück",
        "Frühstück gibt es von 7.00 bis 10.30 Uhr.",
    ),
    (
        "parking_price",
        1500,
        "Parking",
        "Parking costs 15 euros a night; the garage is 2.05 m high and opens at 6:00.",
    ),
    ("pets_allowed", True, "Pets", "Dogs are welcome; other animals are not allowed."),
    (
        "smoking_allowed",
        False,
        "Smoking",
        "The whole house is non-smoking; you may smoke in the courtyard.",
    ),
    (
        "pool_hours",
        ("09:00", "20:00"),
        "Pool",
        "The pool is open from 9:00 to 20:00; towels cost 3 euros.",
    ),
    ("pool_hours", ("09:00", "20:00"), "Pool", "The pool closes at 8 pm."),
    (
        "free_cancellation_hours",
        72,
        "Cancellation",
        "Bookings can be cancelled free of charge until three days before arrival.",
    ),
    ("city_tax", 300, "Tax", "A city tax of 3 euros per adult and night is paid at reception."),
    ("breakfast_price", 1400, "Dinner", "Dinner costs 30 euros. Breakfast is at 7:00."),
    ("check_in_from", "15:00", "Reception", "The reception is staffed from 6:00 to 23:00."),
    (
        "bar_hours",
        ("17:00", "24:00"),
        "Bar",
        "The bar opens at 17:00; call +34 600 111 222 or come to room 12:00 is not a time.",
    ),
    ("late_check_out_fee", 2500, "Check-out", "Late check-out until 14:00 costs 25 euros."),
    (
        "extra_bed_price",
        3500,
        "Beds",
        "An extra bed for a third adult costs 35 euros a night; a cot is free.",
    ),
    ("gym_hours", ("06:00", "22:00"), "Gym", "Open 6:00-22:00 every day."),
]


def claimed(key: str, title: str, body: str) -> list:
    return [c.value for c in claims(title, body, "EUR") if c.key == key]


@pytest.mark.parametrize(("key", "value", "title", "body"), AGAINST)
def test_a_text_that_says_otherwise_is_seen(key: str, value, title: str, body: str) -> None:
    said = claimed(key, title, body)
    assert said
    assert not any(agree(value, other) for other in said), said


@pytest.mark.parametrize(("key", "value", "title", "body"), ALIKE)
def test_a_text_that_says_the_same_or_of_something_else_is_not(
    key: str, value, title: str, body: str
) -> None:
    said = claimed(key, title, body)
    assert not said or any(agree(value, other) for other in said), said
